/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An object: a list of attributes, in the form of items, that never changes.
 * Who changes an attribute makes a new object that takes the old one's place;
 * so an operation may go on with what it has while others change and destroy.
 * The last user's object_drop() frees it, and the heap wipes what is freed.
 */
#ifndef KEY_OBJECT_H
#define KEY_OBJECT_H

#include <stdatomic.h>
#include <stdbool.h>
#include "items.h"
#include "pkcs11/key_protocol.h"

/*
 * Beside PKCS #11's attributes an RSA private key has this: its PKCS #1
 * RSAPrivateKey in DER.  No request can name it.
 */
#define OBJECT_RSA_DER 0xff100001u

struct object {
	atomic_uint references;
	uint64_t handle; /* stored: the id; else above KEY_SESSION_HANDLE */
	uint64_t version; /* stored: of its blob */
	uint64_t session; /* not stored: of which session it is */
	bool is_draft; /* becomes a stored one; cannot be used */
	uint64_t tried; /* limited draft: in which version of the token */
	struct key_summary summary; /* of the attributes */
	uint64_t total, per_minute; /* limits, 0: none */
	size_t size;
	uint8_t bytes[]; /* the items */
};

/*
 * An object of these items, whose summary is made of them; one reference.
 * NULL: no memory, or no object at all (no class).
 */
struct object *object_make(struct items attributes);

struct object *object_take(struct object *object);
void object_drop(struct object *object); /* NULL is allowed */

static inline struct items object_items(const struct object *object)
{
	return (struct items){object->bytes, object->size};
}

/* False, 0, or empty if there is no such attribute. */
bool object_bool(const struct object *object, uint32_t type);
uint64_t object_number(const struct object *object, uint32_t type);
struct item object_bytes(const struct object *object, uint32_t type);

static inline bool object_is_key(const struct object *object)
{
	return object->summary.class >= 2; /* CKO_PUBLIC_KEY and above */
}

static inline bool object_is_limited(const struct object *object)
{
	return object->total || object->per_minute;
}

/* A private or secret key. */
static inline bool object_is_secret(const struct object *object)
{
	return object->summary.class >= 3; /* CKO_PRIVATE_KEY and above */
}

/* May this attribute's value be told? */
bool object_may_tell(const struct object *object, uint32_t type);

/* Does it have all attributes of the template, with those values? */
bool object_matches(const struct object *object, struct items template);

#endif /* KEY_OBJECT_H */
