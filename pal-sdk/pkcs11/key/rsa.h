/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RSA with Mbed TLS's own interface: PSA has no raw RSA, no salt lengths, and
 * allows a key one algorithm.
 */
#ifndef KEY_RSA_H
#define KEY_RSA_H

#include "mechanism.h"
#include "object.h"

#define RSA_SIZE_MAX 512 /* bytes of a modulus: 4096 bits */
#define RSA_DER_MAX  2560 /* of a private key */

struct bytes {
	const uint8_t *at;
	size_t size;
};

/*
 * `in` is a digest if the recipe has a hash (PSS always), else the data.  `out`
 * has room for the modulus; *size becomes the bytes there.  Errors: CKR_*.
 */
uint32_t rsa_sign(const struct object *key, const struct recipe *recipe,
		  struct bytes in, uint8_t *out, size_t *size);
uint32_t rsa_verify(const struct object *key, const struct recipe *recipe,
		    struct bytes in, struct bytes signature);
uint32_t rsa_encrypt(const struct object *key, const struct recipe *recipe,
		     struct bytes in, uint8_t *out, size_t *size);
uint32_t rsa_decrypt(const struct object *key, const struct recipe *recipe,
		     struct bytes in, uint8_t *out, size_t *size);

/* Append the public and the private part of a new key, exponent 65537. */
uint32_t rsa_generate(uint32_t bits, struct writer *public,
		      struct writer *private);

/* Judge a public key in a template, and append it. */
uint32_t rsa_import_public(struct items template, struct writer *to);

/* Judge the parts of a private key, and append what is needed. */
uint32_t rsa_import_private(struct items template, struct writer *to);

/* The same of PKCS #8 or PKCS #1 in DER. */
uint32_t rsa_import_der(struct bytes der, struct writer *to);

int rsa_random(void *unused, unsigned char *to, size_t size);

#endif /* KEY_RSA_H */
