/* SPDX-License-Identifier: BSD-2-Clause */
/* pal token: a table of its own subcommands. */
#include "command.h"
#include "dispatch.h"
#include "token_command.h"

static const struct command commands[] = {
	{"init", "make a token", token_command_init},
	{"list", "list tokens, or what is in one", token_command_list},
	{"generate", "make a key in a token", token_command_generate},
	{"import", "put a key or certificate of a file in",
	 token_command_import},
	{"export", "write a public key or certificate", token_command_export},
	{"remove", "destroy an object, or a token", token_command_remove},
	{"pin", "change a PIN", token_command_pin},
	{"unlock", "give a new PIN in place of one that is locked",
	 token_command_unlock},
	{"backup", "wrap a key for another machine's token",
	 token_command_backup},
	{"restore", "take such a key", token_command_restore},
	{"audit", "print and verify what keys were used for",
	 token_command_audit},
};

int command_token(int argc, char **argv)
{
	static const struct command_group group = {
		.name = "pal token",
		.commands = commands,
		.count = sizeof(commands) / sizeof(commands[0]),
		.text = "PINs come from files, from PALISADE_PIN and "
			"PALISADE_SO_PIN, or the terminal.\n"
			"`pal token COMMAND --help` tells more; so does man "
			"pal-token.\n",
	};

	return dispatch(&group, argc, argv);
}
