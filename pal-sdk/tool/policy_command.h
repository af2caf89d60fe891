/* SPDX-License-Identifier: BSD-2-Clause */
/* The subcommands of `pal policy`, as command.h has those of `pal`. */
#ifndef TOOL_POLICY_COMMAND_H
#define TOOL_POLICY_COMMAND_H

/* A policy_file_warn: to standard error. */
void policy_report_warning(const char *path, unsigned int line,
			   const char *text);

int policy_command_compile(int argc, char **argv);
int policy_command_show(int argc, char **argv);

#endif /* TOOL_POLICY_COMMAND_H */
