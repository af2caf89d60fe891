/* SPDX-License-Identifier: BSD-2-Clause */
/* Hypercalls of the OS's kernel: abi/hypercall.h is their manual. */
#ifndef CORE_HYPERCALL_H
#define CORE_HYPERCALL_H

#include "core/cpu.h"

/*
 * Serve any hypercall but HC_PAL_CALL.  The OS's registers get the answer and
 * RIP becomes next_rip.  HC_CPU_LEAVE does not return when it succeeds.
 */
void hypercall(struct cpu *cpu, uint64_t next_rip);

#endif
