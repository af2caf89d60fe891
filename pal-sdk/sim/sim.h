/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The simulator's process: one PAL, in a process of its own that may do nothing
 * but run it.  It has no C library; it lies far above all addresses of a PAL.
 *
 * main.c sets up and waits for the end; thread.c has the threads that run the
 * PAL; fault.c turns signals into returns and faults; peer.c has calls of other
 * PALs; filter.c forbids system calls.
 */
#ifndef SIM_SIM_H
#define SIM_SIM_H

#include <asm/sigcontext.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "abi/pal_image.h"
#include "protocol.h"

/* One file, linked far up: without a table of addresses. */
#pragma GCC visibility push(hidden)

/* The shared memory; and the image's header, read-only. */
#define sim_shared ((struct sim_shared *)SIM_SHARED_BASE)
extern const struct pal_image_header *sim_header;

/* Where thread `index` asks for calls of other PALs. */
#define sim_mail(index)                                                        \
	((struct sim_mail *)(SIM_MAIL_BASE + (index) * (uint64_t)SIM_MAIL_SIZE))

/* ---- start.S ------------------------------------------------------------- */

/* A system call: its result, negative errno on failure. */
long sim_syscall(long number, long a, long b, long c, long d, long e, long f);
#define SYSCALL0(n)	  sim_syscall(n, 0, 0, 0, 0, 0, 0)
#define SYSCALL1(n, a)	  sim_syscall(n, (long)(a), 0, 0, 0, 0, 0)
#define SYSCALL2(n, a, b) sim_syscall(n, (long)(a), (long)(b), 0, 0, 0, 0)
#define SYSCALL3(n, a, b, c)                                                   \
	sim_syscall(n, (long)(a), (long)(b), (long)(c), 0, 0, 0)
#define SYSCALL4(n, a, b, c, d)                                                \
	sim_syscall(n, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)

/* A new thread in function(argument), which does not return. */
long sim_clone(unsigned long flags, void *stack_top,
	       void (*function)(void *argument), void *argument);

/* What a thread of the PAL begins with; start.S knows the order. */
struct sim_registers {
	uint64_t rsp, rdi, rsi, rdx, rcx, r8, r9;
};

/*
 * Run the PAL at sim_entry; *saved_rsp is for the signal handler, which ends
 * the call by going to sim_leave with that stack pointer: then this returns.
 */
void sim_enter(const struct sim_registers *registers, uint64_t *saved_rsp);
void sim_leave(void);
extern uint64_t sim_entry;

/* The end of a signal handler. */
void sim_restore(void);

/* ---- thread.c ------------------------------------------------------------ */

#define SIM_THREAD_SIZE 131072

/*
 * At the lower end of SIM_THREAD_SIZE bytes, aligned to that; above it the
 * signal stack, then the stack.
 */
struct sim_thread {
	uint32_t index;
	bool is_stopped; /* told the debugger of this fault */
	uint64_t saved_rsp;
	int64_t result; /* of the call that the handler ended */
};

/* The thread whose memory holds that address. */
static inline struct sim_thread *sim_thread_of(uintptr_t address)
{
	return (struct sim_thread *)(address &
				     ~(uintptr_t)(SIM_THREAD_SIZE - 1));
}

/* The thread that runs this, on either of its stacks. */
static inline struct sim_thread *sim_thread_self(void)
{
	uintptr_t rsp;

	/* Not the address of a variable: writes would seem to go there. */
	__asm__("mov %%rsp, %0" : "=r"(rsp));
	return sim_thread_of(rsp);
}

/* Start all threads and wait until they are ready.  0 or a negative errno. */
int sim_threads_start(void);

/* ---- fault.c ------------------------------------------------------------- */

/* Handle the CPU's exceptions from now on.  0 or a negative errno. */
int sim_catch_faults(void);

/* Record the fault, wake all callers, end the process. */
_Noreturn void sim_end(const struct sim_fault *fault);

/* ---- peer.c -------------------------------------------------------------- */

/*
 * Have the PAL's call of another done, which HC_PAL_CALL_PEER asks for, and put
 * the answer into its registers.  Returns false when nobody waits for this call
 * of the PAL any more: then it is to end here.
 */
bool sim_peer_call(struct sigcontext *regs, struct sim_thread *thread);

/* ---- cpuid.c ------------------------------------------------------------- */

/* Before CPUID is made to fault: remember its answers. */
void sim_cpuid_remember(void);

/* Answer as the hypervisor does (hv/core/cpuid.c). */
void sim_cpuid(uint64_t *rax, uint64_t *rbx, uint64_t *rcx, uint64_t *rdx);

/* ---- filter.c ------------------------------------------------------------ */

/* Forbid what is not needed any more, to all threads.  0 or negative errno. */
int sim_filter(void);

#pragma GCC visibility pop

#endif /* SIM_SIM_H */
