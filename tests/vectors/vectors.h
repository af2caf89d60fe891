/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the driver of the vector tests sends to the PAL that runs them: this
 * header, then the bytes of the fields, one after the other.
 *
 * Algorithms and key types are PSA's own numbers.  A key's size follows from
 * its bytes.  What the fields hold depends on the operation and is listed
 * there.  The PAL answers with the output's bytes or with PSA's error.
 */
#ifndef VECTORS_H
#define VECTORS_H

#include <stdint.h>

#define VECTOR_FIELD_COUNT 4
#define VECTOR_MAX_SIZE	   8192

enum vector_operation {
	VECTOR_HASH = 1, /* message */
	VECTOR_MAC = 2, /* key message */
	VECTOR_MAC_VERIFY = 3, /* key message mac */
	VECTOR_ENCRYPT = 4, /* key iv message */
	VECTOR_DECRYPT = 5, /* key iv message */
	VECTOR_AEAD_ENCRYPT = 6, /* key nonce aad message */
	VECTOR_AEAD_DECRYPT = 7, /* key nonce aad message */
	VECTOR_HKDF = 8, /* secret salt info */
	VECTOR_PBKDF2 = 9, /* password salt */
	VECTOR_SIGN = 10, /* key message */
	VECTOR_VERIFY = 11, /* key message signature */
	VECTOR_VERIFY_HASH = 12, /* key digest signature */
	VECTOR_AGREE = 13, /* key peer */
	VECTOR_UNSEAL = 14, /* key message label (asymmetric decrypt) */
	VECTOR_WRAP = 15, /* key message */
	VECTOR_UNWRAP = 16, /* key message */
	VECTOR_GENERATE = 17, /* message: make a key, sign and verify */
	VECTOR_RANDOM = 18, /* none */
};

struct vector_request {
	uint32_t operation;
	uint32_t algorithm;
	uint32_t key_type;
	uint32_t key_bits; /* VECTOR_GENERATE only */
	uint32_t output_size; /* derivations and VECTOR_RANDOM only */
	uint32_t iterations; /* VECTOR_PBKDF2 only */
	uint32_t field_sizes[VECTOR_FIELD_COUNT];
};

_Static_assert(sizeof(struct vector_request) == 40, "no padding inside");

#endif
