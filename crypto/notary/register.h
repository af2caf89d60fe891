/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Counters: a bounded table of values that only grow, each with a tag, shared
 * by threads of which any may stop for good at any instruction.
 *
 * So nothing is locked.  What a counter holds is a record, never changed while
 * it counts; the counter's slot names the record that does.  To advance it, a
 * writer fills a record of its own that no slot names, and puts its number into
 * the slot by one compare-and-swap.  Records stay their writer's for ever: so
 * whether one is free needs no note that could be left undone, only a look at
 * the slot that it was for.
 *
 * The table is one piece without pointers, and starts as zeros.
 */
#ifndef NOTARY_REGISTER_H
#define NOTARY_REGISTER_H

#include <stdbool.h>
#include <stdint.h>

/* PALs that an authority of the policy has signed; all others. */
#define REGISTER_CERTIFIED_COUNT 384
#define REGISTER_CERTIFIED_MOST	 256 /* for one owner */
#define REGISTER_OPEN_COUNT	 128
#define REGISTER_OPEN_MOST	 16

#define REGISTER_COUNT		 (REGISTER_CERTIFIED_COUNT + REGISTER_OPEN_COUNT)
#define REGISTER_WRITERS	 8

struct register_record {
	uint8_t owner[16];
	uint8_t id[16];
	uint64_t value;
	uint8_t tag[32];
	uint32_t version; /* the highest security version that advanced it */
	uint32_t slot;
};

#define REGISTER_RECORD_WORDS 10
_Static_assert(sizeof(struct register_record) == 8 * REGISTER_RECORD_WORDS,
	       "whole words");

struct register_table {
	/* 15:0 record number + 1, 0: free; 63:16 how often it was changed */
	_Atomic uint64_t slots[REGISTER_COUNT];
	/* struct register_record, word by word */
	_Atomic uint64_t records[REGISTER_WRITERS * (REGISTER_COUNT + 1)]
				[REGISTER_RECORD_WORDS];
};

struct register_owner {
	uint8_t name[16];
	uint32_t security_version;
	bool is_certified;
};

/*
 * The counter of this owner and id; with value and tag 0 if there is none.
 * Returns 0 or NOTARY_ENEWER, and then *out is as it was.
 */
int register_read(struct register_table *table,
		  const struct register_owner *owner, const uint8_t id[16],
		  struct register_record *out);

struct register_step {
	uint64_t from, to;
	uint8_t tag[32];
};

/*
 * Advance it, as `writer` 0..REGISTER_WRITERS - 1, which nobody else is at the
 * time.  Returns 0 or NOTARY_EINVAL, EMOVED, ENEWER, EFULL.
 */
int register_advance(struct register_table *table, unsigned int writer,
		     const struct register_owner *owner, const uint8_t id[16],
		     const struct register_step *step);

#endif /* NOTARY_REGISTER_H */
