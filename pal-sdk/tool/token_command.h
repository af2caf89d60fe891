/* SPDX-License-Identifier: BSD-2-Clause */
/* The subcommands of `pal token`, one a file: token_*.c. */
#ifndef TOOL_TOKEN_COMMAND_H
#define TOOL_TOKEN_COMMAND_H

int token_command_init(int argc, char **argv);
int token_command_list(int argc, char **argv);
int token_command_generate(int argc, char **argv);
int token_command_import(int argc, char **argv);
int token_command_export(int argc, char **argv);
int token_command_remove(int argc, char **argv);
int token_command_pin(int argc, char **argv);
int token_command_unlock(int argc, char **argv);
int token_command_backup(int argc, char **argv);
int token_command_restore(int argc, char **argv);
int token_command_audit(int argc, char **argv);

#endif /* TOOL_TOKEN_COMMAND_H */
