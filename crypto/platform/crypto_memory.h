/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the crypto library of a PAL gets memory: the PAL's heap, unless the PAL
 * has these two functions of its own.
 */
#ifndef PLATFORM_CRYPTO_MEMORY_H
#define PLATFORM_CRYPTO_MEMORY_H

#include <stddef.h>

/* As calloc() and free(). */
void *crypto_calloc(size_t count, size_t size);
void crypto_free(void *memory);

#endif
