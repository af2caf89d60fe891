/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands that have subcommands: `pal` itself, and `pal policy`. */
#ifndef TOOL_DISPATCH_H
#define TOOL_DISPATCH_H

#include <stddef.h>
#include "command.h"

struct command_group {
	const char *name; /* "pal policy" */
	const struct command *commands;
	size_t count;
	const char *text; /* for the help, below the commands; some lines */
};

/*
 * Run the subcommand that argv[1] names, with its arguments; or print the help.
 * A name that is none gets one line, with the nearest one if that is close.
 * Returns the exit status.
 */
int dispatch(const struct command_group *group, int argc, char **argv);

#endif /* TOOL_DISPATCH_H */
