/* SPDX-License-Identifier: BSD-2-Clause */
/* Elliptic curves and points as PKCS #11 has them. */
#ifndef KEY_CURVE_H
#define KEY_CURVE_H

#include <stddef.h>
#include <stdint.h>
#include "items.h"

#define CURVE_NUMBER_MAX 66 /* bytes, P-521 */
#define CURVE_POINT_MAX	 (1 + 2 * CURVE_NUMBER_MAX)

struct curve {
	uint32_t bits;
	size_t number_size; /* of a coordinate or private key */
	size_t parameters_size;
	uint8_t parameters[12]; /* CKA_EC_PARAMS: the DER of its name */
};

/* The curve that an attribute CKA_EC_PARAMS names, or NULL. */
const struct curve *curve_of(struct item parameters);

/* The same by the bits of its field. */
const struct curve *curve_of_bits(size_t bits);

/*
 * The uncompressed point in CKA_EC_POINT (a DER OCTET STRING around it) or, as
 * ECDH's partners also write it, bare.  Returns NULL if it is neither of the
 * curve's size.  Whether it is on the curve is PSA's to say.
 */
const uint8_t *curve_point(const struct curve *curve, struct item point);

static inline size_t curve_point_size(const struct curve *curve)
{
	return 1 + 2 * curve->number_size;
}

/* Append CKA_EC_PARAMS and CKA_EC_POINT. */
void curve_add(struct writer *to, const struct curve *curve,
	       const uint8_t *point);

#endif /* KEY_CURVE_H */
