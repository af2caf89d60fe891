/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A bit set of free threads, and a futex for those who wait.  No mutex: signal
 * handlers come here too.
 */
#include "threads.h"
#include <linux/futex.h>
#include <sys/syscall.h>
#include <unistd.h>

/* How many calls this thread of the program is in: more than 1 by signals. */
static _Thread_local volatile unsigned int depth;

static int take_free(struct pal *pal)
{
	uint64_t free = atomic_load(&pal->free_threads);

	while (free)
		if (atomic_compare_exchange_weak(&pal->free_threads, &free,
						 free & (free - 1)))
			return __builtin_ctzll(free);
	return PAL_EBUSY;
}

/*
 * The order makes sure that no release is missed: a waiter counts itself, then
 * looks; who releases sets the bit, then looks for waiters.
 */
static int __attribute__((cold)) wait_for_free(struct pal *pal)
{
	int thread;

	atomic_fetch_add(&pal->waiter_count, 1);
	for (;;) {
		uint32_t seen = atomic_load(&pal->release_count);

		thread = take_free(pal);
		if (thread >= 0)
			break;
		/* Any wake-up, also by a signal, leads to another look. */
		syscall(SYS_futex, &pal->release_count, FUTEX_WAIT_PRIVATE,
			seen, NULL, NULL, 0);
	}
	atomic_fetch_sub(&pal->waiter_count, 1);
	return thread;
}

int threads_take(struct pal *pal)
{
	int thread;

	/* Before the bit is gone, so that a handler in between sees it. */
	depth++;
	thread = take_free(pal);
	if (thread < 0 && depth == 1)
		thread = wait_for_free(pal);
	if (thread < 0)
		depth--;
	return thread;
}

void threads_release(struct pal *pal, unsigned int thread)
{
	atomic_fetch_or(&pal->free_threads, UINT64_C(1) << thread);
	if (atomic_load(&pal->waiter_count)) {
		atomic_fetch_add(&pal->release_count, 1);
		syscall(SYS_futex, &pal->release_count, FUTEX_WAKE_PRIVATE, 1,
			NULL, NULL, 0);
	}
	depth--;
}
