/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/pal_run.h"

#include "core/cpuid.h"
#include "core/hv.h"
#include "core/pal.h"
#include "lib/assert.h"
#include "lib/string.h"

/* How a stay in the PAL ended; PAL_GOES_ON is no end. */
enum outcome { PAL_GOES_ON, PAL_RETURNED, PAL_INTERRUPTED, PAL_BROKE_RULE };

struct fault {
	uint64_t word;
	uint64_t address;
};

static void answer(struct cpu *cpu, int status, uint64_t next_rip)
{
	cpu->os_vcpu.regs->rax = (uint64_t)(int64_t)status;
	cpu->os_vcpu.regs->rip = next_rip;
}

static void begin(struct cpu *cpu, struct pal *pal, struct pal_thread *thread,
		  unsigned int index)
{
	const struct guest_regs *os = cpu->os_vcpu.regs;

	thread->caller_rip = os->rip;
	thread->caller_rsp = os->rsp;
	thread->call_count++;
	thread->regs = (struct guest_regs){
		.rip = pal->entry,
		.rsp = PAL_STACK_TOP(index),
		.rflags = RFLAGS_FIXED | RFLAGS_IF,
		.rdi = os->rsi,
		.rsi = index,
		.rdx = os->rdx,
		.rcx = os->rcx,
		.r8 = pal->window_size,
	};
	cpu_count(cpu, HV_COUNT_PAL_CALL);
	platform_fpu_reset();
}

static bool is_caller(const struct cpu *cpu, const struct pal_thread *thread)
{
	return thread->caller_rip == cpu->os_vcpu.regs->rip &&
	       thread->caller_rsp == cpu->os_vcpu.regs->rsp;
}

/* Become the one CPU that runs the thread, at its start or where it stopped. */
static int acquire(struct cpu *cpu, struct pal *pal, unsigned int index,
		   struct pal_thread **acquired)
{
	struct pal_thread *thread;
	int state = THREAD_IDLE;

	if (index >= pal->thread_count)
		return HV_ENOENT;
	thread = pal->threads[index];
	if (atomic_compare_exchange_strong(&thread->state, &state,
					   THREAD_RUNNING)) {
		platform_fpu_save(cpu->os_fpu);
		begin(cpu, pal, thread, index);
		*acquired = thread;
		return HV_OK;
	}
	if (state != THREAD_INTERRUPTED ||
	    !atomic_compare_exchange_strong(&thread->state, &state,
					    THREAD_RUNNING))
		return HV_EBUSY;
	if (!is_caller(cpu, thread)) {
		atomic_store(&thread->state, THREAD_INTERRUPTED);
		return HV_EBUSY;
	}
	platform_fpu_save(cpu->os_fpu);
	platform_fpu_load(thread->fpu);
	cpu_count(cpu, HV_COUNT_PAL_RESUME);
	*acquired = thread;
	return HV_OK;
}

static enum outcome breaks(struct fault *fault, uint64_t word, uint64_t address)
{
	*fault = (struct fault){ .word = word, .address = address };
	return PAL_BROKE_RULE;
}

static enum outcome handle_exception(const struct vmexit *exit,
				     struct fault *fault)
{
	uint64_t vector = exit->exception.vector;
	uint32_t error = exit->exception.error;
	unsigned int access = PAL_ACCESS_R;

	if (vector != 14)
		return breaks(fault,
			      PAL_FAULT_WORD(PAL_FAULT_EXCEPTION, vector), 0);
	if (error & 2)
		access = PAL_ACCESS_W;
	else if (error & 16)
		access = PAL_ACCESS_X;
	return breaks(fault, PAL_FAULT_WORD(PAL_FAULT_MEMORY, access),
		      exit->exception.address);
}

static unsigned int access_tried(unsigned int npt_access)
{
	if (npt_access & NPT_W)
		return PAL_ACCESS_W;
	return npt_access & NPT_X ? PAL_ACCESS_X : PAL_ACCESS_R;
}

static enum outcome handle_hypercall(struct cpu *cpu,
				     const struct guest_regs *regs,
				     struct fault *fault)
{
	if (regs->rax != HC_PAL_RETURN)
		return breaks(fault, PAL_FAULT_HYPERCALL, 0);
	cpu->os_vcpu.regs->rdx = regs->rdi;
	return PAL_RETURNED;
}

