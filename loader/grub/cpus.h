/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Taking every CPU under the hypervisor before there is an OS.
 *
 * The firmware has left all but the first waiting for a startup IPI.  Each is
 * started here, one after the other, enters the hypervisor, and then waits for
 * a startup IPI again: now for that of the OS, which the hypervisor delivers.
 */
#ifndef GRUB_CPUS_H
#define GRUB_CPUS_H

#include "abi/launch.h"
#include "memory.h"

/*
 * Find out which CPUs there are; the first is this one.  Returns how many.
 * Takes a page below 1 MiB, so before that is all taken.
 */
uint32_t cpus_find(uint64_t rsdp, struct memory *memory);

/*
 * All CPUs enter, this one as the last; fails the machine if one does not.
 * From here on we are the hypervisor's guest.
 */
void cpus_enter(struct hv_launch *launch);

#endif
