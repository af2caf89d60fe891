/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The heap of a PAL: first fit over a list of free blocks, with boundary tags.
 *
 * The region from __pal_heap_start to __pal_heap_end is a row of blocks, each a
 * header and its payload.  A header knows the size of its own block and of the
 * one below, so neighbours are found in both directions and free neighbours
 * are merged at once: two free blocks never touch.  Free blocks also form a
 * doubly linked list; the links lie in the payload.  A used block of size 0
 * payload ends the row.
 *
 * Everything a caller hands back is checked against both neighbours; what does
 * not fit together ends the PAL.  One spin lock guards it all.
 */
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define ALIGNMENT 16

struct block {
	size_t size; /* with header, a multiple of 16, plus USED */
	size_t size_below; /* of the block below, without flag; 0: none */
	/* A free block only: */
	struct block *next, *previous;
};

#define USED	    ((size_t)1)
#define HEADER_SIZE offsetof(struct block, next)
#define SMALLEST    sizeof(struct block)

_Static_assert(HEADER_SIZE == ALIGNMENT, "payloads keep the alignment");
_Static_assert(SMALLEST % ALIGNMENT == 0, "so do blocks");

extern char __pal_heap_start[], __pal_heap_end[];

static struct {
	atomic_flag lock;
	bool ready;
	struct block *first; /* lowest block, used or free */
	struct block *last; /* the one that ends the row */
	struct block *free;
} heap = {.lock = ATOMIC_FLAG_INIT};

static void lock(void)
{
	while (atomic_flag_test_and_set_explicit(&heap.lock,
						 memory_order_acquire))
		__builtin_ia32_pause();
}

static void unlock(void)
{
	atomic_flag_clear_explicit(&heap.lock, memory_order_release);
}

static size_t size_of(const struct block *block)
{
	return block->size & ~USED;
}

static bool is_used(const struct block *block)
{
	return block->size & USED;
}

static struct block *at_offset(struct block *block, size_t offset)
{
	return (struct block *)(void *)((char *)block + offset);
}

static struct block *above(struct block *block)
{
	return at_offset(block, size_of(block));
}

static struct block *below(struct block *block)
{
	return at_offset(block, -block->size_below);
}

static void *payload_of(struct block *block)
{
	return (char *)block + HEADER_SIZE;
}

static void list_add(struct block *block)
{
	block->previous = NULL;
	block->next = heap.free;
	if (heap.free)
		heap.free->previous = block;
	heap.free = block;
}

static void list_remove(struct block *block)
{
	if (block->next)
		block->next->previous = block->previous;
	if (block->previous)
		block->previous->next = block->next;
	else
		heap.free = block->next;
	block->next = NULL;
	block->previous = NULL;
}

static void set_size(struct block *block, size_t size, size_t flag)
{
	block->size = size | flag;
	above(block)->size_below = size;
}

/* One free block from end to end; an empty heap if the region is too small. */
static void prepare(void)
{
	uintptr_t start = (uintptr_t)__pal_heap_start;
	uintptr_t end = (uintptr_t)__pal_heap_end;
	uintptr_t base = (start + ALIGNMENT - 1) & ~(uintptr_t)(ALIGNMENT - 1);
	uintptr_t limit = end & ~(uintptr_t)(ALIGNMENT - 1);

	heap.ready = true;
	if (limit < base || limit - base < SMALLEST + HEADER_SIZE)
		return;

	heap.first = (struct block *)base;
	heap.last = (struct block *)(limit - HEADER_SIZE);
	heap.last->size = 0 | USED;
	heap.first->size_below = 0;
	set_size(heap.first, limit - HEADER_SIZE - base, 0);
	list_add(heap.first);
}

/* Do the block's size and the tag above it agree, inside the heap? */
static bool is_intact(struct block *block)
{
	size_t room = (size_t)((char *)heap.last - (char *)block);
	size_t size = size_of(block);

	return size >= SMALLEST && size % ALIGNMENT == 0 && size <= room &&
	       above(block)->size_below == size;
}

