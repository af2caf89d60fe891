/* SPDX-License-Identifier: BSD-2-Clause */
/* What CPUID says under the hypervisor. */
#ifndef CORE_CPUID_H
#define CORE_CPUID_H

#include "core/cpu.h"

/*
 * The OS sees the machine, without SVM and with HV_CPUID_LEAF.  EAX, EBX, ECX
 * and EDX of its vCPU are set.
 */
void cpuid_for_os(struct cpu *cpu);

/*
 * A PAL sees the vendor and which instructions it may use: those that need no
 * state beyond x87 and SSE.
 */
void cpuid_for_pal(struct guest_regs *regs);

#endif
