/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One operation: sign, verify, encrypt, decrypt or digest, in parts.  One-shot
 * ones are the same with one part, on the stack.  It holds a reference to its
 * key; whether the key may be used was asked before (use.h).
 */
#ifndef KEY_OPERATION_H
#define KEY_OPERATION_H

#include "rsa.h"

enum engine {
	ENGINE_NONE,
	ENGINE_HASH,
	ENGINE_HASH_AND_SIGN,
	ENGINE_MAC,
	ENGINE_CIPHER,
	ENGINE_AEAD,
	ENGINE_GATHER, /* all at the end */
};

struct operation {
	enum engine engine;
	uint32_t purpose; /* KEY_USE_* */
	struct recipe recipe; /* its items point nowhere after the beginning */
	struct object *key;
	psa_key_id_t psa_key;
	psa_hash_operation_t hash;
	psa_mac_operation_t mac;
	psa_cipher_operation_t cipher;
	psa_aead_operation_t aead;
	uint8_t *kept; /* copies of IV and label for the end */
	uint8_t *gathered;
	size_t gathered_size;
};

/* Room that the output of operation_finish() may need, over what was put in. */
#define OPERATION_FINISH_MAX (KEY_GATHER_SIZE + RSA_SIZE_MAX)

/*
 * Begin; `operation` is all zeros.  key is NULL for digests.  Whatever this
 * returns, operation_end() must follow some time.
 */
uint32_t operation_begin(struct operation *operation, uint32_t purpose,
			 const struct recipe *recipe, struct object *key);

/*
 * Put in more; at most in.size + 16 bytes go to `out`, which has that room, and
 * their number to *size.
 */
uint32_t operation_update(struct operation *operation, struct bytes in,
			  uint8_t *out, size_t *size);

/*
 * The last part: what comes out goes to out[capacity]; or the signature is
 * judged.  CKR_BUFFER_TOO_SMALL.
 */
uint32_t operation_finish(struct operation *operation, struct bytes signature,
			  uint8_t *out, size_t capacity, size_t *size);

/* Free and wipe; the structure is all zeros then. */
void operation_end(struct operation *operation);

#endif /* KEY_OPERATION_H */
