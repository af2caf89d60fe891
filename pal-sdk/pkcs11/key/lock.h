/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A spin lock; all zero is open.  A thread that the OS takes off its CPU in
 * here makes others spin, which are preempted as well: nothing hangs.
 */
#ifndef KEY_LOCK_H
#define KEY_LOCK_H

#include <stdatomic.h>

struct lock {
	atomic_bool is_held;
};

static inline void lock_take(struct lock *lock)
{
	while (atomic_exchange_explicit(&lock->is_held, 1,
					memory_order_acquire))
		while (atomic_load_explicit(&lock->is_held,
					    memory_order_relaxed))
			__builtin_ia32_pause();
}

static inline void lock_leave(struct lock *lock)
{
	atomic_store_explicit(&lock->is_held, 0, memory_order_release);
}

#endif /* KEY_LOCK_H */
