/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loading a token's state from blobs that the host kept, and telling old ones
 * from new ones by the registers.
 */
#include <stdlib.h>
#include <string.h>
#include "cryptoki.h"
#include "store.h"
#include "store_data.h"
#include "use.h"

/* Guarded by the change lock. */
static struct {
	bool is_there;
	bool is_unproven; /* nothing but the TPM can tell whether it is new */
	struct state state;
	uint8_t tag[VAULT_TAG_SIZE];
	struct object *objects[KEY_OBJECT_COUNT];
} loading;

static void forget_loading(void)
{
	for (size_t i = 0; i < KEY_OBJECT_COUNT; i++)
		object_drop(loading.objects[i]);
	explicit_bzero(&loading, sizeof(loading));
}

/*
 * Bring a register up to what the state knows: after a boot it begins at 0.
 * Somebody else who does the same is welcome.
 */
static uint32_t bring_forward(enum state_register which, uint64_t value,
			      const void *tag)
{
	struct vault_register now;
	uint8_t id[16];
	uint32_t result = state_register_id(&loading.state, which, 0, id);

	if (!result)
		result = vault_read(id, &now);
	if (result || now.value >= value)
		return result;
	result = vault_advance(id, now.value, value, tag);
	return result == KEY_R_STALE ? CKR_OK : result;
}

/*
 * Is the state the newest, as far as anybody knows?  Then it is from now on.
 * KEY_R_PROVE: the TPM has to be asked.
 */
static uint32_t judge_version(void)
{
	struct pal_lasting lasting;
	uint32_t result = state_lasting(&loading.state, &lasting);

	if (!result)
		result = vault_settle(&lasting, loading.tag);
	explicit_bzero(&lasting, sizeof(lasting));
	return result;
}

static uint32_t bring_all_forward(void)
{
	struct state_attempts attempts = {
		.user_failures = loading.state.user_failures,
		.so_failures = loading.state.so_failures,
	};
	uint32_t result = bring_forward(REGISTER_ATTEMPTS,
					loading.state.attempts, &attempts);

	if (!result)
		result = bring_forward(REGISTER_AUDIT,
				       loading.state.audit_sequence,
				       loading.state.audit_hash);
	return result;
}

static uint32_t settle(void)
{
	uint32_t result = judge_version();

	loading.is_unproven = result == KEY_R_PROVE;
	return result ? result : bring_all_forward();
}

/* An instance has one token. */
static bool is_anothers(void)
{
	return store.is_loaded && memcmp(store.state.serial,
					 loading.state.serial,
					 sizeof(store.state.serial));
}

static uint32_t open_blob(struct item blob)
{
	size_t size = 0;
	uint32_t result;

	forget_loading();
	result = vault_unseal(blob.bytes, blob.size, &loading.state,
			      sizeof(loading.state), &size);
	if (result)
		return result;
	result = state_take(&loading.state, size);
	if (result)
		return result;
	if (is_anothers())
		return KEY_R_ALTERED;
	result = store_tag_of(blob.bytes, blob.size, loading.tag);
	if (!result)
		result = settle();
	return result == KEY_R_PROVE ? CKR_OK : result;
}

/* With the table lock held: is this version of the object here already? */
static bool is_here(const struct state_entry *entry)
{
	struct object **slot = store_slot(entry->id);

	return slot && (*slot)->version == entry->version;
}

static size_t write_wanted(struct writer *to)
{
	struct key_object_name *names = (void *)writer_begin(
		to, KEY_ITEM_WANTED, KEY_OBJECT_COUNT * sizeof(*names));
	size_t count = 0;

	if (!names)
		return 0;
	lock_take(&store.table_lock);
	for (size_t i = 0; i < loading.state.count; i++) {
		const struct state_entry *entry = &loading.state.entries[i];

		if (!is_here(entry))
			names[count++] = (struct key_object_name){
				entry->id, entry->version};
	}
	lock_leave(&store.table_lock);
	writer_end(to, count * sizeof(*names));
	return count;
}

