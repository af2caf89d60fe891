/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * MBEDTLS_CONFIG_FILE inside a PAL: no operating system, so entropy comes from
 * crypto/platform/entropy.c and mutexes from crypto/platform/threading.c.
 */
#ifndef CRYPTO_MBEDTLS_PAL_H
#define CRYPTO_MBEDTLS_PAL_H

#include "mbedtls_common.h"

#define MBEDTLS_NO_PLATFORM_ENTROPY
#define MBEDTLS_ENTROPY_HARDWARE_ALT
#define MBEDTLS_THREADING_ALT

#endif
