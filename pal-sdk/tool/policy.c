/* SPDX-License-Identifier: BSD-2-Clause */
/* pal policy: a table of its own subcommands. */
#include "command.h"
#include "dispatch.h"
#include "policy_command.h"

static const struct command commands[] = {
	{"compile", "make the policy's text binary", policy_command_compile},
	{"show", "print a binary policy as text", policy_command_show},
};

int command_policy(int argc, char **argv)
{
	static const struct command_group group = {
		.name = "pal policy",
		.commands = commands,
		.count = sizeof(commands) / sizeof(commands[0]),
		.text = "`pal policy COMMAND --help` tells more; so does man "
			"palisade-policy.\n",
	};

	return dispatch(&group, argc, argv);
}
