/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The PAL's exceptions reach us as signals, on a stack of our own.  Each is its
 * return to the caller, an instruction that we answer, or the end of the PAL,
 * told in the words of the hypervisor (hv/core/pal_run.c).
 */
#include <asm/signal.h>
#include <asm/sigcontext.h>
#include <asm/siginfo.h>
#include <asm/ucontext.h>
#include <asm/unistd.h>
#include <linux/audit.h>
#include <linux/futex.h>
#include "abi/hypercall.h"
#include "sim.h"

#define VECTOR_DB	1
#define VECTOR_BP	3
#define VECTOR_UD	6
#define VECTOR_GP	13
#define VECTOR_PF	14

#define PF_WRITE	2
#define PF_FETCH	16

#define RFLAGS_FIXED	2
#define RFLAGS_IF	0x200

#define OWN_SPACE	0x100000000UL /* the PAL has all below */
#define VMMCALL_LENGTH	3
#define UD2_LENGTH	2
#define INSTRUCTION_MAX 15

struct exception {
	struct sigcontext *regs;
	uint64_t vector, error, address;
};

_Noreturn void sim_end(const struct sim_fault *fault)
{
	static _Atomic uint32_t is_ending;
	struct sim_call *calls = sim_shared->calls;

	/* Another thread is ending the process. */
	while (atomic_exchange(&is_ending, 1))
		SYSCALL4(__NR_futex, &is_ending, FUTEX_WAIT, 1, NULL);
	sim_shared->fault = *fault;
	atomic_store(&sim_shared->end, SIM_TURN_ENDED);
	for (uint32_t i = 0; i < sim_header->thread_count; i++) {
		atomic_store(&calls[i].turn, SIM_TURN_ENDED);
		SYSCALL3(__NR_futex, &calls[i].turn, FUTEX_WAKE, 1);
	}
	for (;;)
		SYSCALL1(__NR_exit_group, 0);
}

static bool is_code(uint64_t address, uint64_t size)
{
	for (uint32_t i = 0; i < sim_header->segment_count; i++) {
		const struct pal_image_segment *segment =
			&sim_header->segments[i];

		if (segment->access & PAL_ACCESS_X &&
		    address >= segment->base &&
		    address - segment->base + size <= segment->memory_size)
			return true;
	}
	return false;
}

/* The bytes at RIP, as far as they are the PAL's code; the rest is zero. */
static void fetch(uint64_t rip, unsigned char bytes[INSTRUCTION_MAX])
{
	for (uint64_t i = 0; i < INSTRUCTION_MAX; i++)
		bytes[i] = is_code(rip + i, 1) ? ((const unsigned char *)rip)[i]
					       : 0;
}

#define CALL_LENGTH   5 /* CALL rel32 */
#define FUNCTION_MOST 4096

/* Does `target` follow a direct call of a function that has RIP in it? */
static bool is_return_into_caller(uint64_t target, uint64_t rip)
{
	unsigned char bytes[INSTRUCTION_MAX];
	int32_t distance;

	fetch(target - CALL_LENGTH, bytes);
	if (bytes[0] != 0xe8)
		return false;
	__builtin_memcpy(&distance, bytes + 1, sizeof(distance));
	return rip - (target + (uint64_t)(int64_t)distance) < FUNCTION_MOST;
}

static void add_frame(struct sim_fault *fault, uint64_t address)
{
	fault->frames[fault->frame_count++] = address - PAL_IMAGE_BASE;
}

/*
 * Follow the chain of frame pointers, if the PAL was compiled to have one.  The
 * innermost function often has no frame yet, or never.
 */
static void walk_frames(const struct sigcontext *regs, uint32_t index,
			struct sim_fault *fault)
{
	uint64_t top = PAL_STACK_TOP((uint64_t)index);
	uint64_t bottom = top - sim_header->stack_size;
	uint64_t frame = regs->rbp;

	if (regs->rsp % 8 == 0 && regs->rsp >= bottom && regs->rsp <= top - 8 &&
	    is_return_into_caller(*(const uint64_t *)regs->rsp, regs->rip))
		add_frame(fault, *(const uint64_t *)regs->rsp);
	while (fault->frame_count < SIM_BACKTRACE_MAX && frame % 8 == 0 &&
	       frame >= bottom && frame <= top - 16) {
		const uint64_t *words = (const uint64_t *)frame;

		if (!is_code(words[1], 1))
			break;
		add_frame(fault, words[1]);
		if (words[0] <= frame)
			break;
		frame = words[0];
	}
}

