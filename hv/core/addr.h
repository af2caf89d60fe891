/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses that the compiler can tell apart.
 *
 * Linux runs identity mapped, so a mixed-up address works in every test until
 * the first PAL page moves.  Hence the types: only npt_translate() turns a
 * gpa_t into an hpa_t, and only platform.h turns an hpa_t into a pointer.  The
 * OS's identity is stated in one place, os_gpa_to_hpa().
 */
#ifndef CORE_ADDR_H
#define CORE_ADDR_H

#include <stdbool.h>
#include <stdint.h>

#include "core/shape.h"

#define PAGE_SIZE	(UINT64_C(1) << PAGE_SHIFT)
#define BLOCK_SHIFT	(PAGE_SHIFT + TABLE_SHIFT)
#define BLOCK_SIZE	(UINT64_C(1) << BLOCK_SHIFT)
#define GIB		(UINT64_C(1) << (BLOCK_SHIFT + TABLE_SHIFT))

typedef struct { uint64_t v; } gpa_t;	/* what a guest calls physical */
typedef struct { uint64_t v; } hpa_t;	/* what the memory bus sees */

static inline gpa_t gpa(uint64_t v) { return (gpa_t){ v }; }
static inline hpa_t hpa(uint64_t v) { return (hpa_t){ v }; }
static inline gpa_t gpa_add(gpa_t a, uint64_t n) { return gpa(a.v + n); }
static inline hpa_t hpa_add(hpa_t a, uint64_t n) { return hpa(a.v + n); }

/* The OS owns its memory where the machine has it. */
static inline hpa_t os_gpa_to_hpa(gpa_t a) { return hpa(a.v); }

static inline bool is_page_aligned(uint64_t v)
{
	return (v & (PAGE_SIZE - 1)) == 0;
}

/* Bytes [base, base + size).  Make one with gpa_range_make() only. */
struct gpa_range {
	gpa_t base;
	uint64_t size;
};

/*
 * Build a page-aligned, non-empty range that does not wrap.
 * Returns false, leaving *out alone, if the numbers do not describe one.
 */
static inline bool gpa_range_make(uint64_t base, uint64_t size,
				  struct gpa_range *out)
{
	if (size == 0 || !is_page_aligned(base) || !is_page_aligned(size))
		return false;
	if (base + size < base)
		return false;
	*out = (struct gpa_range){ .base = gpa(base), .size = size };
	return true;
}

/* The page, or the 2 MiB block, that holds this address. */
static inline struct gpa_range gpa_page(gpa_t at)
{
	return (struct gpa_range){ gpa(at.v & ~(PAGE_SIZE - 1)), PAGE_SIZE };
}

static inline struct gpa_range gpa_block(gpa_t at)
{
	return (struct gpa_range){ gpa(at.v & ~(BLOCK_SIZE - 1)), BLOCK_SIZE };
}

#endif
