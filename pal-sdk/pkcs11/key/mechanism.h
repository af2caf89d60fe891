/* SPDX-License-Identifier: BSD-2-Clause */
/* Mechanisms and their parameters, as requests name them. */
#ifndef KEY_MECHANISM_H
#define KEY_MECHANISM_H

#include <mbedtls/md.h>
#include <psa/crypto.h>
#include "items.h"
#include "pkcs11/key_mechanisms.h"

struct mechanism {
	uint32_t type; /* CKM_* */
	enum key_family family;
	enum key_hash hash;
	uint32_t purposes;
};

/* A mechanism with its parameters, which lie in the request. */
struct recipe {
	const struct mechanism *mechanism;
	enum key_hash hash; /* of PSS, OAEP or the mechanism itself */
	size_t length; /* salt, tag, or counter bits */
	uint64_t kdf;
	struct item iv, extra, peer;
};

/*
 * Read the mechanism of a request for this purpose.  CKR_MECHANISM_INVALID: not
 * there, or not for this; CKR_MECHANISM_PARAM_INVALID.
 */
uint32_t mechanism_read(struct items request, uint32_t purpose,
			struct recipe *recipe);

/* Does the mechanism go with keys of this class and type? */
bool mechanism_fits(const struct mechanism *mechanism, uint32_t purpose,
		    uint64_t class, uint64_t key_type);

psa_algorithm_t mechanism_psa_hash(enum key_hash hash);
mbedtls_md_type_t mechanism_md(enum key_hash hash);

#endif /* KEY_MECHANISM_H */
