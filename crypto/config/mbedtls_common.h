/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the PAL build and the host build of Mbed TLS have in common.  Which
 * algorithms there are is psa_wanted.h's business; this says how they are built
 * and what surrounds them.
 *
 * MBEDTLS_PSA_ASSUME_EXCLUSIVE_BUFFERS stays undefined for good: a PAL may be
 * handed buffers that the OS can write, and PSA then copies before it looks.
 */
#ifndef CRYPTO_MBEDTLS_COMMON_H
#define CRYPTO_MBEDTLS_COMMON_H

/* The PSA Crypto API. */
#define MBEDTLS_PSA_CRYPTO_C
#define MBEDTLS_PSA_CRYPTO_CONFIG
#define MBEDTLS_PSA_KEY_STORE_DYNAMIC

/* Random numbers: entropy of the platform, spread by AES-256-CTR DRBG. */
#define MBEDTLS_ENTROPY_C
#define MBEDTLS_CTR_DRBG_C

/* Legacy modules that PSA wants by their own names. */
#define MBEDTLS_AES_C
#define MBEDTLS_CIPHER_C
#define MBEDTLS_MD_C
#define MBEDTLS_SHA256_C
#define MBEDTLS_SHA512_C
#define MBEDTLS_NIST_KW_C
#define MBEDTLS_HKDF_C

/* Keys as DER and PEM. */
#define MBEDTLS_PK_C
#define MBEDTLS_PK_PARSE_C
#define MBEDTLS_PK_PARSE_EC_EXTENDED
#define MBEDTLS_PK_WRITE_C
#define MBEDTLS_PEM_PARSE_C
#define MBEDTLS_PEM_WRITE_C
#define MBEDTLS_BASE64_C
#define MBEDTLS_ASN1_PARSE_C
#define MBEDTLS_ASN1_WRITE_C
#define MBEDTLS_OID_C
#define MBEDTLS_PLATFORM_C

/* x86-64: multiply with assembly, AES with AES-NI if CPUID has it. */
#define MBEDTLS_HAVE_ASM
#define MBEDTLS_HAVE_SSE2
#define MBEDTLS_AESNI_C
#define MBEDTLS_NO_UDBL_DIVISION
#define MBEDTLS_AES_ROM_TABLES
#define MBEDTLS_AES_FEWER_TABLES

/*
 * RSA: bits of the exponent at once.  Wider ones multiply less often, but the
 * whole table is read each time, so that the cache tells nothing: 2, 3, 4 and 5
 * take 32.8, 30.2, 29.5 and 30.0 M instructions.
 */
#define MBEDTLS_MPI_WINDOW_SIZE 4

/* Fast reduction for the NIST curves; several threads. */
#define MBEDTLS_ECP_NIST_OPTIM
#define MBEDTLS_ECDSA_DETERMINISTIC
#define MBEDTLS_THREADING_C
#define MBEDTLS_CHECK_RETURN_WARNING

#endif
