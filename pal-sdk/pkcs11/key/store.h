/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The token that this instance has loaded: its state, its objects, who is
 * logged in.  Eight threads share it.
 *
 * Two locks, in this order.  The change lock is held while a change is made or
 * a state is loaded, also during calls of the notary; there is one change at a
 * time, and the host waits anyway.  The table lock is held for a few
 * instructions, never during crypto: lookups take a reference and let go.
 */
#ifndef KEY_STORE_H
#define KEY_STORE_H

#include "object.h"
#include "state.h"

enum login { LOGIN_NOBODY, LOGIN_USER, LOGIN_SO };

/* ---- Looking ------------------------------------------------------------- */

/* A copy of the state, without its entries.  KEY_R_NOT_LOADED. */
uint32_t store_state(struct state *head);

/*
 * Is the loaded state the newest?  CKR_OK, KEY_R_STALE, KEY_R_NOT_LOADED, or
 * the notary's errors.
 */
uint32_t store_check(void);

/*
 * A number that changes when another token is loaded, this one is begun anew, a
 * PIN changes, or somebody logs out.  A request may be stopped anywhere for any
 * time, and the host ask for something else meanwhile; so what a request found
 * out counts only while the epoch is the one that it began in.  Functions that
 * take an epoch return KEY_R_STALE if it is over.
 */
uint64_t store_epoch(void);

/* The place of a stored object in the loaded state. */
uint32_t store_entry(uint64_t handle, struct state_entry *out);

enum login store_login(void);
/* CKR_USER_ANOTHER_ALREADY_LOGGED_IN */
uint32_t store_set_login(enum login login, uint64_t epoch);
size_t store_missing_count(void);
size_t store_object_count(void);

/* May private objects be seen and used? */
bool store_is_private_open(void);

/*
 * A reference to a visible object that is no draft, for object_drop().
 * CKR_OBJECT_HANDLE_INVALID.
 */
uint32_t store_get(uint64_t handle, struct object **object);

/* Is this object, which was looked up, still what its handle means? */
bool store_is_current(const struct object *object);

/* A reference to the stored object at place 0.., visible or not, or NULL. */
struct object *store_stored(size_t place);

/*
 * References to all that are visible, ascending by handle; returns how many.
 */
size_t store_all(struct object *objects[KEY_OBJECT_COUNT + KEY_SESSION_COUNT]);

/* ---- Objects of this instance -------------------------------------------- */

/*
 * Put in a new object (its reference goes over) as a session object, or as a
 * draft if it is to be stored; its handle is in it then.
 * CKR_USER_NOT_LOGGED_IN, CKR_DEVICE_MEMORY; the object is dropped then.
 */
uint32_t store_add(struct object *object, uint64_t session, uint64_t epoch);

/* Replace a session object by a changed one, or take it away. */
uint32_t store_replace(const struct object *old, struct object *object);
void store_remove(const struct object *object);

/* Destroy what belongs to a session; or all private session objects. */
void store_end_session(uint64_t session);
void store_logout(void);

/* ---- Changing the token -------------------------------------------------- */

/*
 * A change: begin, alter change->next, name objects, then end (which writes the
 * pending items to the reply) or cancel.  Between them the change lock is held.
 */
struct change {
	struct state *next;
	struct object *added[2]; /* references, handles set */
	uint64_t drafts[2]; /* that become those */
	uint64_t removed; /* handle of a stored object, or 0 */
	bool is_new; /* the token begins anew: no objects are left */
	size_t added_count;
};

/* KEY_R_STALE, KEY_R_NOT_LOADED (unless `is_new`). */
uint32_t store_change_begin(struct change *change, uint64_t epoch);
uint32_t store_change_begin_new(struct change *change, uint64_t epoch);
uint32_t store_change_end(struct change *change, struct writer *to);
void store_change_cancel(struct change *change);

/* A reference to the draft; CKR_OBJECT_HANDLE_INVALID. */
uint32_t store_get_draft(uint64_t handle, struct object **object);

/*
 * Move on to the pending state.  KEY_R_STALE: somebody else was first, and what
 * was pending is gone.  CKR_ARGUMENTS_BAD: nothing is pending.  KEY_R_PROVE:
 * store_carry() first.
 */
uint32_t store_commit(void);

/* vault_carry(), with the lock. */
size_t store_carry(const void *response, size_t response_size, void *command,
		   size_t capacity);

/* ---- Loading ------------------------------------------------------------- */

/* Writes KEY_ITEM_WANTED to the reply; counts those, and all objects. */
uint32_t store_load(struct item blob, struct writer *to, uint64_t *wanted,
		    uint64_t *count);
uint32_t store_load_object(struct item object);
/* KEY_R_PROVE: store_carry() first. */
uint32_t store_load_end(void);
void store_forget(void);

#endif /* KEY_STORE_H */
