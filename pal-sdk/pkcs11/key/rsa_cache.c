/* SPDX-License-Identifier: BSD-2-Clause */
/* The contexts, and whose they are. */
#include "rsa_cache.h"
#include <mbedtls/rsa.h>
#include "cryptoki.h"
#include "lock.h"
#include "rsa.h"

#define ENTRY_COUNT 8 /* threads of the PAL */

/* An entry's reference to its key is the last one when all others are gone. */
struct entry {
	struct object *key; /* NULL: empty */
	bool is_used;
	mbedtls_pk_context pk;
};

static struct {
	struct lock lock;
	size_t victim; /* next to be emptied */
	struct entry entries[ENTRY_COUNT];
} cache;

/* Of a private key the DER has the CRT's parts, so nothing is computed here. */
static bool open_key(const struct object *key, mbedtls_pk_context *pk)
{
	struct item der = object_bytes(key, OBJECT_RSA_DER);
	struct item modulus = object_bytes(key, CKA_MODULUS);
	struct item exponent = object_bytes(key, CKA_PUBLIC_EXPONENT);
	mbedtls_rsa_context *rsa;

	mbedtls_pk_init(pk);
	if (der.bytes)
		return !mbedtls_pk_parse_key(pk, der.bytes, der.size, NULL, 0,
					     rsa_random, NULL);
	if (mbedtls_pk_setup(pk, mbedtls_pk_info_from_type(MBEDTLS_PK_RSA)))
		return false;
	rsa = mbedtls_pk_rsa(*pk);
	return !mbedtls_rsa_import_raw(rsa, modulus.bytes, modulus.size, NULL,
				       0, NULL, 0, NULL, 0, exponent.bytes,
				       exponent.size) &&
	       !mbedtls_rsa_complete(rsa);
}

static void empty(struct entry *entry)
{
	mbedtls_pk_free(&entry->pk); /* wipes */
	object_drop(entry->key);
	entry->key = NULL;
}

/* With the lock held: this key's, or else one to make it in. */
static struct entry *choose(const struct object *key)
{
	struct entry *other = NULL;

	for (size_t i = 0; i < ENTRY_COUNT; i++) {
		struct entry *entry =
			&cache.entries[(cache.victim + i) % ENTRY_COUNT];

		if (!entry->is_used && entry->key == key)
			return entry;
		if (!entry->is_used && (!other || (other->key && !entry->key)))
			other = entry;
	}
	if (other && other->key)
		cache.victim = (size_t)(other - cache.entries) + 1;
	return other;
}

mbedtls_pk_context *rsa_cache_take(const struct object *key)
{
	struct entry *entry;

	lock_take(&cache.lock);
	entry = choose(key);
	if (entry)
		entry->is_used = true;
	lock_leave(&cache.lock);
	if (!entry)
		return NULL;
	if (entry->key == key)
		return &entry->pk;
	empty(entry);
	if (open_key(key, &entry->pk)) {
		entry->key = object_take((struct object *)key);
		return &entry->pk;
	}
	mbedtls_pk_free(&entry->pk);
	rsa_cache_leave(&entry->pk);
	return NULL;
}

void rsa_cache_leave(mbedtls_pk_context *pk)
{
	lock_take(&cache.lock);
	for (size_t i = 0; i < ENTRY_COUNT; i++)
		if (&cache.entries[i].pk == pk)
			cache.entries[i].is_used = false;
	lock_leave(&cache.lock);
}

void rsa_cache_sweep(void)
{
	lock_take(&cache.lock);
	for (size_t i = 0; i < ENTRY_COUNT; i++) {
		struct entry *entry = &cache.entries[i];

		if (!entry->is_used && entry->key &&
		    atomic_load(&entry->key->references) == 1)
			empty(entry);
	}
	lock_leave(&cache.lock);
}
