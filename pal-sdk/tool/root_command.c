/* SPDX-License-Identifier: BSD-2-Clause */
/* pal root: make sealing roots. */
#include <string.h>
#include <sys/random.h>
#include "command.h"
#include "dispatch.h"
#include "output_file.h"
#include "root.h"
#include "root_passphrase.h"

static const struct option_rule rules[] = {
	{'o', "output", "FILE", "where it goes (must be given)"},
	{'p', "passphrase", NULL, "a root that a passphrase gives"},
	{'n', "iterations", "N", "work to try a passphrase; default 1000000"},
	{0, NULL, NULL, NULL},
};

static const struct usage usage = {
	.synopsis = "pal root new [-p [-n N]] -o FILE",
	.text = "Make a sealing root for `pal enable --root FILE`: 64 random "
		"bytes; or, with -p, a\nfile that is not secret and gives the "
		"root together with a passphrase.  What PALs\nseal under a "
		"root is lost with it: keep a copy, and not on this machine.\n",
	.options = rules,
	.operand_count = 0,
};

static int make_random(const char *output)
{
	unsigned char bytes[HV_ROOT_SIZE_MAX];
	int status = EXIT_FAILURE;

	if (getrandom(bytes, sizeof(bytes), 0) == sizeof(bytes))
		status = output_file_write_secret(output, bytes, sizeof(bytes));
	else
		report("no randomness");
	explicit_bzero(bytes, sizeof(bytes));
	return status;
}

static int make_passphrase(const char *output, uint32_t iterations)
{
	char line[ROOT_LINE_SIZE];

	if (root_passphrase_make(iterations, line))
		return EXIT_FAILURE;
	return output_file_write_secret(output, line, strlen(line));
}

static bool read_iterations(const char *text, uint64_t *iterations)
{
	if (parse_number(text, ROOT_ITERATIONS_MAX, iterations) &&
	    *iterations >= ROOT_ITERATIONS_MIN)
		return true;
	report("root: '%s' is not a number of iterations (%d at least)", text,
	       ROOT_ITERATIONS_MIN);
	return false;
}

static int command_new_root(int argc, char **argv)
{
	uint64_t iterations = ROOT_ITERATIONS;
	bool is_passphrase = false;
	const char *output = NULL;
	int option;

	while ((option = option_next(argc, argv, &usage)) > 0) {
		if (option == 'o')
			output = optarg;
		else if (option == 'p')
			is_passphrase = true;
		else if (!read_iterations(optarg, &iterations))
			return EXIT_USAGE;
	}
	if (option != OPTION_END)
		return option_exit(option);
	if (!output) {
		report("root: say with -o where the root goes");
		return EXIT_USAGE;
	}
	return is_passphrase ? make_passphrase(output, (uint32_t)iterations)
			     : make_random(output);
}

static const struct command commands[] = {
	{"new", "make a sealing root", command_new_root},
};

int command_root(int argc, char **argv)
{
	static const struct command_group group = {
		.name = "pal root",
		.commands = commands,
		.count = sizeof(commands) / sizeof(commands[0]),
		.text = "`pal root COMMAND --help` tells more; so does man "
			"pal-root.\n",
	};

	return dispatch(&group, argc, argv);
}
