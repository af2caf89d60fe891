/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/pal_stay.h"

#include "core/cpuid.h"
#include "core/exit.h"
#include "core/flush.h"
#include "core/hv.h"
#include "core/msr.h"
#include "core/pal_peer.h"
#include "lib/assert.h"

/* VMMCALL, VMCALL: and before them only prefixes. */
#define HYPERCALL_SIZE	3u

#define VECTOR_PF	14
#define VECTOR_MC	18

struct fault {
	uint64_t word;
	uint64_t address;
};

static void set_caller(struct pal_thread *thread,
		       const struct pal_caller *caller)
{
	atomic_store_explicit(&thread->caller_rip, caller->rip,
			      memory_order_relaxed);
	atomic_store_explicit(&thread->caller_rsp, caller->rsp,
			      memory_order_relaxed);
}

void pal_stay_start_thread(struct cpu *cpu, struct pal *pal,
			   unsigned int index,
			   const struct pal_arguments *arguments,
			   const struct pal_caller *caller)
{
	struct pal_thread *thread = pal->threads[index];

	set_caller(thread, caller);
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
		.r9 = arguments->is_peer,
	};
	cpu_count(cpu, HV_COUNT_PAL_CALL);
	platform_fpu_reset();
}

static bool is_caller(const struct pal_thread *thread,
		      const struct pal_caller *caller)
{
	return atomic_load_explicit(&thread->caller_rip,
				    memory_order_relaxed) == caller->rip &&
	       atomic_load_explicit(&thread->caller_rsp,
				    memory_order_relaxed) == caller->rsp;
}

int pal_stay_begin(struct cpu *cpu, struct pal *pal, unsigned int index,
		   const struct pal_arguments *arguments,
		   const struct pal_caller *caller,
		   struct pal_thread **acquired)
{
	struct pal_thread *thread;
	uint64_t state = THREAD_IDLE;

	if (index >= pal->thread_count)
		return HV_ENOENT;
	thread = pal->threads[index];
	if (atomic_compare_exchange_strong(&thread->state, &state,
					   THREAD_RUNNING)) {
		platform_fpu_save(cpu->os_fpu);
		pal_stay_start_thread(cpu, pal, index, arguments, caller);
		*acquired = thread;
		return HV_OK;
	}
	/* A stranger must not take it, not even for the time of a look. */
	if (state == THREAD_RUNNING && is_caller(thread, caller))
		return HV_EAGAIN;
	if (state != THREAD_INTERRUPTED || !is_caller(thread, caller) ||
	    !atomic_compare_exchange_strong(&thread->state, &state,
					    THREAD_RUNNING))
		return HV_EBUSY;
	if (!is_caller(thread, caller)) {	/* it has changed since */
		atomic_store(&thread->state, THREAD_INTERRUPTED);
		return HV_EBUSY;
	}
	cpu_count(cpu, HV_COUNT_PAL_RESUME);
	platform_fpu_save(cpu->os_fpu);
	*acquired = thread;
	return HV_OK;
}

static enum pal_outcome breaks(struct fault *fault, uint64_t word,
			       uint64_t address)
{
	*fault = (struct fault){ .word = word, .address = address };
	return PAL_BROKE_RULE;
}

/*
 * A machine check is the OS's: it takes it at the call, like an interrupt.  One
 * that has not enabled them is shut down by the CPU (APM Vol. 2, 8.2.15).
 */
static enum pal_outcome hand_on_machine_check(struct cpu *cpu)
{
	if (!(cpu->vendor->get(&cpu->os_vcpu, GUEST_CR4) & CR4_MCE))
		os_shut_down(cpu);
	cpu->vendor->inject(&cpu->os_vcpu, VECTOR_MC, false, 0);
	return PAL_INTERRUPTED;
}

static enum pal_outcome handle_exception(struct cpu *cpu,
					 const struct vmexit *exit,
					 struct fault *fault)
{
	uint64_t vector = exit->exception.vector;
	uint32_t error = exit->exception.error;
	unsigned int access = PAL_ACCESS_R;

