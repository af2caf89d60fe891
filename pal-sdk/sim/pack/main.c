/* SPDX-License-Identifier: BSD-2-Clause */
/* `pal pack` alone, for what libpal is made of. */
#include "tool/command.h"

int main(int argc, char **argv)
{
	return command_pack(argc, argv);
}
