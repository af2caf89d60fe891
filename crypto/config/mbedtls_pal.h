/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * MBEDTLS_CONFIG_FILE inside a PAL: no operating system, so entropy comes from
 * crypto/platform/entropy.c, mutexes from crypto/platform/threading.c, memory
 * from crypto/platform/crypto_memory.c; multiply.h multiplies digits.
 */
#ifndef CRYPTO_MBEDTLS_PAL_H
#define CRYPTO_MBEDTLS_PAL_H

#include "mbedtls_common.h"
#include "crypto_memory.h"
#include "multiply.h"

#define MBEDTLS_NO_PLATFORM_ENTROPY
#define MBEDTLS_ENTROPY_HARDWARE_ALT
#define MBEDTLS_THREADING_ALT
#define MBEDTLS_PLATFORM_MEMORY
#define MBEDTLS_PLATFORM_CALLOC_MACRO crypto_calloc
#define MBEDTLS_PLATFORM_FREE_MACRO   crypto_free

#endif
