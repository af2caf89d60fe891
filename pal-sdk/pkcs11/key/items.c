/* SPDX-License-Identifier: BSD-2-Clause */
/* Items: headers of 8 bytes, values padded to 8. */
#include "items.h"
#include <string.h>
#include "pkcs11/key_protocol.h"

static size_t padded(size_t size)
{
	return (size + 7) & ~(size_t)7;
}

/* The header at the list's start, and how many bytes follow it. */
static bool read_header(struct items list, struct key_item *header,
			size_t *value_size)
{
	if (list.size < sizeof(*header))
		return false;
	memcpy(header, list.bytes, sizeof(*header));
	*value_size = header->size == KEY_UNAVAILABLE ? 0 : header->size;
	return *value_size <= KEY_CALL_SIZE &&
	       padded(*value_size) <= list.size - sizeof(*header);
}

bool items_are_whole(struct items list)
{
	struct key_item header;
	size_t size;

	while (list.size) {
		if (!read_header(list, &header, &size))
			return false;
		list.bytes += sizeof(header);
		for (size_t i = size; i < padded(size); i++)
			if (list.bytes[i])
				return false;
		list.bytes += padded(size);
		list.size -= sizeof(header) + padded(size);
	}
	return true;
}

bool items_next(struct items *list, struct item *item)
{
	struct key_item header;
	size_t size;

	if (!read_header(*list, &header, &size))
		return false;
	item->type = header.type;
	item->size = size;
	item->bytes = header.size == KEY_UNAVAILABLE ?
			      NULL :
			      list->bytes + sizeof(header);
	list->bytes += sizeof(header) + padded(size);
	list->size -= sizeof(header) + padded(size);
	return true;
}

bool items_find(struct items list, uint32_t type, struct item *item)
{
	struct item next;

	while (items_next(&list, &next)) {
		if (next.type != type)
			continue;
		*item = next;
		return true;
	}
	return false;
}

bool items_copy(struct items list, uint32_t type, void *to, size_t size)
{
	struct item item;

	if (!items_find(list, type, &item) || !item.bytes || item.size != size)
		return false;
	memcpy(to, item.bytes, size);
	return true;
}

size_t items_count(struct items list, uint32_t type)
{
	struct item next;
	size_t count = 0;

	while (items_next(&list, &next))
		count += next.type == type;
	return count;
}

uint8_t *writer_begin(struct writer *writer, uint32_t type, size_t capacity)
{
	struct key_item header = {.type = type};

	if (writer->is_full ||
	    writer->capacity - writer->size < item_room(capacity)) {
		writer->is_full = true;
		return NULL;
	}
	memcpy(writer->bytes + writer->size, &header, sizeof(header));
	return writer->bytes + writer->size + sizeof(header);
}

void writer_end(struct writer *writer, size_t size)
{
	uint8_t *at = writer->bytes + writer->size;
	struct key_item header;

	memcpy(&header, at, sizeof(header));
	header.size = (uint32_t)size;
	memcpy(at, &header, sizeof(header));
	memset(at + sizeof(header) + size, 0, padded(size) - size);
	writer->size += item_room(size);
}

void writer_add(struct writer *writer, uint32_t type, const void *bytes,
		size_t size)
{
	uint8_t *to = writer_begin(writer, type, size);

	if (!to)
		return;
	if (size)
		memcpy(to, bytes, size);
	writer_end(writer, size);
}

void writer_add_bool(struct writer *writer, uint32_t type, bool value)
{
	uint8_t byte = value;

	writer_add(writer, type, &byte, sizeof(byte));
}

void writer_add_number(struct writer *writer, uint32_t type, uint64_t value)
{
	writer_add(writer, type, &value, sizeof(value));
}

void writer_add_unavailable(struct writer *writer, uint32_t type)
{
	struct key_item header = {type, KEY_UNAVAILABLE};

	if (!writer_begin(writer, type, 0))
		return;
	memcpy(writer->bytes + writer->size, &header, sizeof(header));
	writer->size += sizeof(header);
}
