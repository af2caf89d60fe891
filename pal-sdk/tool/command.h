/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the subcommands of `pal` share: exit statuses, messages, options.
 *
 * A subcommand is `int command_x(int argc, char **argv)`: argv[0] is its own
 * name, the result the exit status.  Results go to standard output, messages
 * to standard error, each beginning with "pal: ".
 */
#ifndef TOOL_COMMAND_H
#define TOOL_COMMAND_H

#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

/* Exit statuses beside EXIT_SUCCESS (0) and EXIT_FAILURE (1). */
#define EXIT_USAGE     2
#define EXIT_PAL_ERROR 3 /* the PAL's function returned an error */
#define EXIT_PAL_FAULT 4 /* the PAL broke a rule and was ended */
#define EXIT_NO_HV     5 /* no device, or the hypervisor is not running */

struct command {
	const char *name;
	const char *summary;
	int (*run)(int argc, char **argv);
};

int command_new(int argc, char **argv);
int command_cc(int argc, char **argv);
int command_pack(int argc, char **argv);
int command_inspect(int argc, char **argv);
int command_measure(int argc, char **argv);
int command_keygen(int argc, char **argv);
int command_digest(int argc, char **argv);
int command_sign(int argc, char **argv);
int command_verify(int argc, char **argv);
int command_policy(int argc, char **argv);
int command_root(int argc, char **argv);
int command_token(int argc, char **argv);
int command_run(int argc, char **argv);
int command_gdb(int argc, char **argv);
int command_status(int argc, char **argv);
int command_top(int argc, char **argv);
int command_check(int argc, char **argv);
int command_enable(int argc, char **argv);
int command_disable(int argc, char **argv);
int command_log(int argc, char **argv);

/* A message, without "pal: " and line end. */
void report(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Flush standard output at the end of a command that wrote there.  Returns
 * EXIT_SUCCESS, or EXIT_FAILURE after a message (disk full, closed pipe).
 */
int finish_output(void);

/* One option of a subcommand; the first with letter 0 ends the list. */
struct option_rule {
	char letter;
	const char *name; /* long form, without dashes */
	const char *argument; /* what it is called in the help; NULL: none */
	const char *help;
};

struct usage {
	const char *synopsis; /* "pal measure [--json] FILE" */
	const char *text; /* some lines, ended by a line end */
	const struct option_rule *options;
	int operand_count; /* exactly that many */
	bool takes_more; /* or more, of which none is an option */
};

/* What option_next() returns besides an option's letter. */
#define OPTION_END   (-1) /* operands are argv[optind] and so on */
#define OPTION_HELP  (-2) /* help was printed: exit with 0 */
#define OPTION_WRONG (-3) /* the mistake was named: EXIT_USAGE */

/* The next option; an argument is in optarg, as with getopt_long(). */
int option_next(int argc, char **argv, const struct usage *usage);

/* For a subcommand whose one option is --json: its rules, and all of it. */
extern const struct option_rule option_json_only[];
int option_json(int argc, char **argv, const struct usage *usage,
		bool *as_json);

/* The exit status for OPTION_HELP or OPTION_WRONG. */
int option_exit(int option);

/*
 * A whole number from text, decimal or 0x hexadecimal, at most `most`.
 * Returns false for anything else; then *value is as it was.
 */
bool parse_number(const char *text, uint64_t most, uint64_t *value);

#endif /* TOOL_COMMAND_H */
