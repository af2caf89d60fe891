/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The end of an instruction that exited and was done here in the CPU's place.
 */
#ifndef CORE_STEP_H
#define CORE_STEP_H

#include "core/cpu.h"
#include "core/guest_state.h"

/* step_to(), where RF or TF is set. */
void step_with_flags(struct cpu *cpu);

/*
 * The OS goes on at next_rip, as behind any instruction: RF, which held back
 * breakpoints on this one, is gone, and if TF is set, a #DB comes first.
 */
static inline void step_to(struct cpu *cpu, uint64_t next_rip)
{
	struct guest_regs *regs = cpu->os_vcpu.regs;

	regs->rip = next_rip;
	if (regs->rflags & (RFLAGS_TF | RFLAGS_RF))
		step_with_flags(cpu);
}

#endif
