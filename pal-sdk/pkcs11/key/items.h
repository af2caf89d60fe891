/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Lists of items (key_protocol.h): reading those that a stranger wrote, and
 * writing our own.  The only code that interprets foreign bytes as structure.
 */
#ifndef KEY_ITEMS_H
#define KEY_ITEMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of a checked list, which ends at `size`. */
struct items {
	const uint8_t *bytes;
	size_t size;
};

struct item {
	uint32_t type;
	size_t size;
	const uint8_t *bytes; /* NULL if unavailable */
};

/*
 * Is every item within the list, and is its padding zero?  Everything below
 * relies on it.
 */
bool items_are_whole(struct items list);

/*
 * Take the first item off the list.  Returns false, with *item as it was, at
 * the end.
 */
bool items_next(struct items *list, struct item *item);

/* The first item of this type; false, *item as it was, if there is none. */
bool items_find(struct items list, uint32_t type, struct item *item);

/* The same, of exactly this size, copied to `to`. */
bool items_copy(struct items list, uint32_t type, void *to, size_t size);

/* How many there are of this type. */
size_t items_count(struct items list, uint32_t type);

/* Where items are written to; `is_full` once something did not fit. */
struct writer {
	uint8_t *bytes;
	size_t size, capacity;
	bool is_full;
};

/* Bytes of an item with its header and padding. */
static inline size_t item_room(size_t size)
{
	return 8 + ((size + 7) & ~(size_t)7);
}

/* Append an item.  What does not fit leaves the writer full. */
void writer_add(struct writer *writer, uint32_t type, const void *bytes,
		size_t size);
void writer_add_bool(struct writer *writer, uint32_t type, bool value);
void writer_add_number(struct writer *writer, uint32_t type, uint64_t value);
/* KEY_UNAVAILABLE */
void writer_add_unavailable(struct writer *writer, uint32_t type);

/*
 * Append an item of at most capacity bytes that the caller fills in: returns
 * where, or NULL if it does not fit.  Then writer_end() says how many.
 */
uint8_t *writer_begin(struct writer *writer, uint32_t type, size_t capacity);
void writer_end(struct writer *writer, size_t size);

static inline struct items writer_items(const struct writer *writer)
{
	return (struct items){writer->bytes, writer->size};
}

#endif /* KEY_ITEMS_H */
