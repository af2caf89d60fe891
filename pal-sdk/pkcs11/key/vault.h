/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the notary and the TPM do for the key PAL: sealing, and registers that
 * only go forward.  vault.c is the one file that calls pal_seal.h; tests bring
 * another.
 */
#ifndef KEY_VAULT_H
#define KEY_VAULT_H

#include <pal_seal.h>
#include <stdbool.h>
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

/*
 * A token's states are proven to be the newest, after a boot by the TPM for
 * those that have a place there: pal_lasting_*() of pal_seal.h.  All of these
 * are called with the change lock held.
 */

/* What the first state has of such a place. */
uint32_t vault_begin(struct pal_lasting *first);

/* What comes after `now`, whose blob has this tag. */
uint32_t vault_next(const struct pal_lasting *now,
		    const uint8_t tag[VAULT_TAG_SIZE],
		    struct pal_lasting *next);

/*
 * KEY_R_ROLLED_BACK: there is a newer one.  KEY_R_PROVE: nothing was done, the
 * TPM is to be asked by vault_carry(); KEY_R_TPM_FALSE: and was not.
 */
uint32_t vault_settle(const struct pal_lasting *state,
		      const uint8_t tag[VAULT_TAG_SIZE]);

size_t vault_carry(const void *response, size_t response_size, void *command,
		   size_t capacity);

#endif /* KEY_VAULT_H */
