/* SPDX-License-Identifier: BSD-2-Clause */
/* pal log: what the hypervisor has to say. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "command.h"
#include "hypervisor.h"

static const struct option_rule rules[] = {
	{0, NULL, NULL, NULL},
};

static const struct usage usage = {
	.synopsis = "pal log",
	.text = "Print the hypervisor's log, oldest text first.  "
		"Needs root.\n",
	.options = rules,
	.operand_count = 0,
};

/* Ends also when the log grows as fast as we read: it is a small ring. */
#define PIECE_LIMIT 1024

static int print_log(int device)
{
	struct palisade_log piece = {.size = sizeof(piece)};

	for (int i = 0; i < PIECE_LIMIT; i++) {
		if (ioctl(device, PALISADE_LOG, &piece)) {
			report("cannot read the log: %s",
			       errno == EPERM
				       ? "only root may do this (CAP_SYS_ADMIN)"
				       : strerror(errno));
			return EXIT_FAILURE;
		}
		if (!piece.length || piece.length > sizeof(piece.text))
			break;
		fwrite(piece.text, 1, piece.length, stdout);
		piece.position += piece.length;
	}
	return finish_output();
}

int command_log(int argc, char **argv)
{
	int option = option_next(argc, argv, &usage);
	struct palisade_info info;
	int device, status;

	if (option != OPTION_END)
		return option_exit(option);
	device = hypervisor_open_running(&info, &status);
	if (device < 0)
		return status;
	status = print_log(device);
	close(device);
	return status;
}
