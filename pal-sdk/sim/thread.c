/* SPDX-License-Identifier: BSD-2-Clause */
/* One thread for each thread of the PAL: wait for a call, run it, answer. */
#include <linux/mman.h>
#include <asm/prctl.h>
#include <asm/signal.h>
#include <asm/unistd.h>
#include <linux/errno.h>
#include <linux/futex.h>
#include <linux/sched.h>
#include "sim.h"

/* How soon a thread sees that the debugger lets it go. */
#define HOLD_MILLISECONDS 20

#define SIGNAL_STACK_SIZE (SIM_THREAD_SIZE / 2)
#define THREAD_FLAGS                                                           \
	(CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |    \
	 CLONE_SYSVSEM)

static _Atomic uint32_t ready_count;

static void wait(const void *word, uint32_t seen)
{
	SYSCALL4(__NR_futex, word, FUTEX_WAIT, seen, NULL);
}

static void wake(const void *word)
{
	SYSCALL3(__NR_futex, word, FUTEX_WAKE, 1);
}

static void serve(struct sim_thread *thread)
{
	struct sim_call *call = &sim_shared->calls[thread->index];
	struct sim_registers registers = {
		.rsp = PAL_STACK_TOP(thread->index),
		.rdi = call->entry,
		.rsi = thread->index,
		.rdx = call->in_size,
		.rcx = call->out_size,
		.r8 = sim_shared->window_size,
		.r9 = call->is_peer,
	};

	while (sim_shared->is_held)
		SYSCALL3(__NR_poll, NULL, 0, HOLD_MILLISECONDS);
	thread->is_stopped = false;
	sim_enter(&registers, &thread->saved_rsp);
	call->result = thread->result;
}

static void serve_for_ever(struct sim_thread *thread)
{
	struct sim_call *call = &sim_shared->calls[thread->index];

	for (;;) {
		uint32_t turn = atomic_load(&call->turn);

		if (turn != SIM_TURN_CALLED && turn != SIM_TURN_GIVEN_UP) {
			wait(&call->turn, turn);
			continue;
		}
		if (turn == SIM_TURN_CALLED)
			serve(thread);
		atomic_store(&call->turn, SIM_TURN_RETURNED);
		wake(&call->turn);
	}
}

static void run_thread(void *argument)
{
	struct sim_thread *thread = argument;
	stack_t signals = {
		.ss_sp = (char *)thread + sizeof(*thread),
		.ss_size = SIGNAL_STACK_SIZE - sizeof(*thread),
	};

	SYSCALL2(__NR_sigaltstack, &signals, NULL);
	sim_shared->calls[thread->index].tid = (int32_t)SYSCALL0(__NR_gettid);
	/* Where the CPU can, CPUID faults and is answered in fault.c. */
	SYSCALL2(__NR_arch_prctl, ARCH_SET_CPUID, 0);
	atomic_fetch_add(&ready_count, 1);
	wake(&ready_count);
	serve_for_ever(thread);
}

static int start(uint32_t index)
{
	/* Twice the size, so that an aligned part is within. */
	long memory = sim_syscall(__NR_mmap, 0, 2 * SIM_THREAD_SIZE,
				  PROT_READ | PROT_WRITE,
				  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct sim_thread *thread;
	long result;

	if (memory < 0)
		return (int)memory;
	thread = sim_thread_of((uintptr_t)memory + SIM_THREAD_SIZE - 1);
	thread->index = index;
	result = sim_clone(THREAD_FLAGS, (char *)thread + SIM_THREAD_SIZE,
			   run_thread, thread);
	return result < 0 ? (int)result : 0;
}

int sim_threads_start(void)
{
	uint32_t ready;
	int err = 0;

	for (uint32_t i = 0; !err && i < sim_header->thread_count; i++)
		err = start(i);
	if (err)
		return err;
	while ((ready = atomic_load(&ready_count)) < sim_header->thread_count)
		wait(&ready_count, ready);
	return 0;
}
