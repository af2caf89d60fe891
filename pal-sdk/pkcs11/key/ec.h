/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys on NIST curves, through PSA. */
#ifndef KEY_EC_H
#define KEY_EC_H

#include "curve.h"
#include "rsa.h"

#define EC_SIGNATURE_MAX (2 * CURVE_NUMBER_MAX)

/* `in` is the digest, cut to the curve's size as the standard says. */
uint32_t ec_sign(const struct object *key, struct bytes in, uint8_t *out,
		 size_t *size);
uint32_t ec_verify(const struct object *key, struct bytes in,
		   struct bytes signature);

/* ECDH: the shared secret, out has CURVE_NUMBER_MAX bytes. */
uint32_t ec_agree(const struct object *key, struct item peer, uint8_t *out,
		  size_t *size);

uint32_t ec_generate(struct items template, struct writer *public,
		     struct writer *private);
uint32_t ec_import_public(struct items template, struct writer *to);
uint32_t ec_import_private(struct items template, struct writer *to);
/* PKCS #8 or SEC 1 in DER */
uint32_t ec_import_der(struct bytes der, struct writer *to);

#endif /* KEY_EC_H */
