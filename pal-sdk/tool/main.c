/* SPDX-License-Identifier: BSD-2-Clause */
/* The pal command: a table of subcommands, one file each. */
#include <stdio.h>
#include <string.h>
#include "abi/hypercall.h"
#include "abi/pal_image.h"
#include "command.h"
#include "dispatch.h"

static const struct command commands[] = {
	{"new", "begin a project with a PAL", command_new},
	{"cc", "compile sources to a PAL image", command_cc},
	{"pack", "make a PAL image of a linked ELF file", command_pack},
	{"inspect", "show what a PAL image holds", command_inspect},
	{"measure", "print the measurement of a PAL image", command_measure},
	{"keygen", "make a key that signs PALs", command_keygen},
	{"digest", "print what a signer elsewhere has to sign", command_digest},
	{"sign", "put a signature behind a PAL image", command_sign},
	{"verify", "tell who signed a PAL image", command_verify},
	{"policy", "compile or show what may run on a machine", command_policy},
	{"root", "make what PALs seal their secrets under", command_root},
	{"token", "keys that live in the key PAL", command_token},
	{"run", "call a function of a PAL", command_run},
	{"gdb", "debug a debug PAL in the simulator", command_gdb},
	{"status", "show hypervisor, CPUs, memory and PALs", command_status},
	{"top", "watch the hypervisor and its PALs", command_top},
	{"check", "tell whether this machine can run it", command_check},
	{"enable", "start the hypervisor under this Linux", command_enable},
	{"disable", "end the hypervisor", command_disable},
	{"log", "print the hypervisor's log", command_log},
};

int main(int argc, char **argv)
{
	static const struct command_group group = {
		.name = "pal",
		.commands = commands,
		.count = sizeof(commands) / sizeof(commands[0]),
		.text = "`pal COMMAND --help` tells more; so does man pal.\n"
			"Exit status: 0 done, 1 failed, 2 wrong usage,\n"
			"3 the PAL's function returned an error, 4 the PAL "
			"broke a rule and was ended,\n5 no hypervisor.\n",
	};

	if (argc > 1 && !strcmp(argv[1], "--version")) {
		printf("pal (Palisade), hypervisor ABI %d, image format %d\n",
		       HV_ABI_VERSION, PAL_IMAGE_VERSION);
		return finish_output();
	}
	return dispatch(&group, argc, argv);
}