static enum outcome handle_pal_exit(struct cpu *cpu, struct guest_regs *regs,
				    const struct vmexit *exit,
				    struct fault *fault)
{
	switch (exit->kind) {
	case VMEXIT_HYPERCALL:
		return handle_hypercall(cpu, regs, fault);
	case VMEXIT_CPUID:
		cpu_count(cpu, HV_COUNT_PAL_CPUID);
		cpuid_for_pal(regs);
		regs->rip = exit->next_rip;
		return PAL_GOES_ON;
	case VMEXIT_INTERRUPT:
	case VMEXIT_NMI:
	case VMEXIT_SMI:
	case VMEXIT_INIT:
		return PAL_INTERRUPTED;	/* the OS takes it when it runs again */
	case VMEXIT_NPT_FAULT:
		return breaks(fault,
			      PAL_FAULT_WORD(PAL_FAULT_MEMORY,
					     access_tried(exit->npt.access)),
			      exit->npt.at.v);
	case VMEXIT_EXCEPTION:
		return handle_exception(exit, fault);
	case VMEXIT_RDMSR:
	case VMEXIT_WRMSR:
		return breaks(fault, PAL_FAULT_WORD(PAL_FAULT_INSTRUCTION,
						    PAL_INSN_MSR), 0);
	case VMEXIT_VIRT_INSN:
		return breaks(fault, PAL_FAULT_WORD(PAL_FAULT_INSTRUCTION,
						    PAL_INSN_VIRT), 0);
	case VMEXIT_INVD:
		return breaks(fault, PAL_FAULT_WORD(PAL_FAULT_INSTRUCTION,
						    PAL_INSN_PRIVILEGED), 0);
	case VMEXIT_PRIVILEGED:
		return breaks(fault, PAL_FAULT_WORD(PAL_FAULT_INSTRUCTION,
						    exit->insn), 0);
	case VMEXIT_SHUTDOWN:
	case VMEXIT_UNKNOWN:
		return breaks(fault, PAL_FAULT_SHUTDOWN, 0);
	}
	UNREACHABLE();
}

static enum outcome run(struct cpu *cpu, struct pal *pal,
			struct pal_thread *thread, struct fault *fault)
{
	struct vmexit exit;
	enum outcome outcome;

	cpu->pal_vcpu.regs = &thread->regs;
	cpu->vendor->set_npt(&cpu->pal_vcpu, &pal->npt);
	do {
		cpu->vendor->run(&cpu->pal_vcpu, &exit);
		outcome = handle_pal_exit(cpu, &thread->regs, &exit, fault);
	} while (outcome == PAL_GOES_ON);
	return outcome;
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
		answer(cpu, pal->fault_reported ? HV_EDEAD : HV_EFAULT,
		       next_rip);
		pal->fault_reported = true;
	}
	spin_unlock(&cpu->hv->lock);
}

static void leave(struct cpu *cpu, struct pal *pal, struct pal_thread *thread,
		  enum outcome outcome, const struct fault *fault)
{
	if (outcome == PAL_INTERRUPTED) {
		platform_fpu_save(thread->fpu);
		cpu_count(cpu, HV_COUNT_PAL_INTERRUPT);
	}
	if (outcome == PAL_BROKE_RULE) {
		cpu_count(cpu, HV_COUNT_PAL_FAULT);
		pal_kill(cpu->hv, pal, fault->word, thread->regs.rip,
			 fault->address);
	}
	platform_fpu_load(cpu->os_fpu);
	atomic_store_explicit(&thread->state,
			      outcome == PAL_INTERRUPTED ? THREAD_INTERRUPTED :
							   THREAD_IDLE,
			      memory_order_release);
}

void pal_call(struct cpu *cpu, uint64_t next_rip)
{
	uint64_t handle = cpu->os_vcpu.regs->rdi;
	uint64_t cr3 = cpu->vendor->get(&cpu->os_vcpu, GUEST_CR3);
	struct pal_thread *thread;
	struct fault fault;
	enum outcome outcome;
	struct pal *pal;
	int err = HV_EPERM;

	if (cpu->vendor->get(&cpu->os_vcpu, GUEST_CPL) == 3)
		err = pal_enter(cpu->hv, handle, cr3, &pal);
	if (err == HV_EDEAD) {
		answer_dead(cpu, handle, next_rip);
		return;
	}
	if (err) {
		answer(cpu, err, next_rip);
		return;
	}
	err = acquire(cpu, pal, PAL_HANDLE_THREAD(handle), &thread);
	if (err) {
		answer(cpu, err, next_rip);
	} else {
		outcome = run(cpu, pal, thread, &fault);
		leave(cpu, pal, thread, outcome, &fault);
		if (outcome == PAL_RETURNED)
			answer(cpu, HV_OK, next_rip);
	}
	pal_exit(pal);
}