/* Is this a block whose neighbours, if any, are intact as well? */
static bool fits_in(struct block *block)
{
	size_t offset = (size_t)((char *)block - (char *)heap.first);

	if (!is_intact(block))
		return false;
	if (above(block) != heap.last && !is_intact(above(block)))
		return false;
	if (block == heap.first)
		return true;
	return block->size_below <= offset && is_intact(below(block)) &&
	       above(below(block)) == block;
}

/* The block of this payload, which must be a used one, intact. */
static struct block *checked_block(void *payload)
{
	uintptr_t at = (uintptr_t)payload - HEADER_SIZE;
	struct block *block = (struct block *)at;

	if (!heap.first || at % ALIGNMENT || at < (uintptr_t)heap.first ||
	    at >= (uintptr_t)heap.last)
		abort();
	if (!is_used(block) || !fits_in(block))
		abort();
	return block;
}

/* Size of the block for such a payload, or 0 if there can be none. */
static size_t block_size_for(size_t payload_size)
{
	size_t size;

	if (payload_size > PTRDIFF_MAX - SMALLEST - ALIGNMENT)
		return 0;
	size = (payload_size + HEADER_SIZE + ALIGNMENT - 1) &
	       ~(size_t)(ALIGNMENT - 1);
	return size < SMALLEST ? SMALLEST : size;
}

/* Merge a wiped block, in no list, with its free neighbours, into the list. */
static void give_back(struct block *block)
{
	struct block *upper = above(block), *lower = below(block);
	size_t size = size_of(block);

	if (!is_used(upper)) {
		list_remove(upper);
		size += size_of(upper);
		explicit_bzero(upper, HEADER_SIZE);
	}
	if (block != heap.first && !is_used(lower)) {
		list_remove(lower);
		size += size_of(lower);
		explicit_bzero(block, HEADER_SIZE);
		block = lower;
	}
	set_size(block, size, 0);
	list_add(block);
}

/* Cut a used block down to size; the rest, already wiped, becomes free. */
static void trim(struct block *block, size_t size)
{
	size_t rest_size = size_of(block) - size;
	struct block *rest = at_offset(block, size);

	if (rest_size < SMALLEST)
		return;
	set_size(block, size, USED);
	set_size(rest, rest_size, USED);
	give_back(rest);
}

static struct block *take(size_t size)
{
	for (struct block *block = heap.free; block; block = block->next) {
		if (size_of(block) < size)
			continue;
		list_remove(block);
		block->size |= USED;
		trim(block, size);
		return block;
	}
	return NULL;
}

void *malloc(size_t payload_size)
{
	size_t size = block_size_for(payload_size);
	struct block *block;

	if (!size)
		return NULL;
	lock();
	if (!heap.ready)
		prepare();
	block = take(size);
	unlock();
	return block ? payload_of(block) : NULL;
}

void *calloc(size_t count, size_t size)
{
	size_t total;
	void *payload;

	if (__builtin_mul_overflow(count, size, &total))
		return NULL;
	payload = malloc(total);
	if (payload)
		memset(payload, 0, total);
	return payload;
}

void free(void *payload)
{
	struct block *block;

	if (!payload)
		return;
	lock();
	block = checked_block(payload);
	explicit_bzero(payload, size_of(block) - HEADER_SIZE);
	give_back(block);
	unlock();
}

/* Shrink in place, the end wiped.  Returns the payload's room, if too small. */
static size_t shrink(void *payload, size_t size)
{
	struct block *block;
	size_t room;

	lock();
	block = checked_block(payload);
	room = size_of(block) - HEADER_SIZE;
	if (size && size <= size_of(block)) {
		explicit_bzero((char *)block + size, size_of(block) - size);
		trim(block, size);
		room = SIZE_MAX;
	}
	unlock();
	return room;
}

void *realloc(void *payload, size_t payload_size)
{
	size_t size = block_size_for(payload_size);
	size_t room;
	void *moved;

	if (!payload)
		return malloc(payload_size);
	if (!payload_size) {
		free(payload);
		return NULL;
	}
	room = shrink(payload, size);
	if (room == SIZE_MAX)
		return payload;
	moved = malloc(payload_size);
	if (!moved)
		return NULL;
	memcpy(moved, payload, room);
	free(payload);
	return moved;
}
