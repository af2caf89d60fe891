/* SPDX-License-Identifier: BSD-2-Clause */
/* pal disable: end the hypervisor. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "command.h"
#include "hypervisor.h"

static const struct option_rule rules[] = {
	{'f', "force", NULL, "also when PALs live: they are ended and wiped"},
	{0, NULL, NULL, NULL},
};

static const struct usage usage = {
	.synopsis = "pal disable [--force]",
	.text = "End the hypervisor; all its memory is wiped and given back.  "
		"Needs root.\nAfter --force, a program that still calls its "
		"PAL is killed (SIGILL).\n",
	.options = rules,
	.operand_count = 0,
};

static int report_failure(int cause, const struct palisade_unload *request)
{
	if (cause == EBUSY) {
		report("not disabled: PALs live (`pal status` shows whose); "
		       "end their programs, or use --force");
		return EXIT_FAILURE;
	}
	if (cause == EOPNOTSUPP) {
		report("not disabled: the hypervisor was started before Linux "
		       "(by GRUB) and stays until the machine restarts");
		return EXIT_FAILURE;
	}
	report("not disabled: %s (hypervisor status %d)",
	       cause == EPERM ? "only root may do this (CAP_SYS_ADMIN)"
			      : strerror(cause),
	       request->hv_status);
	return EXIT_FAILURE;
}

int command_disable(int argc, char **argv)
{
	struct palisade_unload request = {.size = sizeof(request)};
	struct palisade_info info;
	int device, option, status;

	while ((option = option_next(argc, argv, &usage)) == 'f')
		request.flags = PALISADE_UNLOAD_FORCE;
	if (option != OPTION_END)
		return option_exit(option);
	device = hypervisor_open_running(&info, &status);
	if (device < 0)
		return status;
	if (ioctl(device, PALISADE_UNLOAD, &request)) {
		status = report_failure(errno, &request);
	} else {
		puts("Palisade has ended; Linux has all its memory again.");
		status = finish_output();
	}
	close(device);
	return status;
}
