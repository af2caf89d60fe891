/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/pal_stay.h"

#include "core/cpuid.h"
#include "core/hv.h"
#include "lib/assert.h"

struct fault {
	uint64_t word;
	uint64_t address;
};

static void begin(struct cpu *cpu, struct pal *pal, struct pal_thread *thread,
		  unsigned int index, const struct pal_arguments *arguments)
{
	thread->call_count++;
	thread->regs = (struct guest_regs){
		.rip = pal->entry,
		.rsp = PAL_STACK_TOP(index),
		.rflags = RFLAGS_FIXED | RFLAGS_IF,
		.rdi = arguments->entry,
		.rsi = index,
		.rdx = arguments->in_size,
		.rcx = arguments->out_size,
		.r8 = pal->window_size,
	};
	cpu_count(cpu, HV_COUNT_PAL_CALL);
	platform_fpu_save(cpu->os_fpu);
	platform_fpu_reset();
}

static void resume(struct cpu *cpu, struct pal_thread *thread)
{
	cpu_count(cpu, HV_COUNT_PAL_RESUME);
	platform_fpu_save(cpu->os_fpu);
	platform_fpu_load(thread->fpu);
}

static bool is_caller(const struct pal_thread *thread,
		      const struct pal_caller *caller)
{
	return thread->caller_rip == caller->rip &&
	       thread->caller_rsp == caller->rsp;
}

int pal_stay_begin(struct cpu *cpu, struct pal *pal, unsigned int index,
		   const struct pal_arguments *arguments,
		   const struct pal_caller *caller, struct pal_thread **acquired)
{
	struct pal_thread *thread;
	int state = THREAD_IDLE;

	if (index >= pal->thread_count)
		return HV_ENOENT;
	thread = pal->threads[index];
	if (atomic_compare_exchange_strong(&thread->state, &state,
					   THREAD_RUNNING)) {
		thread->caller_rip = caller->rip;
		thread->caller_rsp = caller->rsp;
		begin(cpu, pal, thread, index, arguments);
		*acquired = thread;
		return HV_OK;
	}
	if (state != THREAD_INTERRUPTED ||
	    !atomic_compare_exchange_strong(&thread->state, &state,
					    THREAD_RUNNING))
		return HV_EBUSY;
	if (!is_caller(thread, caller)) {
		atomic_store(&thread->state, THREAD_INTERRUPTED);
		return HV_EBUSY;
	}
	resume(cpu, thread);
	*acquired = thread;
	return HV_OK;
}

static enum pal_outcome breaks(struct fault *fault, uint64_t word, uint64_t address)
{
	*fault = (struct fault){ .word = word, .address = address };
	return PAL_BROKE_RULE;
}

static enum pal_outcome handle_exception(const struct vmexit *exit,
				     struct fault *fault)
{
	uint32_t error = exit->exception.error;
	unsigned int access = PAL_ACCESS_R;

	if (exit->exception.vector != 14)
		return breaks(fault, PAL_FAULT_WORD(PAL_FAULT_EXCEPTION,
						    exit->exception.vector), 0);
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

static enum pal_outcome handle_pal_exit(struct cpu *cpu, struct guest_regs *regs,
				    const struct vmexit *exit,
				    struct fault *fault)
{
	switch (exit->kind) {
	case VMEXIT_HYPERCALL:
		if (regs->rax == HC_PAL_RETURN)
			return PAL_RETURNED;
		return breaks(fault, PAL_FAULT_HYPERCALL, 0);
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

static enum pal_outcome run(struct cpu *cpu, struct pal *pal,
			struct pal_thread *thread, struct fault *fault)
{
	struct vmexit exit;
	enum pal_outcome outcome;

	cpu->pal_vcpu.regs = &thread->regs;
	cpu->vendor->set_npt(&cpu->pal_vcpu, &pal->npt);
	do {
		cpu->vendor->run(&cpu->pal_vcpu, &exit);
		outcome = handle_pal_exit(cpu, &thread->regs, &exit, fault);
	} while (outcome == PAL_GOES_ON);
	return outcome;
}

static void leave(struct cpu *cpu, struct pal *pal, struct pal_thread *thread,
		  enum pal_outcome outcome, const struct fault *fault)
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

enum pal_outcome pal_stay(struct cpu *cpu, struct pal *pal,
			  struct pal_thread *thread, uint64_t *result)
{
	struct fault fault;
	enum pal_outcome outcome = run(cpu, pal, thread, &fault);

	if (outcome == PAL_RETURNED)
		*result = thread->regs.rdi;
	leave(cpu, pal, thread, outcome, &fault);
	return outcome;
}
