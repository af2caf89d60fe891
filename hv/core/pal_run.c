/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/pal_run.h"

#include "core/hv.h"
#include "core/pal.h"
#include "core/pal_stay.h"
#include "core/step.h"

static void answer(struct cpu *cpu, int status, uint64_t next_rip)
{
	cpu->os_vcpu.regs->rax = (uint64_t)(int64_t)status;
	step_to(cpu, next_rip);
}

/* Is it in this call that the PAL broke a rule?  True once. */
static bool take_blame(struct pal *pal, const struct guest_regs *os)
{
	if (pal->fault_caller.rip != os->rip ||
	    pal->fault_caller.rsp != os->rsp)
		return false;
	pal->fault_caller = (struct pal_caller){ 0 };
	return true;
}

/*
 * A call of a PAL that is ending or has ended: help to wipe it, then tell.  If
 * its slot has got another PAL meanwhile, the call will find out by itself.
 */
static void answer_dead(struct cpu *cpu, uint64_t handle, uint64_t next_rip)
{
	struct guest_regs *os = cpu->os_vcpu.regs;
	bool is_wiped = false;
	struct pal *pal;

	spin_lock(&cpu->hv->lock);
	pal = pal_find(cpu->hv, handle);
	if (pal)
		is_wiped = pal_wipe_step(cpu->hv, pal);
	if (is_wiped) {
		os->rdx = pal->fault_word;
		os->rcx = pal->fault_offset;
		os->r8 = pal->fault_address;
		answer(cpu, take_blame(pal, os) ? HV_EFAULT : HV_EDEAD,
		       next_rip);
	}
	spin_unlock(&cpu->hv->lock);
}

/* The PAL's memory stays: see pal_enter(). */
static void call(struct cpu *cpu, struct pal *pal, uint64_t next_rip)
{
	struct guest_regs *os = cpu->os_vcpu.regs;
	const struct pal_arguments arguments = {
		.entry = os->rsi,
		.in_size = os->rdx,
		.out_size = os->rcx,
	};
	const struct pal_caller caller = { os->rip, os->rsp };
	struct pal_thread *thread;
	enum pal_outcome outcome;
	int err = pal_stay_begin(cpu, pal, PAL_HANDLE_THREAD(os->rdi),
				 &arguments, &caller, &thread);

	if (err == HV_EAGAIN)
		return;			/* the instruction executes again */
	if (err) {
		answer(cpu, err, next_rip);
		return;
	}
	outcome = pal_stay(cpu, pal, thread, &os->rdx);
	if (outcome == PAL_RETURNED)
		answer(cpu, HV_OK, next_rip);
	else if (outcome == PAL_BROKE_RULE && pal->fault_thread == thread)
		pal->fault_caller = caller;
}

/* The one path that must be short: what it calls becomes part of it. */
__attribute__((flatten)) void pal_call(struct cpu *cpu, uint64_t next_rip)
{
	uint64_t handle = cpu->os_vcpu.regs->rdi;
	uint64_t cr3 = cpu->vendor->get(&cpu->os_vcpu, GUEST_CR3);
	struct pal *pal;
	int err = HV_EPERM;

	if (cpu->vendor->get(&cpu->os_vcpu, GUEST_CPL) == 3)
		err = pal_enter(cpu->hv, handle, cr3, &pal);
	if (err == HV_EDEAD) {
		answer_dead(cpu, handle, next_rip);
	} else if (err) {
		answer(cpu, err, next_rip);
	} else {
		call(cpu, pal, next_rip);
		pal_exit(pal);
	}
}
