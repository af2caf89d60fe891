/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A signature page (struct pal_signature of abi/pal_image.h): its form, and
 * whether it fits a digest.  The pages come from anybody.  Cryptography is PSA;
 * psa_crypto_init() must have been called.
 */
#ifndef NOTARY_SIGNATURE_H
#define NOTARY_SIGNATURE_H

#include <stdbool.h>
#include <stddef.h>
#include "abi/notary.h"

/* Is the page all zeros, so that there is no signature? */
bool signature_is_absent(const struct pal_signature *page);

/*
 * Does the page keep its form?  0 or NOTARY_ESIGNATURE.  Whether the key is a
 * point of its curve is only seen by signature_verify().
 */
int signature_check_form(const struct pal_signature *page);

/*
 * Does the signature fit the digest?  Returns 0 and in `signer` who signed
 * (SHA-384 of the public key); for a page of zeros 0 and zeros; else
 * NOTARY_ESIGNATURE (malformed), NOTARY_EFORGED (does not fit) or
 * NOTARY_ECRYPTO; then `signer` is as it was.
 */
int signature_verify(const struct pal_signature *page,
		     const uint8_t digest[PAL_MEASUREMENT_SIZE],
		     uint8_t signer[48]);

/*
 * What the signer with this public key (04, X, Y) is known by.
 * Returns 0 or NOTARY_ECRYPTO.
 */
int signature_name_signer(const uint8_t *key, size_t key_size,
			  uint8_t signer[48]);

#endif /* NOTARY_SIGNATURE_H */
