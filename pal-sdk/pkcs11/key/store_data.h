/* SPDX-License-Identifier: BSD-2-Clause */
/* What store.c, change.c and load.c share; nobody else includes this. */
#ifndef KEY_STORE_DATA_H
#define KEY_STORE_DATA_H

#include "lock.h"
#include "store.h"

#define STORE_SLOTS (KEY_OBJECT_COUNT + KEY_SESSION_COUNT)

/* `state` and all below it are guarded by the table lock. */
struct store {
	struct lock change_lock, table_lock;
	bool is_loaded;
	struct state state;
	uint8_t tag[VAULT_TAG_SIZE]; /* SHA-256 of the state's blob */
	struct object *objects[STORE_SLOTS]; /* NULL: free */
	uint64_t next_session_handle;
	enum login login;
	uint64_t epoch; /* store_epoch() */
	size_t missing_count;
};

extern struct store store;

/* SHA-256 of a token's blob: the tag of REGISTER_VERSION. */
uint32_t store_tag_of(const void *blob, size_t size,
		      uint8_t tag[VAULT_TAG_SIZE]);

/* With the table lock held: where this handle is, or a free place. */
struct object **store_slot(uint64_t handle);
struct object **store_free_slot(void);

/* With the table lock held: take what is in the slot away. */
void store_clear_slot(struct object **slot);

/*
 * With both locks held: this is the token's state from now on.  If it is
 * another token's, or that token was begun anew, nobody is logged in and no
 * object is left.
 */
void store_enter(const struct state *state, const uint8_t tag[VAULT_TAG_SIZE]);

/* With the table lock held: no object is left. */
void store_clear(void);

#endif /* KEY_STORE_DATA_H */