/*
 * With a debugger, first return to the instruction and raise SIGTRAP there,
 * so that it stops with the PAL's own registers.
 */
static bool stop_for_debugger(struct sim_thread *thread)
{
	if (!sim_shared->is_debugged || thread->is_stopped)
		return false;
	thread->is_stopped = true;
	SYSCALL3(__NR_tgkill, SYSCALL0(__NR_getpid), SYSCALL0(__NR_gettid),
		 SIGTRAP);
	return true;
}

static void break_rule(const struct exception *exception,
		       struct sim_thread *thread, uint64_t word)
{
	struct sim_fault fault = {
		.word = word,
		.thread = thread->index,
		.frame_count = 1,
		.frames = {exception->regs->rip - PAL_IMAGE_BASE},
	};

	if (stop_for_debugger(thread))
		return;
	if (sim_header->flags & PAL_FLAG_DEBUG) {
		if (PAL_FAULT_KIND(word) == PAL_FAULT_MEMORY)
			fault.address = exception->address;
		walk_frames(exception->regs, thread->index, &fault);
	}
	sim_end(&fault);
}

/* ---- Hypercalls ---------------------------------------------------------- */

static bool is_vmmcall(uint64_t rip)
{
	unsigned char bytes[INSTRUCTION_MAX];

	fetch(rip, bytes);
	return bytes[0] == 0x0f && bytes[1] == 0x01 && bytes[2] == 0xd9;
}

static void return_to_caller(struct sigcontext *regs, struct sim_thread *thread)
{
	void (*leave)(void) = sim_leave;

	thread->result = (int64_t)regs->rdi;
	regs->rip = (uint64_t)leave;
	regs->rsp = thread->saved_rsp;
	regs->eflags = RFLAGS_FIXED | RFLAGS_IF;
}

/*
 * Before a VMMCALL that goes on behind it, the runtime has a UD2 for us, which
 * the hypervisor never meets: no machine lets that one pass.
 */
static bool is_marked_vmmcall(uint64_t rip)
{
	unsigned char bytes[INSTRUCTION_MAX];

	fetch(rip, bytes);
	return bytes[0] == 0x0f && bytes[1] == 0x0b &&
	       is_vmmcall(rip + UD2_LENGTH);
}

/*
 * VMMCALL is #UD, or, where a hypervisor below thinks it is its own, a page
 * fault from its try to rewrite the instruction, or does nothing at all: then
 * we are at the UD2 behind it (start.S of the runtime), and RAX is lost.
 */
static bool is_hypercall(struct exception *exception)
{
	struct sigcontext *regs = exception->regs;

	if (exception->vector == VECTOR_PF)
		return exception->error & PF_WRITE &&
		       exception->address - regs->rip < VMMCALL_LENGTH &&
		       is_vmmcall(regs->rip);
	if (exception->vector != VECTOR_UD)
		return false;
	if (regs->rax == HC_PAL_CALL_PEER && is_marked_vmmcall(regs->rip)) {
		regs->rip += UD2_LENGTH;
		return true;
	}
	if (is_vmmcall(regs->rip))
		return true;
	if (!is_vmmcall(regs->rip - VMMCALL_LENGTH))
		return false;
	regs->rax = HC_PAL_RETURN;
	return true;
}

static void handle_hypercall(const struct exception *exception,
			     struct sim_thread *thread)
{
	struct sigcontext *regs = exception->regs;

	switch (regs->rax) {
	case HC_PAL_RETURN:
		return_to_caller(regs, thread);
		return;
	case HC_PAL_CALL_PEER:
		regs->rip += VMMCALL_LENGTH;
		if (!sim_peer_call(regs, thread))
			return_to_caller(regs, thread);
		return;
	default:
		break_rule(exception, thread, PAL_FAULT_HYPERCALL);
	}
}

/* libpal's signal: if it is not about an earlier call, leave the PAL. */
static void handle_giving_up(struct sigcontext *regs, struct sim_thread *thread)
{
	struct sim_call *call = &sim_shared->calls[thread->index];

	if (regs->rip < OWN_SPACE &&
	    atomic_load(&call->turn) == SIM_TURN_GIVEN_UP)
		return_to_caller(regs, thread);
}

