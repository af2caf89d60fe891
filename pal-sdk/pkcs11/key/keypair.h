/* SPDX-License-Identifier: BSD-2-Clause */
/* The token's own keys, on P-256: for audit heads and for backups. */
#ifndef KEY_KEYPAIR_H
#define KEY_KEYPAIR_H

#include <psa/crypto.h>
#include <stdbool.h>
#include "state.h"

uint32_t keypair_generate(uint8_t private[KEY_SECRET_SIZE],
			  uint8_t public[KEY_POINT_SIZE]);

/* ECDSA with SHA-256 over `size` bytes. */
uint32_t keypair_sign(const uint8_t private[KEY_SECRET_SIZE], const void *bytes,
		      size_t size, uint8_t signature[64]);

/*
 * A key for AES-256-GCM, for one use, that both sides of ECDH find:
 * HKDF-SHA-256 of the shared secret, with both public points.
 * CKR_ARGUMENTS_BAD: `other` is not on the curve.
 */
uint32_t keypair_agree(const uint8_t private[KEY_SECRET_SIZE],
		       const uint8_t other[KEY_POINT_SIZE],
		       const uint8_t points[2 * KEY_POINT_SIZE],
		       psa_key_id_t *key);

bool keypair_is_point(const uint8_t point[KEY_POINT_SIZE]);

#endif /* KEY_KEYPAIR_H */
