/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Changes of the token.  The new state waits in `pending` until the host says
 * that it is written down; only then the register moves on, and only when that
 * went well the instance does.
 */
#include <psa/crypto.h>
#include <stdlib.h>
#include <string.h>
#include "cryptoki.h"
#include "store.h"
#include "store_data.h"

/* Guarded by the change lock. */
static struct {
	bool is_there;
	struct state state;
	uint8_t tag[VAULT_TAG_SIZE];
	uint8_t base[VAULT_TAG_SIZE]; /* of what it is a change of */
	struct change change; /* of which added, drafts, removed, is_new count */
} pending;

static void forget_pending(void)
{
	for (size_t i = 0; i < pending.change.added_count; i++)
		object_drop(pending.change.added[i]);
	explicit_bzero(&pending, sizeof(pending));
}

/* Takes the change lock, whatever it returns. */
static uint32_t begin(struct change *change, uint64_t epoch)
{
	lock_take(&store.change_lock);
	forget_pending();
	lock_take(&store.table_lock);
	pending.state = store.state;
	lock_leave(&store.table_lock);
	memcpy(pending.base, store.tag, sizeof(pending.base));
	*change = (struct change){.next = &pending.state};
	return store_epoch() == epoch ? CKR_OK : KEY_R_STALE;
}

uint32_t store_change_begin_new(struct change *change, uint64_t epoch)
{
	uint32_t result = begin(change, epoch);

	change->is_new = true;
	if (result)
		store_change_cancel(change);
	return result;
}

uint32_t store_change_begin(struct change *change, uint64_t epoch)
{
	uint32_t result = begin(change, epoch);

	if (!result)
		result = store_check();
	if (result)
		store_change_cancel(change);
	return result;
}

void store_change_cancel(struct change *change)
{
	pending.change = *change;
	forget_pending();
	lock_leave(&store.change_lock);
}

static uint32_t write_object(const struct object *object, struct writer *to)
{
	struct key_object_name name = {object->handle, object->version};
	uint8_t *item = writer_begin(to, KEY_ITEM_OBJECT,
				     sizeof(name) + object->size +
					     STATE_OBJECT_OVERHEAD);
	uint32_t result;

	if (!item)
		return CKR_BUFFER_TOO_SMALL;
	memcpy(item, &name, sizeof(name));
	result = state_encrypt(&pending.state, &name, object->bytes,
			       object->size, item + sizeof(name));
	writer_end(to, sizeof(name) + object->size + STATE_OBJECT_OVERHEAD);
	return result;
}

static uint32_t write_token(struct writer *to)
{
	size_t size = state_size(&pending.state), blob_size = 0;
	uint8_t *item =
		writer_begin(to, KEY_ITEM_TOKEN, size + VAULT_OVERHEAD);
	uint32_t result;

	if (!item)
		return CKR_BUFFER_TOO_SMALL;
	result = vault_seal(&pending.state, size, item, size + VAULT_OVERHEAD,
			    &blob_size);
	if (!result)
		result = store_tag_of(item, blob_size, pending.tag);
	writer_end(to, blob_size);
	if (pending.state.tpm_index)
		writer_add(to, KEY_ITEM_PROOF, NULL, 0);
	return result;
}

/*
 * A version that no other blob has, nor ever will: by count, a key that was
 * made after this state was first left could come into one that goes on from it
 * after a boot.
 */
static uint32_t number(struct object *object)
{
	return psa_generate_random((uint8_t *)&object->version,
				   sizeof(object->version)) ?
		       CKR_RANDOM_NO_RNG :
		       CKR_OK;
}

/* The place of this object in the next state, for its new version. */
static uint32_t enter(struct state *state, const struct object *object)
{
	struct state_entry *entry = state_enter(state, object->handle);

	if (!entry)
		return CKR_DEVICE_MEMORY;
	entry->version = object->version;
	return CKR_OK;
}

static void leave(struct state *state, uint64_t id)
{
	struct state_entry *entry = state_find(state, id);

	if (entry)
		*entry = state->entries[--state->count];
}

