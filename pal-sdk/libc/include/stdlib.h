/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The heap, sorting, numbers from text, and the end of a PAL.
 *
 * The heap is the region from __pal_heap_start to __pal_heap_end, symbols of
 * the linker script.  All calls may be made by several threads at once.  Freed
 * memory is wiped before it can be handed out again.  Blocks are aligned to 16
 * bytes.  A double free, a free of what is no block, or a block whose
 * neighbourhood was overwritten ends the PAL.
 */
#ifndef PALC_STDLIB_H
#define PALC_STDLIB_H

#include <stddef.h>

#define EXIT_SUCCESS 0
#define EXIT_FAILURE 1

/* NULL when there is no room, or count * size does not fit a size_t. */
void *malloc(size_t size);
void *calloc(size_t count, size_t size);
/* On failure NULL, and the old block is as it was.  Size 0 frees. */
void *realloc(void *block, size_t size);
void free(void *block);

/* Ends the PAL (UD2): its memory is wiped and the caller gets an error. */
_Noreturn void abort(void);

void qsort(void *base, size_t count, size_t size,
	   int (*compare)(const void *a, const void *b));
void *bsearch(const void *key, const void *base, size_t count, size_t size,
	      int (*compare)(const void *key, const void *element));

int abs(int value);
int atoi(const char *string);
/* Out of range gives the nearest limit and sets errno to ERANGE. */
long strtol(const char *string, char **end, int base);
unsigned long strtoul(const char *string, char **end, int base);

#endif