	breaks(fault, PAL_FAULT_WORD(PAL_FAULT_EXCEPTION, vector), 0);
	if (vector == VECTOR_MC)
		return hand_on_machine_check(cpu);
	if (vector != VECTOR_PF)
		return PAL_BROKE_RULE;
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

static enum pal_outcome handle_hypercall(struct guest_regs *regs,
					 const struct vmexit *exit,
					 struct fault *fault)
{
	uint64_t rip = regs->rip;

	regs->rip = exit->next_rip;
	if (regs->rax == HC_PAL_RETURN)
		return PAL_RETURNED;
	if (regs->rax == HC_PAL_CALL_PEER)
		return PAL_CALLS_PEER;
	regs->rip = rip;
	return breaks(fault, PAL_FAULT_HYPERCALL, 0);
}

/* Apart from the path of a call, as in exit.c. */
static enum pal_outcome __attribute__((noinline))
handle_pal_exit(struct cpu *cpu, struct guest_regs *regs,
		const struct vmexit *exit, struct fault *fault)
{
	switch (exit->kind) {
	case VMEXIT_HYPERCALL:
		return handle_hypercall(regs, exit, fault);
	case VMEXIT_CPUID:
		cpu_count(cpu, HV_COUNT_PAL_CPUID);
		cpuid_for_pal(regs);
		regs->rip = exit->next_rip;
		return PAL_GOES_ON;
	case VMEXIT_INTERRUPT:
	case VMEXIT_NMI:
	case VMEXIT_NMI_END:
	case VMEXIT_SMI:
	case VMEXIT_INIT:
		return PAL_INTERRUPTED;	/* the OS takes it when it runs again */
	case VMEXIT_NPT_FAULT:
		return breaks(fault,
			      PAL_FAULT_WORD(PAL_FAULT_MEMORY,
					     access_tried(exit->npt.access)),
			      exit->npt.at.v);
	case VMEXIT_EXCEPTION:
		return handle_exception(cpu, exit, fault);
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
	case VMEXIT_IO:
		return breaks(fault, PAL_FAULT_WORD(PAL_FAULT_INSTRUCTION,
						    PAL_INSN_IO), 0);
	case VMEXIT_PRIVILEGED:
		return breaks(fault, PAL_FAULT_WORD(PAL_FAULT_INSTRUCTION,
						    exit->insn), 0);
	case VMEXIT_SHUTDOWN:
	case VMEXIT_UNKNOWN:
		return breaks(fault, PAL_FAULT_SHUTDOWN, 0);
	}
	UNREACHABLE();
}

/* Run whoever is at `at` until it stops for a reason of its own. */
static enum pal_outcome run(struct cpu *cpu, struct pal_place at,
			    struct fault *fault)
{
	struct vmexit exit;
	enum pal_outcome outcome;

	cpu->pal_vcpu.regs = &at.thread->regs;
	cpu->vendor->set_npt(&cpu->pal_vcpu, &at.pal->npt);
	do {
		cpu->vendor->run(&cpu->pal_vcpu, &exit);
		if (exit.kind == VMEXIT_HYPERCALL)
			outcome = handle_hypercall(&at.thread->regs, &exit,
						   fault);
		else
			outcome = handle_pal_exit(cpu, &at.thread->regs, &exit,
						  fault);
	} while (outcome == PAL_GOES_ON);
	return outcome;
}

static void kill(struct cpu *cpu, struct pal_place at,
		 const struct fault *fault)
{
	cpu_count(cpu, HV_COUNT_PAL_FAULT);
	pal_kill(cpu->hv, at.pal, at.thread, fault->word, fault->address);
}

/* Run the notary's part of a chain that begins at `root` and is ours now. */
static enum pal_outcome finish_service(struct cpu *cpu, struct pal_place root,
				       struct pal_place at)
{
	struct fault fault;
	enum pal_outcome outcome;