/* Blobs that the old state needed and the new one does not. */
static void write_removed(const struct change *change, struct writer *to)
{
	struct key_object_name *names = (void *)writer_begin(
		to, KEY_ITEM_REMOVED, KEY_OBJECT_COUNT * sizeof(*names));
	size_t count = 0;

	if (!names)
		return;
	lock_take(&store.table_lock);
	for (size_t i = 0; store.is_loaded && i < store.state.count; i++) {
		const struct state_entry *old = &store.state.entries[i];
		const struct state_entry *new =
			state_find(change->next, old->id);

		if (!new || new->version != old->version)
			names[count++] = (struct key_object_name){
				old->id, old->version};
	}
	lock_leave(&store.table_lock);
	writer_end(to, count * sizeof(*names));
}

/* What the next state has of the TPM. */
static uint32_t follow(struct state *next)
{
	struct pal_lasting lasting;
	uint32_t result;

	if (!store.is_loaded || !store.state.tpm_index)
		return CKR_OK;
	result = state_lasting(&store.state, &lasting);
	if (!result)
		result = vault_next(&lasting, store.tag, &lasting);
	memcpy(next->tpm_before, lasting.before, sizeof(next->tpm_before));
	explicit_bzero(&lasting, sizeof(lasting));
	return result;
}

static uint32_t finish(struct change *change, struct writer *to)
{
	uint32_t result = follow(change->next);

	change->next->version++;
	if (change->is_new)
		change->next->count = 0;
	if (change->removed)
		leave(change->next, change->removed);
	for (size_t i = 0; !result && i < change->added_count; i++) {
		result = number(change->added[i]);
		if (!result)
			result = enter(change->next, change->added[i]);
	}
	for (size_t i = 0; !result && i < change->added_count; i++)
		result = write_object(change->added[i], to);
	if (!result)
		result = write_token(to);
	if (!result)
		write_removed(change, to);
	return to->is_full ? CKR_BUFFER_TOO_SMALL : result;
}

uint32_t store_change_end(struct change *change, struct writer *to)
{
	uint32_t result = finish(change, to);

	if (result) {
		store_change_cancel(change);
		return result;
	}
	pending.change = *change;
	pending.is_there = true;
	lock_leave(&store.change_lock);
	return CKR_OK;
}

/* With both locks held. */
static void put_in(struct object *object)
{
	struct object **slot = store_slot(object->handle);

	if (slot)
		store_clear_slot(slot);
	else
		slot = store_free_slot();
	if (slot)
		*slot = object_take(object);
	else /* its draft is gone, and others took the place: reload finds it */
		store.missing_count++;
}

static void move_on(void)
{
	const struct change *change = &pending.change;
	struct object **slot;

	lock_take(&store.table_lock);
	store_enter(&pending.state, pending.tag);
	if (change->is_new)
		store.missing_count = 0;
	for (size_t i = 0; i < change->added_count; i++) {
		slot = store_slot(change->drafts[i]);
		if (slot && change->drafts[i])
			store_clear_slot(slot);
		put_in(change->added[i]);
	}
	slot = store_slot(change->removed);
	if (slot && change->removed)
		store_clear_slot(slot);
	lock_leave(&store.table_lock);
}

/* With the change lock held. */
static uint32_t commit(void)
{
	struct pal_lasting lasting;
	uint32_t result;

	if (memcmp(store.tag, pending.base, sizeof(pending.base)))
		return KEY_R_STALE; /* something else is loaded now */
	result = state_lasting(&pending.state, &lasting);
	if (!result)
		result = vault_settle(&lasting, pending.tag);
	explicit_bzero(&lasting, sizeof(lasting));
	if (!result)
		move_on();
	return result == KEY_R_ROLLED_BACK ? KEY_R_STALE : result;
}

uint32_t store_commit(void)
{
	uint32_t result = CKR_ARGUMENTS_BAD;

	lock_take(&store.change_lock);
	if (pending.is_there)
		result = commit();
	if (result != KEY_R_PROVE)
		forget_pending();
	lock_leave(&store.change_lock);
	return result;
}

size_t store_carry(const void *response, size_t response_size, void *command,
		   size_t capacity)
{
	size_t size;

	lock_take(&store.change_lock);
	size = vault_carry(response, response_size, command, capacity);
	lock_leave(&store.change_lock);
	return size;
}
