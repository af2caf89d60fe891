/* SPDX-License-Identifier: BSD-2-Clause */
/* What subcommands share when they talk to /dev/palisade. */
#ifndef TOOL_HYPERVISOR_H
#define TOOL_HYPERVISOR_H

#include "abi/ioctl.h"

/*
 * Open the device and ask for its state.  Returns a descriptor, which the
 * caller closes, or -1 after a message; *exit_status is then the status to
 * exit with and *info as it was.
 */
int hypervisor_open(struct palisade_info *info, int *exit_status);

/* The same, and the hypervisor must be running. */
int hypervisor_open_running(struct palisade_info *info, int *exit_status);

/* Why a launch was refused and what to do, for any HV_REASON_*; not NULL. */
const char *hypervisor_reason(unsigned int reason);

#endif /* TOOL_HYPERVISOR_H */
