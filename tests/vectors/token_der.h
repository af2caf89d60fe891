/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys as DER, for PKCS #11 wants them so.  The input is our own vectors. */
#ifndef TOKEN_DER_H
#define TOKEN_DER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes {
	uint8_t *at;
	size_t size;
};

/* Put an element with that tag behind what is there. */
void token_der_add(struct bytes *to, uint8_t tag, const void *contents,
		   size_t size);

/* Take the first element off; what is in it, or nothing. */
struct bytes token_der_take(struct bytes *from);

/* The object identifier of the curve with scalars of that many bytes. */
struct bytes token_der_curve(size_t scalar_size);

/*
 * PKCS #8 of an RSA key as PKCS #1 has it, or of an EC scalar; valid until the
 * next call.
 */
struct bytes token_der_pkcs8(struct bytes key, bool is_rsa);

#endif /* TOKEN_DER_H */
