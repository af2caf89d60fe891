/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The mutex of Mbed TLS inside a PAL: a spin lock.  All zero is unlocked, so a
 * static one needs no initialization.  Not recursive.
 */
#ifndef CRYPTO_THREADING_ALT_H
#define CRYPTO_THREADING_ALT_H

#include <stdatomic.h>

typedef struct mbedtls_threading_mutex {
	atomic_bool locked;
} mbedtls_threading_mutex_t;

#endif
