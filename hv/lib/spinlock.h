/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A ticket lock: first come, first served, so no CPU starves another.  What is
 * done under it is bounded and short; interrupts are off in the hypervisor.
 */
#ifndef LIB_SPINLOCK_H
#define LIB_SPINLOCK_H

#include <stdatomic.h>
#include <stdint.h>

struct spinlock {
	_Atomic uint32_t next;
	_Atomic uint32_t serving;
};

static inline void spin_lock(struct spinlock *lock)
{
	uint32_t ticket = atomic_fetch_add_explicit(&lock->next, 1,
						    memory_order_relaxed);

	while (atomic_load_explicit(&lock->serving, memory_order_acquire) !=
	       ticket)
		__builtin_ia32_pause();
}

static inline void spin_unlock(struct spinlock *lock)
{
	uint32_t ticket = atomic_load_explicit(&lock->serving,
					       memory_order_relaxed);

	atomic_store_explicit(&lock->serving, ticket + 1, memory_order_release);
}

#endif