/* ---- Instructions -------------------------------------------------------- */

static bool answer_cpuid(struct sigcontext *regs)
{
	unsigned char bytes[INSTRUCTION_MAX];
	uint64_t rax = regs->rax, rbx, rcx = regs->rcx, rdx;

	fetch(regs->rip, bytes);
	if (bytes[0] != 0x0f || bytes[1] != 0xa2)
		return false;
	sim_cpuid(&rax, &rbx, &rcx, &rdx);
	regs->rax = rax;
	regs->rbx = rbx;
	regs->rcx = rcx;
	regs->rdx = rdx;
	regs->rip += 2;
	return true;
}

/* A general protection fault by an instruction that the hypervisor names. */
static uint64_t protection_word(uint64_t rip)
{
	unsigned char bytes[INSTRUCTION_MAX];

	fetch(rip, bytes);
	if (bytes[0] == 0xcd)
		return PAL_FAULT_WORD(PAL_FAULT_INSTRUCTION, PAL_INSN_INT);
	return PAL_FAULT_WORD(PAL_FAULT_EXCEPTION, VECTOR_GP);
}

static uint64_t access_word(uint64_t error)
{
	uint64_t access = PAL_ACCESS_R;

	if (error & PF_WRITE)
		access = PAL_ACCESS_W;
	else if (error & PF_FETCH)
		access = PAL_ACCESS_X;
	return PAL_FAULT_WORD(PAL_FAULT_MEMORY, access);
}

static void handle_exception(struct exception *exception,
			     struct sim_thread *thread)
{
	struct sigcontext *regs = exception->regs;
	uint64_t word = PAL_FAULT_WORD(PAL_FAULT_EXCEPTION, exception->vector);

	if (is_hypercall(exception)) {
		handle_hypercall(exception, thread);
		return;
	}
	if (exception->vector == VECTOR_GP) {
		if (answer_cpuid(regs))
			return;
		word = protection_word(regs->rip);
	}
	if (exception->vector == VECTOR_PF)
		word = access_word(exception->error);
	break_rule(exception, thread, word);
}

/*
 * System calls: SYSCALL does not exist in a PAL, INT n is forbidden.  SYSENTER
 * is too, but comes from where the kernel thinks that everybody calls it.
 */
static void handle_system_call(struct exception *exception,
			       struct sim_thread *thread, const siginfo_t *info)
{
	uint64_t rip = (uint64_t)info->si_call_addr - 2;
	uint64_t word = protection_word(rip);

	exception->regs->rip = rip;
	if (info->si_arch == AUDIT_ARCH_X86_64)
		word = PAL_FAULT_WORD(PAL_FAULT_EXCEPTION, VECTOR_UD);
	break_rule(exception, thread, word);
}

static void handle(int signal, siginfo_t *info, struct ucontext *context)
{
	struct sim_thread *thread = sim_thread_self();
	struct exception exception = {
		.regs = &context->uc_mcontext,
		.vector = context->uc_mcontext.trapno,
		.error = context->uc_mcontext.err,
		.address = context->uc_mcontext.cr2,
	};

	if (signal == SIM_SIGNAL)
		handle_giving_up(exception.regs, thread);
	else if (signal == SIGSYS)
		handle_system_call(&exception, thread, info);
	else
		handle_exception(&exception, thread);
}

int sim_catch_faults(void)
{
	static const int signals[] = {SIGSEGV, SIGBUS, SIGILL,	  SIGFPE,
				      SIGTRAP, SIGSYS, SIM_SIGNAL};
	struct sigaction action = {
		.sa_handler = (__sighandler_t)(void *)handle,
		.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTORER,
		.sa_restorer = sim_restore,
		.sa_mask = ~0UL,
	};
	sigset_t blocked = ~0UL;

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		long err = SYSCALL4(__NR_rt_sigaction, signals[i], &action,
				    NULL, sizeof(sigset_t));

		if (err)
			return (int)err;
		blocked &= ~(1UL << (signals[i] - 1));
	}
	return (int)SYSCALL4(__NR_rt_sigprocmask, SIG_SETMASK, &blocked, NULL,
			     sizeof(sigset_t));
}
