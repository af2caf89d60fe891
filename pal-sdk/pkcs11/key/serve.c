/* SPDX-License-Identifier: BSD-2-Clause */
/* What the services share. */
#include "serve.h"
#include <stdlib.h>
#include <string.h>
#include "cryptoki.h"
#include "store.h"
#include "use.h"

#define FIRST_OTHER_ITEM 0xff000000u

struct items serve_template(struct items *rest)
{
	struct items template, next = *rest;
	struct item item;

	while (items_next(&next, &item) && item.type >= FIRST_OTHER_ITEM)
		*rest = next;
	template = *rest;
	next = *rest;
	while (items_next(&next, &item) && item.type < FIRST_OTHER_ITEM)
		*rest = next;
	template.size -= rest->size;
	return template;
}

struct item serve_item(const struct serve *serve, uint32_t type)
{
	struct item item = {.type = type};

	items_find(serve->items, type, &item);
	return item;
}

void serve_add_summary(struct serve *serve, const struct object *object)
{
	struct key_summary summary = object->summary;

	summary.handle = object->handle;
	writer_add(&serve->to, KEY_ITEM_SUMMARY, &summary, sizeof(summary));
}

uint32_t serve_spend(struct serve *serve, const struct object *key,
		     const struct use *use)
{
	struct key_record record;
	bool is_recorded;
	uint32_t result = use_spend(key, use, &record, &is_recorded);

	if (is_recorded) {
		writer_add(&serve->to, KEY_ITEM_RECORD, &record,
			   sizeof(record));
		serve->keeps_items = true;
	}
	return result;
}

bool serve_writer(struct writer *writer)
{
	*writer = (struct writer){.capacity = KEY_OBJECT_SIZE};
	writer->bytes = malloc(KEY_OBJECT_SIZE);
	return writer->bytes;
}

void serve_free(struct writer *writer)
{
	if (writer->bytes)
		explicit_bzero(writer->bytes, writer->size);
	free(writer->bytes);
}

uint32_t serve_add_object(struct serve *serve, const struct writer *attributes,
			  uint64_t *handle)
{
	struct object *object;
	uint32_t result;

	if (attributes->is_full)
		return CKR_DEVICE_MEMORY;
	object = object_make(writer_items(attributes));
	if (!object)
		return CKR_DEVICE_MEMORY;
	/* Only what is stored has a register that counts. */
	if (!object->summary.is_token && object_is_limited(object))
		result = CKR_TEMPLATE_INCONSISTENT;
	else
		result = store_add(object_take(object),
				   serve->request->session, serve->epoch);
	if (!result) {
		*handle = object->handle;
		serve_add_summary(serve, object);
		if (object->is_draft)
			serve->flags |= KEY_REPLY_DRAFT;
	}
	object_drop(object);
	return result;
}