uint32_t store_load(struct item blob, struct writer *to, uint64_t *wanted,
		    uint64_t *count)
{
	uint32_t result;

	lock_take(&store.change_lock);
	result = open_blob(blob);
	if (!result) {
		loading.is_there = true;
		*wanted = write_wanted(to);
		*count = loading.state.count;
		if (to->is_full)
			result = CKR_BUFFER_TOO_SMALL;
	}
	if (result)
		forget_loading();
	lock_leave(&store.change_lock);
	return result;
}

/* Where the object of this name belongs; NULL if it is not wanted, or here. */
static struct object **place_of(const struct key_object_name *name)
{
	for (size_t i = 0; i < loading.state.count; i++)
		if (loading.state.entries[i].id == name->id &&
		    loading.state.entries[i].version == name->version)
			return loading.objects[i] ? NULL : &loading.objects[i];
	return NULL;
}

static uint32_t load_object(struct item item)
{
	size_t blob_size, size;
	struct key_object_name name;
	struct object **place;
	uint8_t *plain;
	uint32_t result;

	if (!loading.is_there || item.size < sizeof(name))
		return CKR_ARGUMENTS_BAD;
	memcpy(&name, item.bytes, sizeof(name));
	place = place_of(&name);
	blob_size = item.size - sizeof(name);
	if (!place || blob_size < STATE_OBJECT_OVERHEAD)
		return KEY_R_ALTERED;
	size = blob_size - STATE_OBJECT_OVERHEAD;
	plain = calloc(1, size ? size : 1);
	if (!plain)
		return CKR_DEVICE_MEMORY;
	result = state_decrypt(&loading.state, &name, item.bytes + sizeof(name),
			       blob_size, plain);
	if (!result && !items_are_whole((struct items){plain, size}))
		result = KEY_R_ALTERED;
	if (!result) {
		*place = object_make((struct items){plain, size});
		if (!*place)
			result = CKR_DEVICE_MEMORY;
	}
	free(plain);
	if (result)
		return result;
	(*place)->handle = name.id;
	(*place)->version = name.version;
	return CKR_OK;
}

uint32_t store_load_object(struct item object)
{
	uint32_t result;

	lock_take(&store.change_lock);
	result = load_object(object);
	lock_leave(&store.change_lock);
	return result;
}

/* With both locks held: drop what the new state does not have any more. */
static void drop_old(void)
{
	for (size_t i = 0; i < STORE_SLOTS; i++) {
		struct object *object = store.objects[i];
		struct state_entry *entry;

		if (!object || object->handle >= KEY_SESSION_HANDLE)
			continue;
		entry = state_find(&loading.state, object->handle);
		if (!entry || entry->version != object->version)
			store_clear_slot(&store.objects[i]);
	}
}

static void take_over(void)
{
	struct object **slot;

	store_enter(&loading.state, loading.tag);
	drop_old();
	store.missing_count = 0;
	for (size_t i = 0; i < loading.state.count; i++) {
		if (is_here(&loading.state.entries[i]))
			continue;
		slot = loading.objects[i] ? store_free_slot() : NULL;
		if (!slot) {
			store.missing_count++;
			continue;
		}
		*slot = loading.objects[i];
		loading.objects[i] = NULL;
	}
	use_time(store.state.time);
}

uint32_t store_load_end(void)
{
	uint32_t result = CKR_ARGUMENTS_BAD;

	lock_take(&store.change_lock);
	if (loading.is_there && is_anothers())
		result = KEY_R_ALTERED; /* begun since the loading was */
	else if (loading.is_there)
		result = loading.is_unproven ? settle() : CKR_OK;
	if (!result) {
		lock_take(&store.table_lock);
		take_over();
		lock_leave(&store.table_lock);
	}
	if (result != KEY_R_PROVE)
		forget_loading();
	lock_leave(&store.change_lock);
	return result;
}

void store_forget(void)
{
	lock_take(&store.change_lock);
	forget_loading();
	lock_take(&store.table_lock);
	store_clear();
	explicit_bzero(&store.state, sizeof(store.state));
	explicit_bzero(store.tag, sizeof(store.tag));
	store.is_loaded = false;
	store.login = LOGIN_NOBODY;
	store.epoch++;
	store.missing_count = 0;
	lock_leave(&store.table_lock);
	lock_leave(&store.change_lock);
}
