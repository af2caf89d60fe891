/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Thread safety of Mbed TLS inside a PAL, in place of its library/threading.c.
 *
 * That file wants mbedtls_threading_set_alt() called before anything else, by
 * one thread.  A PAL has no such moment: its first two calls may come on two
 * CPUs at once.  Here the function pointers are set from the start and the
 * global mutexes are spin locks that begin unlocked, so psa_crypto_init() may
 * be called at the head of each entry, by any number of threads.
 *
 * A thread that Linux takes off its CPU inside a lock makes others spin until
 * it runs again; they are preempted as well, so nothing hangs.
 */
#include <stdbool.h>

#include "mbedtls/build_info.h"
#include "mbedtls/threading.h"

static void spin_init(mbedtls_threading_mutex_t *mutex)
{
	atomic_init(&mutex->locked, false);
}

static void spin_free(mbedtls_threading_mutex_t *mutex)
{
	(void)mutex;
}

static int spin_lock(mbedtls_threading_mutex_t *mutex)
{
	while (atomic_exchange_explicit(&mutex->locked, true,
					memory_order_acquire))
		while (atomic_load_explicit(&mutex->locked,
					    memory_order_relaxed))
			__builtin_ia32_pause();
	return 0;
}

static int spin_unlock(mbedtls_threading_mutex_t *mutex)
{
	atomic_store_explicit(&mutex->locked, false, memory_order_release);
	return 0;
}

void (*mbedtls_mutex_init)(mbedtls_threading_mutex_t *) = spin_init;
void (*mbedtls_mutex_free)(mbedtls_threading_mutex_t *) = spin_free;
int (*mbedtls_mutex_lock)(mbedtls_threading_mutex_t *) = spin_lock;
int (*mbedtls_mutex_unlock)(mbedtls_threading_mutex_t *) = spin_unlock;

mbedtls_threading_mutex_t mbedtls_threading_key_slot_mutex;
mbedtls_threading_mutex_t mbedtls_threading_psa_globaldata_mutex;
mbedtls_threading_mutex_t mbedtls_threading_psa_rngdata_mutex;
