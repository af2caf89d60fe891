/* SPDX-License-Identifier: BSD-2-Clause */
/* The subcommands of `pal policy`, as command.h has those of `pal`. */
#ifndef TOOL_POLICY_COMMAND_H
#define TOOL_POLICY_COMMAND_H

int policy_command_compile(int argc, char **argv);
int policy_command_show(int argc, char **argv);

#endif /* TOOL_POLICY_COMMAND_H */
