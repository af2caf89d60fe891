/* SPDX-License-Identifier: BSD-2-Clause */
/* Secret keys: AES and HMAC, through PSA; AES key wrap, which PSA lacks. */
#ifndef KEY_SECRET_H
#define KEY_SECRET_H

#include "rsa.h"

#define SECRET_SIZE_MAX 512

/* The PSA algorithm of a recipe of a cipher or MAC. */
psa_algorithm_t secret_algorithm(const struct recipe *recipe);

/* The key as PSA wants it for this recipe; for psa_destroy_key(). */
uint32_t secret_import(const struct object *key, const struct recipe *recipe,
		       psa_key_id_t *id);

/* AES-GCM, AES-KW, AES-KWP of all the input; encrypts, else decrypts. */
uint32_t secret_at_once(const struct object *key, uint32_t purpose,
			const struct recipe *recipe, struct bytes in,
			uint8_t *out, size_t capacity, size_t *size);

/* Is this a size for keys of this type?  CKR_KEY_SIZE_RANGE. */
uint32_t secret_judge_size(uint64_t key_type, size_t size);

/* Append CKA_VALUE and CKA_VALUE_LEN. */
uint32_t secret_add(uint64_t key_type, struct bytes value, struct writer *to);

/* The same with a random value of the size that the template asks for. */
uint32_t secret_generate(uint64_t key_type, struct items template,
			 struct writer *to);

/*
 * ECDH's shared secret made into a key by CKD_NULL or an ANSI X9.63 function,
 * as long as the template asks for.
 */
uint32_t secret_derive(uint64_t key_type, struct items template,
		       const struct recipe *recipe, struct bytes shared,
		       struct writer *to);

#endif /* KEY_SECRET_H */
