/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Model-specific registers: the policy table's rows for them (core/access.h),
 * carried out.
 */
#ifndef CORE_MSR_H
#define CORE_MSR_H

#include <stdbool.h>

#include "core/cpu.h"

/*
 * Serve RDMSR or WRMSR of the OS: ECX names the register.  False: raise #GP,
 * nothing has changed.
 */
bool msr_read(struct cpu *cpu);
bool msr_write(struct cpu *cpu);

/* This CPU enters the hypervisor: see which of ACCESS_PAUSE run. */
void msr_begin(struct cpu *cpu);

/*
 * Stop what counts, samples or records before a PAL runs, and start it again
 * as it was.  Called where one of SWITCH_MSRS is set; no exits in between.
 */
void msr_pause(struct cpu *cpu);
void msr_resume(struct cpu *cpu);

#endif
