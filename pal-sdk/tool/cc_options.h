/* SPDX-License-Identifier: BSD-2-Clause */
/* What `pal cc` was asked for: a compiler's options, so not getopt()'s. */
#ifndef TOOL_CC_OPTIONS_H
#define TOOL_CC_OPTIONS_H

#include <stdbool.h>
#include "words.h"

struct cc_options {
	const char *output; /* NULL: not given */
	const char *key; /* sign with it; or NULL */
	bool is_object; /* -c */
	bool keeps_elf; /* -g */
	bool is_verbose;
	bool prints_sdk;
	struct words passed; /* to the compiler, in this order, with files */
	struct words folders; /* absolute ones of sources and -I */
	const char *first_file; /* NULL: none */
	unsigned int file_count;
};

/*
 * Judge the command line.  Returns 0, or after a message OPTION_HELP or
 * OPTION_WRONG (command.h).  In any case cc_options_free() is due.
 */
int cc_options_read(struct cc_options *options, int argc, char **argv);
void cc_options_free(struct cc_options *options);

#endif /* TOOL_CC_OPTIONS_H */
