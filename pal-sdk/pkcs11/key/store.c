/* SPDX-License-Identifier: BSD-2-Clause */
/* The loaded token: looking things up, and the objects of this instance. */
#include "store.h"
#include <psa/crypto.h>
#include <stdlib.h>
#include <string.h>
#include "cryptoki.h"
#include "rsa_cache.h"
#include "store_data.h"

struct store store;

uint32_t store_tag_of(const void *blob, size_t size,
		      uint8_t tag[VAULT_TAG_SIZE])
{
	size_t written;

	return psa_hash_compute(PSA_ALG_SHA_256, blob, size, tag,
				VAULT_TAG_SIZE, &written) ?
		       CKR_DEVICE_MEMORY :
		       CKR_OK;
}

struct object **store_slot(uint64_t handle)
{
	for (size_t i = 0; i < STORE_SLOTS; i++)
		if (store.objects[i] && store.objects[i]->handle == handle)
			return &store.objects[i];
	return NULL;
}

struct object **store_free_slot(void)
{
	for (size_t i = 0; i < STORE_SLOTS; i++)
		if (!store.objects[i])
			return &store.objects[i];
	return NULL;
}

void store_clear_slot(struct object **slot)
{
	object_drop(*slot);
	*slot = NULL;
	rsa_cache_sweep();
}

void store_clear(void)
{
	for (size_t i = 0; i < STORE_SLOTS; i++)
		if (store.objects[i])
			store_clear_slot(&store.objects[i]);
}

/* Do the same PINs still open the same token? */
static bool is_same_authority(const struct state *a, const struct state *b)
{
	return !memcmp(&a->so, &b->so, sizeof(a->so)) &&
	       !memcmp(&a->user, &b->user, sizeof(a->user));
}

void store_enter(const struct state *state, const uint8_t tag[VAULT_TAG_SIZE])
{
	if (memcmp(store.state.key, state->key, sizeof(state->key))) {
		store_clear();
		store.login = LOGIN_NOBODY;
		store.epoch++;
	} else if (!is_same_authority(&store.state, state)) {
		store.epoch++;
	}
	store.state = *state;
	memcpy(store.tag, tag, sizeof(store.tag));
	store.is_loaded = true;
}

uint64_t store_epoch(void)
{
	uint64_t epoch;

	lock_take(&store.table_lock);
	epoch = store.epoch;
	lock_leave(&store.table_lock);
	return epoch;
}

uint32_t store_state(struct state *head)
{
	uint32_t result = KEY_R_NOT_LOADED;

	lock_take(&store.table_lock);
	if (store.is_loaded) {
		memcpy(head, &store.state, STATE_HEAD_SIZE);
		result = CKR_OK;
	}
	lock_leave(&store.table_lock);
	return result;
}

uint32_t store_check(void)
{
	struct vault_register now;
	struct state head;
	uint8_t id[16];
	uint32_t result = store_state(&head);

	if (!result)
		result = state_register_id(&head, REGISTER_VERSION, 0, id);
	if (!result)
		result = vault_read(id, &now);
	if (!result && now.value != head.version)
		result = KEY_R_STALE;
	explicit_bzero(&head, sizeof(head));
	return result;
}

uint32_t store_entry(uint64_t handle, struct state_entry *out)
{
	const struct state_entry *entry;

	lock_take(&store.table_lock);
	entry = state_find(&store.state, handle);
	if (entry)
		*out = *entry;
	lock_leave(&store.table_lock);
	return entry ? CKR_OK : CKR_OBJECT_HANDLE_INVALID;
}

enum login store_login(void)
{
	enum login login;

	lock_take(&store.table_lock);
	login = store.login;
	lock_leave(&store.table_lock);
	return login;
}

uint32_t store_set_login(enum login login, uint64_t epoch)
{
	uint32_t result = CKR_OK;

	lock_take(&store.table_lock);
	if (store.epoch != epoch)
		result = KEY_R_STALE;
	else if (store.login != LOGIN_NOBODY)
		result = CKR_USER_ANOTHER_ALREADY_LOGGED_IN;
	else
		store.login = login;
	lock_leave(&store.table_lock);
	return result;
}

size_t store_missing_count(void)
{
	size_t count;

	lock_take(&store.table_lock);
	count = store.missing_count;
	lock_leave(&store.table_lock);
	return count;
}

/* With the table lock held. */
static bool is_open(void)
{
	return store.login == LOGIN_USER ||
	       (store.is_loaded && (store.state.flags & KEY_INIT_NO_LOGIN) &&
		store.login == LOGIN_NOBODY);
}

bool store_is_private_open(void)
{
	bool answer;

	lock_take(&store.table_lock);
	answer = is_open();
	lock_leave(&store.table_lock);
	return answer;
}

