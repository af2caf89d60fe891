/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Instructions that exited and are done here in the CPU's place: what they are,
 * and how they end.
 */
#ifndef CORE_STEP_H
#define CORE_STEP_H

#include "core/cpu.h"
#include "core/guest_state.h"
#include "core/insn.h"

/*
 * What the OS's instruction stores that met a VMEXIT_NPT_FAULT.  False: none
 * that insn.h knows.  Not with hv->lock.
 */
bool step_decode(struct cpu *cpu, const struct vmexit *exit,
		 struct insn_store *store);

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
