/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * MBEDTLS_CONFIG_FILE of the host tools: the same algorithms over an ordinary
 * C library; entropy from the kernel, POSIX mutexes.
 */
#ifndef CRYPTO_MBEDTLS_HOST_H
#define CRYPTO_MBEDTLS_HOST_H

#include "mbedtls_common.h"

#define MBEDTLS_THREADING_PTHREAD

#endif
