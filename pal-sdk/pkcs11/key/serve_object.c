/* SPDX-License-Identifier: BSD-2-Clause */
/* Finding, reading, changing, storing and destroying objects. */
#include <stdlib.h>
#include <string.h>
#include "cryptoki.h"
#include "operations.h"
#include "serve.h"
#include "store.h"
#include "template.h"
#include "use.h"

uint32_t serve_find(struct serve *serve)
{
	struct items rest = serve->items;
	struct items template = serve_template(&rest);
	struct object **all =
		calloc(KEY_OBJECT_COUNT + KEY_SESSION_COUNT, sizeof(*all));
	uint64_t *handles;
	size_t count, found = 0;

	if (!all)
		return CKR_DEVICE_MEMORY;
	count = store_all(all);
	handles = (void *)writer_begin(&serve->to, KEY_ITEM_HANDLES,
				       count * sizeof(*handles));
	for (size_t i = 0; i < count; i++) {
		if (handles && object_matches(all[i], template))
			handles[found++] = all[i]->handle;
		object_drop(all[i]);
	}
	if (handles)
		writer_end(&serve->to, found * sizeof(*handles));
	serve->value = found;
	free(all);
	return CKR_OK;
}

/* As C_GetAttributeValue: the others are told all the same. */
uint32_t serve_get(struct serve *serve)
{
	struct items rest = serve->items;
	struct items wanted = serve_template(&rest);
	struct item item, value;
	struct object *object;
	uint32_t result = store_get(serve->request->object, &object);

	if (result)
		return result;
	serve->keeps_items = true;
	while (items_next(&wanted, &item)) {
		if (!object_may_tell(object, item.type)) {
			writer_add_unavailable(&serve->to, item.type);
			result = CKR_ATTRIBUTE_SENSITIVE;
			continue;
		}
		value = object_bytes(object, item.type);
		if (value.bytes) {
			writer_add(&serve->to, item.type, value.bytes,
				   value.size);
			continue;
		}
		writer_add_unavailable(&serve->to, item.type);
		if (!result)
			result = CKR_ATTRIBUTE_TYPE_INVALID;
	}
	object_drop(object);
	return serve->to.is_full ? CKR_BUFFER_TOO_SMALL : result;
}

uint32_t serve_summary(struct serve *serve)
{
	struct object *object;
	uint32_t result = store_get(serve->request->object, &object);

	if (result)
		return result;
	serve_add_summary(serve, object);
	object_drop(object);
	return CKR_OK;
}

/* A changed object takes the old one's place: at once, or when committed. */
static uint32_t replace(struct serve *serve, const struct object *old,
			struct object *object)
{
	struct change change;
	uint32_t result;

	if (old->handle >= KEY_SESSION_HANDLE)
		return store_replace(old, object);
	result = store_change_begin(&change, serve->epoch);
	/* With the change lock held it stays so. */
	if (!result && !store_is_current(old)) {
		store_change_cancel(&change);
		result = KEY_R_STALE;
	}
	if (result) {
		object_drop(object);
		return result;
	}
	object->handle = old->handle;
	change.added[0] = object;
	change.added_count = 1;
	serve_add_summary(serve, object);
	result = store_change_end(&change, &serve->to);
	if (!result)
		serve->flags |= KEY_REPLY_PENDING;
	return result;
}

uint32_t serve_set(struct serve *serve)
{
	struct items rest = serve->items;
	struct items changes = serve_template(&rest);
	struct object *old, *object = NULL;
	struct writer attributes;
	uint32_t result = store_get(serve->request->object, &old);

	if (result)
		return result;
	result = CKR_DEVICE_MEMORY;
	if (serve_writer(&attributes)) {
		result = template_change(old, changes, &attributes);
		if (!result)
			object = object_make(writer_items(&attributes));
		if (object)
			result = replace(serve, old, object);
		else if (!result)
			result = CKR_DEVICE_MEMORY;
	}
	serve_free(&attributes);
	object_drop(old);
	return result;
}

uint32_t serve_destroy(struct serve *serve)
{
	struct change change;
	struct object *object;
	uint32_t result = store_get(serve->request->object, &object);

	if (result) /* a draft that failed to be stored */
		result = store_get_draft(serve->request->object, &object);
	if (result)
		return result;
	if (!object_bool(object, CKA_DESTROYABLE)) {
		result = CKR_ACTION_PROHIBITED;
	} else if (object->handle >= KEY_SESSION_HANDLE) {
		store_remove(object);
	} else {
		result = store_change_begin(&change, serve->epoch);
		if (!result) {
			change.removed = object->handle;
			result = store_change_end(&change, &serve->to);
		}
		if (!result)
			serve->flags |= KEY_REPLY_PENDING;
	}
	object_drop(object);
	return result;
}

/*
 * A limited key is stored once, since each time its count would begin anew.
 * Whether it came about, by a commit or because somebody loaded it, cannot be
 * told later; but of each version only one does.
 */
static uint32_t judge_draft(const struct change *change, struct object *draft)
{
	uint64_t version = change->next->version + 1;

	for (size_t i = 0; i < change->added_count; i++)
		if (change->drafts[i] == draft->handle)
			return CKR_ARGUMENTS_BAD;
	if (!object_is_limited(draft))
		return CKR_OK;
	if (draft->tried && draft->tried != version)
		return CKR_OBJECT_HANDLE_INVALID;
	draft->tried = version;
	return CKR_OK;
}

/* The draft under the handle that it will have for ever. */
static uint32_t adopt(struct change *change, uint64_t handle)
{
	struct object *draft, *object;
	uint32_t result = store_get_draft(handle, &draft);

	if (result)
		return result;
	result = judge_draft(change, draft);
	object = result ? NULL : object_make(object_items(draft));
	if (!object) {
		object_drop(draft);
		return result ? result : CKR_DEVICE_MEMORY;
	}
	object->handle = change->next->next_id++;
	object_drop(draft);
	change->drafts[change->added_count] = handle;
	change->added[change->added_count++] = object;
	return CKR_OK;
}

uint32_t serve_store(struct serve *serve)
{
	struct item item = serve_item(serve, KEY_ITEM_HANDLES);
	uint64_t handles[2] = {0};
	struct change change;
	uint32_t result;

	if (!item.size || item.size % 8 || item.size > sizeof(handles))
		return CKR_ARGUMENTS_BAD;
	memcpy(handles, item.bytes, item.size);
	result = store_change_begin(&change, serve->epoch);
	if (result)
		return result;
	for (size_t i = 0; !result && i < item.size / 8; i++)
		result = adopt(&change, handles[i]);
	for (size_t i = 0; !result && i < change.added_count; i++)
		result = use_reserve(change.next, change.added[i]);
	if (result) {
		store_change_cancel(&change);
		return result;
	}
	for (size_t i = 0; i < change.added_count; i++)
		serve_add_summary(serve, change.added[i]);
	serve->value = change.added[0]->handle;
	if (change.added_count > 1)
		serve->second = change.added[1]->handle;
	result = store_change_end(&change, &serve->to);
	if (!result)
		serve->flags |= KEY_REPLY_PENDING;
	return result;
}

uint32_t serve_end_session(struct serve *serve)
{
	operations_end_session(serve->request->session);
	store_end_session(serve->request->session);
	return CKR_OK;
}
