/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A bit set of free threads, and a futex for those who wait.  No mutex: signal
 * handlers come here too.
 */
#include "threads.h"
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

/* How many calls this thread of the program is in: more than 1 by signals. */
static _Thread_local volatile unsigned int depth;

/* The first pause before another look at threads that other PALs have. */
#define SHORTEST_NANOSECONDS 100000
#define DOUBLINGS	     7

static int take_free(struct pal *pal, uint64_t in_use)
{
	uint64_t free = atomic_load(&pal->free_threads);

	while (free & ~in_use) {
		int thread = __builtin_ctzll(free & ~in_use);

		if (atomic_compare_exchange_weak(&pal->free_threads, &free,
						 free & ~(UINT64_C(1) << thread)))
			return thread;
	}
	return PAL_EBUSY;
}

/*
 * Until a thread is released, or a signal comes.  Nobody tells when another
 * PAL's call ends: then not for ever, but longer each time.
 */
static void pause_for(struct pal *pal, uint32_t release_count,
		      struct threads_search *search)
{
	struct timespec pause = {
		.tv_nsec = SHORTEST_NANOSECONDS << search->pause_count,
	};

	syscall(SYS_futex, &pal->release_count, FUTEX_WAIT_PRIVATE,
		release_count, pal->takes_peers ? &pause : NULL, NULL, 0);
	if (search->pause_count < DOUBLINGS)
		search->pause_count++;
	search->in_use = 0;
}

/*
 * The order makes sure that no release is missed: a waiter counts itself, then
 * looks; who releases sets the bit, then looks for waiters.
 */
static int __attribute__((cold)) wait_for_free(struct pal *pal,
					       struct threads_search *search)
{
	int thread;

	atomic_fetch_add(&pal->waiter_count, 1);
	for (;;) {
		uint32_t seen = atomic_load(&pal->release_count);

		thread = take_free(pal, search->in_use);
		if (thread >= 0)
			break;
		pause_for(pal, seen, search);
	}
	atomic_fetch_sub(&pal->waiter_count, 1);
	return thread;
}

int threads_take(struct pal *pal, struct threads_search *search)
{
	int thread;

	/* Before the bit is gone, so that a handler in between sees it. */
	depth++;
	thread = take_free(pal, search->in_use);
	if (thread < 0 && depth == 1)
		thread = wait_for_free(pal, search);
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

/*
 * Nobody is woken: it is of no more use to others, and two who do so by turns
 * would not let the CPU go.
 */
void threads_put_back(struct pal *pal, unsigned int thread,
		      struct threads_search *search)
{
	search->in_use |= UINT64_C(1) << thread;
	atomic_fetch_or(&pal->free_threads, UINT64_C(1) << thread);
	depth--;
}