static uint32_t get(uint64_t handle, bool is_draft, struct object **object)
{
	uint32_t result = CKR_OBJECT_HANDLE_INVALID;
	struct object **slot;

	lock_take(&store.table_lock);
	slot = store_slot(handle);
	if (slot && (*slot)->is_draft == is_draft &&
	    (!(*slot)->summary.is_private || is_open())) {
		*object = object_take(*slot);
		result = CKR_OK;
	}
	lock_leave(&store.table_lock);
	return result;
}

uint32_t store_get(uint64_t handle, struct object **object)
{
	return get(handle, false, object);
}

uint32_t store_get_draft(uint64_t handle, struct object **object)
{
	return get(handle, true, object);
}

bool store_is_current(const struct object *object)
{
	struct object **slot;
	bool answer;

	lock_take(&store.table_lock);
	slot = store_slot(object->handle);
	answer = slot && *slot == object;
	lock_leave(&store.table_lock);
	return answer;
}

struct object *store_stored(size_t place)
{
	struct object *object = NULL, **slot;

	lock_take(&store.table_lock);
	if (place < store.state.count) {
		slot = store_slot(store.state.entries[place].id);
		object = slot ? object_take(*slot) : NULL;
	}
	lock_leave(&store.table_lock);
	return object;
}

static int compare(const void *a, const void *b)
{
	const struct object *const *first = a, *const *second = b;

	return ((*first)->handle > (*second)->handle) -
	       ((*first)->handle < (*second)->handle);
}

size_t store_all(struct object *objects[STORE_SLOTS])
{
	size_t count = 0;

	lock_take(&store.table_lock);
	for (size_t i = 0; i < STORE_SLOTS; i++) {
		struct object *object = store.objects[i];

		if (object && !object->is_draft &&
		    (!object->summary.is_private || is_open()))
			objects[count++] = object_take(object);
	}
	lock_leave(&store.table_lock);
	qsort(objects, count, sizeof(objects[0]), compare);
	return count;
}

size_t store_object_count(void)
{
	size_t count = 0;

	lock_take(&store.table_lock);
	for (size_t i = 0; i < STORE_SLOTS; i++)
		count += store.objects[i] &&
			 store.objects[i]->handle < KEY_SESSION_HANDLE;
	lock_leave(&store.table_lock);
	return count;
}

/* With the table lock held. */
static size_t session_object_count(void)
{
	size_t count = 0;

	for (size_t i = 0; i < STORE_SLOTS; i++)
		count += store.objects[i] &&
			 store.objects[i]->handle >= KEY_SESSION_HANDLE;
	return count;
}

uint32_t store_add(struct object *object, uint64_t session, uint64_t epoch)
{
	struct object **slot = NULL;
	uint32_t result = CKR_DEVICE_MEMORY;

	object->session = session;
	object->is_draft = object->summary.is_token;
	lock_take(&store.table_lock);
	if (session_object_count() < KEY_SESSION_COUNT)
		slot = store_free_slot();
	if (!store.is_loaded)
		result = KEY_R_NOT_LOADED;
	else if (store.epoch != epoch)
		result = KEY_R_STALE;
	else if (object->summary.is_private && !is_open())
		result = CKR_USER_NOT_LOGGED_IN;
	else if (slot) {
		object->handle =
			KEY_SESSION_HANDLE + ++store.next_session_handle;
		*slot = object;
		result = CKR_OK;
	}
	lock_leave(&store.table_lock);
	if (result)
		object_drop(object);
	return result;
}

uint32_t store_replace(const struct object *old, struct object *object)
{
	struct object **slot;

	object->handle = old->handle;
	object->session = old->session;
	lock_take(&store.table_lock);
	slot = store_slot(old->handle);
	if (slot && *slot == old) {
		store_clear_slot(slot);
		*slot = object;
		object = NULL;
	}
	lock_leave(&store.table_lock);
	if (!object)
		return CKR_OK;
	object_drop(object);
	return CKR_OBJECT_HANDLE_INVALID;
}

void store_remove(const struct object *object)
{
	struct object **slot;

	lock_take(&store.table_lock);
	slot = store_slot(object->handle);
	if (slot && *slot == object)
		store_clear_slot(slot);
	lock_leave(&store.table_lock);
}

void store_end_session(uint64_t session)
{
	lock_take(&store.table_lock);
	for (size_t i = 0; i < STORE_SLOTS; i++) {
		struct object *object = store.objects[i];

		if (object && object->handle >= KEY_SESSION_HANDLE &&
		    object->session == session)
			store_clear_slot(&store.objects[i]);
	}
	lock_leave(&store.table_lock);
}

void store_logout(void)
{
	lock_take(&store.table_lock);
	store.login = LOGIN_NOBODY;
	store.epoch++;
	for (size_t i = 0; i < STORE_SLOTS; i++) {
		struct object *object = store.objects[i];

		if (object && object->handle >= KEY_SESSION_HANDLE &&
		    object->summary.is_private)
			store_clear_slot(&store.objects[i]);
	}
	lock_leave(&store.table_lock);
}
