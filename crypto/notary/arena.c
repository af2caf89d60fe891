/* SPDX-License-Identifier: BSD-2-Clause */
#include "arena.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "pal.h"
#include "crypto_memory.h"
#include "threads.h"

#define ARENA_SIZE 4096 /* a call takes less than 2500 bytes */
#define ALIGNMENT  16

static struct arena {
	_Alignas(ALIGNMENT) unsigned char bytes[ARENA_SIZE];
	size_t used;
} arenas[NOTARY_THREADS - 1];

void arena_begin(unsigned int thread)
{
	struct arena *arena = &arenas[thread - 1];

	explicit_bzero(arena->bytes, arena->used);
	arena->used = 0;
}

static void *take(struct arena *arena, size_t size)
{
	void *taken = arena->bytes + arena->used;

	size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (size > ARENA_SIZE - arena->used)
		return NULL;
	arena->used += size;
	return taken;
}

void *crypto_calloc(size_t count, size_t size)
{
	unsigned int thread = pal_thread_index();

	if (thread == 0)
		return calloc(count, size);
	if (size && count > ARENA_SIZE / size)
		return NULL;
	return take(&arenas[thread - 1], count * size);
}

void crypto_free(void *memory)
{
	if (pal_thread_index() == 0)
		free(memory);
}
