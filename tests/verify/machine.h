/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the proofs share.  CBMC follows all values that any() can have at once:
 * a proof that chooses one page by any_below() has shown its claims for each.
 */
#ifndef VERIFY_MACHINE_H
#define VERIFY_MACHINE_H

#include "core/npt.h"

#define TABLE_ENTRIES	(1u << TABLE_SHIFT)
#define PAGE_COUNT	(4u * TABLE_ENTRIES)

/* Any value at all; any below `end`. */
uint64_t any(void);
unsigned int any_below(unsigned int end);

static inline bool any_bool(void)
{
	return any_below(2);
}

/* What CBMC has to show, and what it may take for granted. */
#define CLAIM(is_true, text)	__CPROVER_assert(is_true, text)
#define GIVEN(is_true)		__CPROVER_assume(is_true)

/* Does page i of memory.c hold zeros? */
extern bool is_zero[PAGE_COUNT];

#endif
