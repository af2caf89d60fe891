/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A token's state: what is sealed in its file `token`, and its registers.  Pure
 * data; store.h says which one counts.
 */
#ifndef KEY_STATE_H
#define KEY_STATE_H

#include <stdbool.h>
#include "pkcs11/key_protocol.h"
#include "vault.h"

#define STATE_FORMAT 3
#define STATE_MAGIC  0x314e454b4f54504bULL /* "KPTOKEN1" */

#define KEY_SECRET_SIZE 32 /* AES-256; private key on P-256 */
#define KEY_POINT_SIZE	65 /* on P-256, uncompressed */

PAL_STRUCT(state_pin,
	   PAL_FIELD(uint32_t, is_set)
	   PAL_FIELD(uint32_t, rounds)
	   PAL_ARRAY(uint8_t, salt, 32)
	   PAL_ARRAY(uint8_t, hash, 32));

/*
 * An object in its place.  The uses of a limited key are counted by the token's
 * register REGISTER_LIMIT number `counter`, from its value `base` on; no other
 * object that is there has this counter, but one that is destroyed may have had
 * it, up to `base`.  `lease`: that many operations count as done after a boot,
 * when the register is gone.
 */
PAL_STRUCT(state_entry,
	   PAL_FIELD(uint64_t, id)
	   PAL_FIELD(uint64_t, version)
	   PAL_FIELD(uint64_t, lease)
	   PAL_FIELD(uint64_t, counter) /* 0: not limited */
	   PAL_FIELD(uint64_t, base));

PAL_STRUCT(state,
	   PAL_FIELD(uint64_t, magic)
	   PAL_FIELD(uint32_t, format)
	   PAL_FIELD(uint32_t, flags) /* KEY_INIT_* */
	   PAL_FIELD(uint64_t, version) /* from 1 */
	   PAL_ARRAY(uint8_t, serial, 16)
	   PAL_ARRAY(uint8_t, label, 32)
	   PAL_NESTED(state_pin, so)
	   PAL_NESTED(state_pin, user)
	   PAL_FIELD(uint64_t, attempts) /* register's value when saved */
	   PAL_FIELD(uint32_t, user_failures)
	   PAL_FIELD(uint32_t, so_failures)
	   PAL_FIELD(uint64_t, audit_sequence)
	   PAL_ARRAY(uint8_t, audit_hash, 32)
	   PAL_FIELD(uint64_t, time) /* the highest that was seen */
	   PAL_ARRAY(uint8_t, key, KEY_SECRET_SIZE) /* of the objects */
	   PAL_ARRAY(uint8_t, audit_private, KEY_SECRET_SIZE)
	   PAL_ARRAY(uint8_t, backup_private, KEY_SECRET_SIZE)
	   PAL_ARRAY(uint8_t, audit_public, KEY_POINT_SIZE)
	   PAL_ARRAY(uint8_t, backup_public, KEY_POINT_SIZE)
	   PAL_ARRAY(uint8_t, target, KEY_POINT_SIZE) /* zeros: none */
	   PAL_ARRAY(uint8_t, zero, 5)
	   PAL_ARRAY(uint8_t, tpm_secret, KEY_SECRET_SIZE) /* pal_lasting */
	   PAL_ARRAY(uint8_t, tpm_before, VAULT_TAG_SIZE)
	   PAL_FIELD(uint64_t, tpm_index) /* 0: none */
	   PAL_FIELD(uint64_t, next_id)
	   PAL_FIELD(uint64_t, count)
	   PAL_NESTED_ARRAY(state_entry, entries, KEY_OBJECT_COUNT));

#define STATE_HEAD_SIZE offsetof(struct state, entries)

/* Which register of a token. */
enum state_register {
	REGISTER_VERSION = 1, /* tag: SHA-256 of the token's blob */
	REGISTER_ATTEMPTS, /* tag: struct state_attempts */
	REGISTER_AUDIT, /* value: sequence; tag: SHA-256 of the last record */
	REGISTER_LIMIT, /* by number; tag: struct state_limit */
};

PAL_STRUCT(state_attempts,
	   PAL_FIELD(uint32_t, user_failures)
	   PAL_FIELD(uint32_t, so_failures)
	   PAL_ARRAY(uint8_t, zero, VAULT_TAG_SIZE - 8));

PAL_STRUCT(state_limit,
	   PAL_FIELD(uint64_t, minute) /* since 1970, never backwards */
	   PAL_FIELD(uint64_t, count) /* operations in it */
	   PAL_FIELD(uint64_t, object) /* whose these are */
	   PAL_ARRAY(uint8_t, zero, VAULT_TAG_SIZE - 24));

/* The id of a register: made of the token's serial, the kind and a number. */
uint32_t state_register_id(const struct state *state,
			   enum state_register which, uint64_t number,
			   uint8_t id[16]);

/* The same for REGISTER_VERSION, with what the state has of the TPM. */
uint32_t state_lasting(const struct state *state, struct pal_lasting *lasting);

static inline size_t state_size(const struct state *state)
{
	return STATE_HEAD_SIZE +
	       (size_t)state->count * sizeof(state->entries[0]);
}

/*
 * Make today's form of `size` bytes that this PAL has sealed, maybe in another
 * version; there is room for all of *state.  KEY_R_ALTERED: it is no state;
 * KEY_R_OLDER_PAL: one of a form that comes after this one.
 */
uint32_t state_take(struct state *state, size_t size);

/* NULL if there is none. */
struct state_entry *state_find(struct state *state, uint64_t id);

/* Found, or added with nothing but its id; NULL if there is no room. */
struct state_entry *state_enter(struct state *state, uint64_t id);

/*
 * Encrypt an object's items under the token's key, bound to its serial, id and
 * version; `blob` has room for size + STATE_OBJECT_OVERHEAD bytes.
 */
#define STATE_OBJECT_OVERHEAD 28
uint32_t state_encrypt(const struct state *state,
		       const struct key_object_name *name, const void *items,
		       size_t size, uint8_t *blob);

/*
 * The reverse; `items` has room for size - STATE_OBJECT_OVERHEAD bytes.
 * KEY_R_ALTERED.
 */
uint32_t state_decrypt(const struct state *state,
		       const struct key_object_name *name, const uint8_t *blob,
		       size_t size, void *items);

#endif /* KEY_STATE_H */