	platform_fpu_load(at.thread->fpu);
	flush_between_pals(cpu);
	outcome = run(cpu, at, &fault);
	if (outcome == PAL_INTERRUPTED) {
		platform_fpu_save(at.thread->fpu);
		return outcome;
	}
	if (outcome == PAL_BROKE_RULE)
		kill(cpu, at, &fault);
	pal_peer_end(cpu, root, &at,
		     outcome == PAL_RETURNED ? HV_OK : HV_EDEAD,
		     at.thread->regs.rdi);
	return PAL_GOES_ON;
}

/*
 * The notary has no thread free, and the OS need not let those go on whose
 * calls are suspended in it: do what is left of one for its caller, which finds
 * the answer when it goes on.  Then the helper's call is tried again.
 */
static enum pal_outcome help(struct cpu *cpu, struct pal_place helper,
			     uint64_t suspended)
{
	enum pal_outcome outcome = PAL_GOES_ON;
	struct pal_place root, at;

	if (pal_peer_take_over(cpu->hv, suspended, &root))
		return PAL_GOES_ON;
	platform_fpu_save(helper.thread->fpu);
	at = pal_peer_resume(cpu, root);
	if (at.pal->is_own)
		outcome = finish_service(cpu, root, at);
	pal_peer_put_back(cpu->hv, root);
	platform_fpu_load(helper.thread->fpu);
	helper.thread->regs.rax = HC_PAL_CALL_PEER;
	helper.thread->regs.rip -= HYPERCALL_SIZE;
	return outcome;
}

/* Kept out of the path of a plain call, which must be short. */
__attribute__((noinline))
static enum pal_outcome call_peer(struct cpu *cpu, struct pal_place root,
				  struct pal_place *at)
{
	uint64_t suspended = 0;

	pal_peer_call(cpu, root, at, &suspended);
	return suspended ? help(cpu, *at, suspended) : PAL_GOES_ON;
}

/* Run the chain of PALs until something ends the stay. */
static enum pal_outcome run_chain(struct cpu *cpu, struct pal_place root,
				  struct pal_place *at)
{
	struct fault fault;

	for (;;) {
		enum pal_outcome outcome = run(cpu, *at, &fault);

		if (outcome == PAL_BROKE_RULE)
			kill(cpu, *at, &fault);
		if (outcome == PAL_CALLS_PEER)
			outcome = call_peer(cpu, root, at);
		if (outcome == PAL_INTERRUPTED ||
		    (outcome != PAL_GOES_ON && !pal_peer_is_called(root, *at)))
			return outcome;
		if (outcome != PAL_GOES_ON)
			pal_peer_end(cpu, root, at,
				     outcome == PAL_RETURNED ? HV_OK : HV_EDEAD,
				     at->thread->regs.rdi);
		flush_between_pals(cpu);
	}
}

static void interrupt(struct cpu *cpu, struct pal_place root,
		      struct pal_place at)
{
	cpu_count(cpu, HV_COUNT_PAL_INTERRUPT);
	platform_fpu_save(at.thread->fpu);
	pal_peer_suspend(cpu->hv, root);
}

/* Apart from the path of a call, where there is seldom work. */
static void __attribute__((noinline)) go_to_pal(struct cpu *cpu)
{
	if (cpu->switch_work & SWITCH_MSRS)
		msr_pause(cpu);
	flush_for_pal(cpu);
}

static void __attribute__((noinline)) go_to_os(struct cpu *cpu)
{
	flush_for_os(cpu);
	msr_resume(cpu);
}

enum pal_outcome pal_stay(struct cpu *cpu, struct pal *pal,
			  struct pal_thread *thread, uint64_t *result)
{
	struct pal_place root = { pal, thread };
	struct pal_place at = root;
	uint64_t begin = platform_ticks();
	enum pal_outcome outcome;
	uint64_t next = THREAD_IDLE;

	if (thread->is_resumed) {
		at = pal_peer_resume(cpu, root);
		platform_fpu_load(at.thread->fpu);
	}
	if (cpu->switch_work)
		go_to_pal(cpu);
	outcome = run_chain(cpu, root, &at);
	if (outcome == PAL_RETURNED)
		*result = thread->regs.rdi;
	if (outcome == PAL_INTERRUPTED) {
		interrupt(cpu, root, at);
		next = THREAD_INTERRUPTED;
	}
	thread->is_resumed = outcome == PAL_INTERRUPTED;
	thread->ticks += platform_ticks() - begin;
	platform_fpu_load(cpu->os_fpu);
	if (cpu->switch_work)
		go_to_os(cpu);
	atomic_store_explicit(&thread->state, next, memory_order_release);
	return outcome;
}
