/* SPDX-License-Identifier: BSD-2-Clause */
/* HC_PAL_CALL: the way from the OS into a PAL and back. */
#ifndef CORE_PAL_RUN_H
#define CORE_PAL_RUN_H

#include "core/cpu.h"

/*
 * Serve HC_PAL_CALL of the OS's vCPU, whose instruction ends at next_rip.
 * On return the OS's registers hold the answer and RIP is next_rip, or, if
 * there is more to do (an interrupt waits, a dead PAL is being wiped), nothing
 * has changed and the OS will execute the call again.  Needs no lock.
 */
void pal_call(struct cpu *cpu, uint64_t next_rip);

#endif
