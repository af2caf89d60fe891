/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/step.h"

#include "core/platform.h"
#include "core/vendor.h"

#define VECTOR_DB		1
#define DR6_BS			(1u << 14)
#define MSR_DEBUG_CONTROL	0x1d9
#define DEBUG_CONTROL_BTF	(1u << 1)

/* With BTF, TF stops at branches only (APM Vol. 2, 13.1.5). */
static bool is_branches_only(void)
{
	uint64_t control;

	return platform_read_msr(MSR_DEBUG_CONTROL, &control) &&
	       control & DEBUG_CONTROL_BTF;
}

/* Apart from the path of a call, which would run out of registers. */
void __attribute__((noinline)) step_with_flags(struct cpu *cpu)
{
	struct vcpu *os = &cpu->os_vcpu;
	const struct vendor *vendor = cpu->vendor;

	os->regs->rflags &= ~(uint64_t)RFLAGS_RF;
	if (!(os->regs->rflags & RFLAGS_TF) || is_branches_only())
		return;
	vendor->set(os, GUEST_DR6, vendor->get(os, GUEST_DR6) | DR6_BS);
	vendor->inject(os, VECTOR_DB, false, 0);
}
