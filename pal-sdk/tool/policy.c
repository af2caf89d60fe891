/* SPDX-License-Identifier: BSD-2-Clause */
/* pal policy: a table of its own subcommands. */
#include <stdio.h>
#include <string.h>
#include "command.h"
#include "policy_command.h"

static const struct command commands[] = {
	{"compile", "make the policy's text binary", policy_command_compile},
	{"show", "print a binary policy as text", policy_command_show},
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static void print_help(FILE *to)
{
	fputs("usage: pal policy COMMAND [ARGUMENTS]\n\n", to);
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		fprintf(to, "  %-9s %s\n", commands[i].name,
			commands[i].summary);
	fputs("\n`pal policy COMMAND --help` tells more; so does man "
	      "palisade-policy.\n",
	      to);
}

int command_policy(int argc, char **argv)
{
	const char *name = argc > 1 ? argv[1] : "";

	if (!strcmp(name, "--help") || !strcmp(name, "-h")) {
		print_help(stdout);
		return finish_output();
	}
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		if (!strcmp(name, commands[i].name))
			return commands[i].run(argc - 1, argv + 1);
	if (*name)
		report("policy: no command '%s'", name);
	print_help(stderr);
	return EXIT_USAGE;
}
