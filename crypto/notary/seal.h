/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sealing: secrets in blobs that only the PAL they are bound to gets open.
 *
 * A blob, all numbers little-endian (version 1; tests/vectors/seal.vectors):
 *
 *	 0   8	"PALSEAL1"
 *	 8   4	binding: 1 measurement, 2 signer
 *	12   4	security version of the PAL that sealed it
 *	16   4	size of the secret
 *	20   4	zero
 *	24  16	root id: which root
 *	40  16	subject id: which PAL
 *	56  32	salt
 *	88   n	the secret, AES-256-GCM
 *	88+n 16	tag
 *
 * The subject is 104 bytes: the label "palisade seal 1" with a zero; binding;
 * identity flags, of which debug and simulated count; then, bound to the
 * measurement, it and 32 zeros, or signer and name.  Then
 *
 *	key		HKDF-SHA-384(root, salt, info = subject), 32 bytes
 *	nonce		12 zeros: each key is used once
 *	authenticated	bytes 0..87 of the blob, then the associated data
 *	subject id	the first bytes of SHA-384(subject)
 *	root id		HKDF-SHA-384(root, no salt, info = "palisade root id")
 *
 * The salt is HMAC-SHA-384 under a random key of this notary over a count, the
 * header without the salt, associated data and secret: new for every call, and
 * even where memory was set back to an earlier state (a snapshot of a machine
 * below us) the same only for the same contents.
 *
 * Nothing here locks or waits; a thread may stop for good at any instruction.
 */
#ifndef NOTARY_SEAL_H
#define NOTARY_SEAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "abi/pal_image.h"
#include "abi/root.h"

#define SEAL_HEADER_SIZE  88
#define SEAL_TAG_SIZE	  16
#define SEAL_SALT_SIZE	  32
#define SEAL_SUBJECT_SIZE 104
#define SEAL_ID_SIZE	  16

struct seal {
	struct hv_root root; /* size 0: not there, nothing is sealed */
	uint8_t root_id[SEAL_ID_SIZE];
	uint8_t salt_key[48];
	_Atomic uint64_t salt_count;
};

/* What a root is called: 0 and the id, or NOTARY_ESERVICE. */
int seal_name_root(const struct hv_root *root, uint8_t id[SEAL_ID_SIZE]);

struct seal_bytes {
	const void *at;
	size_t size;
};

/* Fill size bytes with randomness fit for keys; 0, or -1 without any. */
typedef int (*seal_random)(void *to, size_t size);

/*
 * Take over the root, or make one if it is ephemeral.  Before all others, once.
 * Returns 0 or NOTARY_ESERVICE: then all others return that too.
 */
int seal_start(struct seal *seal, const struct hv_root *root,
	       seal_random random);

/*
 * Make a blob of secret.size + 104 bytes at `blob`, which has `capacity`.
 * Returns its size, or NOTARY_EINVAL (binding), ENOSIGNER, EROOM, ESERVICE.
 */
long seal_make(struct seal *seal, const struct pal_identity *caller,
	       uint32_t binding, struct seal_bytes associated,
	       struct seal_bytes secret, void *blob, size_t capacity);

/*
 * Open a blob into `secret`.  Returns the secret's size, or the first of
 * NOTARY_EFORMAT, EROOT, EOTHER, ENEWER, EROOM, EALTERED, ESERVICE; nothing
 * of the secret is there then.
 */
long seal_open(const struct seal *seal, const struct pal_identity *caller,
	       struct seal_bytes associated, struct seal_bytes blob,
	       void *secret, size_t capacity);

/*
 * What is known of a caller in a blob of this binding: who has the same bytes
 * may open it.  False: it has no signer.
 */
bool seal_subject(const struct pal_identity *caller, uint32_t binding,
		  uint8_t subject[SEAL_SUBJECT_SIZE]);

/* The first bytes of SHA-384.  Returns 0 or NOTARY_ESERVICE. */
int seal_name_subject(const uint8_t subject[SEAL_SUBJECT_SIZE],
		      uint8_t id[SEAL_ID_SIZE]);

/* The salt is given: for test vectors. */
long seal_make_with(const struct seal *seal, const struct pal_identity *caller,
		    uint32_t binding, const uint8_t salt[SEAL_SALT_SIZE],
		    struct seal_bytes associated, struct seal_bytes secret,
		    void *blob);

#endif /* NOTARY_SEAL_H */
