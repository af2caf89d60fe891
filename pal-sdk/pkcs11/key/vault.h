/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the notary does for the key PAL: sealing, and registers that only go
 * forward.  The one file that knows pal_seal.h; tests bring another.
 */
#ifndef KEY_VAULT_H
#define KEY_VAULT_H

#include <stddef.h>
#include <stdint.h>

#define VAULT_TAG_SIZE 32
#define VAULT_OVERHEAD 512 /* at most, of a blob over its secret */

struct vault_register {
	uint64_t value;
	uint8_t tag[VAULT_TAG_SIZE];
	uint32_t strength; /* KEY_STRENGTH_* */
};

/*
 * Seal to this PAL: to its signer if it has one, else to its measurement.
 * Returns CKR_OK or KEY_R_*.
 */
uint32_t vault_seal(const void *secret, size_t size, void *blob,
		    size_t capacity, size_t *blob_size);
uint32_t vault_unseal(const void *blob, size_t size, void *secret,
		      size_t capacity, size_t *secret_size);

/* Read a register; value 0 and tag 0 if it was never advanced. */
uint32_t vault_read(const uint8_t id[16], struct vault_register *now);

/*
 * If the register's value still is `from`, make it `to` (more than that) and
 * its tag `tag`.  KEY_R_STALE: it is not `from` any more.
 */
uint32_t vault_advance(const uint8_t id[16], uint64_t from, uint64_t to,
		       const uint8_t tag[VAULT_TAG_SIZE]);

#endif /* KEY_VAULT_H */
