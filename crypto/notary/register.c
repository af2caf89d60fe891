/* SPDX-License-Identifier: BSD-2-Clause */
/* Every access is sequentially consistent: nothing here is fast or frequent. */
#include "register.h"
#include <stdatomic.h>
#include <string.h>
#include "abi/service.h"

#define RECORDS_EACH (REGISTER_COUNT + 1)
#define NUMBER_MASK  UINT64_C(0xffff)
#define CHANGE	     UINT64_C(0x10000)

_Static_assert(REGISTER_WRITERS * RECORDS_EACH < NUMBER_MASK, "16 bits");

/* The part of the table that an owner has to do with. */
struct part {
	uint32_t first, count, most;
};

static struct part part_of(const struct register_owner *owner)
{
	if (owner->is_certified)
		return (struct part){0, REGISTER_CERTIFIED_COUNT,
				     REGISTER_CERTIFIED_MOST};
	return (struct part){REGISTER_CERTIFIED_COUNT, REGISTER_OPEN_COUNT,
			     REGISTER_OPEN_MOST};
}

/* ---- Records and slots --------------------------------------------------- */

static void load_record(struct register_table *table, uint64_t number,
			struct register_record *record)
{
	uint64_t words[REGISTER_RECORD_WORDS];

	for (int i = 0; i < REGISTER_RECORD_WORDS; i++)
		words[i] = atomic_load(&table->records[number][i]);
	memcpy(record, words, sizeof(words));
}

static void store_record(struct register_table *table, uint64_t number,
			 const struct register_record *record)
{
	uint64_t words[REGISTER_RECORD_WORDS];

	memcpy(words, record, sizeof(words));
	for (int i = 0; i < REGISTER_RECORD_WORDS; i++)
		atomic_store(&table->records[number][i], words[i]);
}

/*
 * What the slot holds, and its word at that moment; false if it is free.  Tries
 * again only when another writer has got on.
 */
static bool read_slot(struct register_table *table, uint32_t slot,
		      uint64_t *word, struct register_record *record)
{
	*word = atomic_load(&table->slots[slot]);
	while (*word & NUMBER_MASK) {
		uint64_t before = *word;

		load_record(table, (before & NUMBER_MASK) - 1, record);
		*word = atomic_load(&table->slots[slot]);
		if (*word == before)
			return true;
	}
	return false;
}

/* One of the writer's records that does not count; there is one more than
 * slots. */
static uint64_t free_record(struct register_table *table, unsigned int writer)
{
	uint64_t number = (uint64_t)writer * RECORDS_EACH;

	for (;; number++) {
		struct register_record record;
		uint64_t word;

		load_record(table, number, &record);
		word = atomic_load(&table->slots[record.slot % REGISTER_COUNT]);
		if ((word & NUMBER_MASK) != number + 1)
			return number;
	}
}

/* ---- Finding ------------------------------------------------------------- */

struct place {
	uint32_t slot;
	bool is_there; /* else the slot is free */
	uint64_t word;
	struct register_record record;
};

static bool is_meant(const struct register_record *record,
		     const struct register_owner *owner, const uint8_t id[16])
{
	return !memcmp(record->owner, owner->name, sizeof(record->owner)) &&
	       !memcmp(record->id, id, sizeof(record->id));
}

static uint32_t start_of(const struct register_owner *owner,
			 const uint8_t id[16])
{
	uint32_t a, b;

	memcpy(&a, owner->name, sizeof(a));
	memcpy(&b, id, sizeof(b));
	return a ^ b;
}

/*
 * The owner's counter, or the slot where it would begin: the first free one
 * from its start, and since none is ever freed, the same for all who look.
 * False: there is neither.
 */
static bool find(struct register_table *table,
		 const struct register_owner *owner, const uint8_t id[16],
		 struct place *place)
{
	const struct part part = part_of(owner);
	uint32_t start = start_of(owner, id) % part.count;

	for (uint32_t i = 0; i < part.count; i++) {
		place->slot = part.first + (start + i) % part.count;
		place->is_there = read_slot(table, place->slot, &place->word,
					    &place->record);
		if (!place->is_there || is_meant(&place->record, owner, id))
			return true;
	}
	return false;
}

/* May it have one more?  Several at once may exceed it by their number. */
static bool has_room(struct register_table *table,
		     const struct register_owner *owner)
{
	const struct part part = part_of(owner);
	struct register_record record;
	uint32_t count = 0;
	uint64_t word;

	for (uint32_t i = 0; i < part.count; i++)
		if (read_slot(table, part.first + i, &word, &record) &&
		    !memcmp(record.owner, owner->name, sizeof(record.owner)))
			count++;
	return count < part.most;
}

/* ---- The two calls ------------------------------------------------------- */

/* A counter that is not there is one of value 0. */
static bool look_up(struct register_table *table,
		    const struct register_owner *owner, const uint8_t id[16],
		    struct place *place)
{
	bool found = find(table, owner, id, place);

	if (found && place->is_there)
		return true;
	memset(&place->record, 0, sizeof(place->record));
	memcpy(place->record.owner, owner->name, sizeof(owner->name));
	memcpy(place->record.id, id, sizeof(place->record.id));
	return found;
}

int register_read(struct register_table *table,
		  const struct register_owner *owner, const uint8_t id[16],
		  struct register_record *out)
{
	struct place place;

	look_up(table, owner, id, &place);
	if (place.record.version > owner->security_version)
		return NOTARY_ENEWER;
	*out = place.record;
	return 0;
}

static bool publish(struct register_table *table, unsigned int writer,
		    const struct register_owner *owner,
		    const struct register_step *step, struct place *place)
{
	uint64_t number = free_record(table, writer);
	uint64_t next = (place->word & ~NUMBER_MASK) + CHANGE + number + 1;

	place->record.value = step->to;
	memcpy(place->record.tag, step->tag, sizeof(step->tag));
	place->record.version = owner->security_version;
	place->record.slot = place->slot;
	store_record(table, number, &place->record);
	return atomic_compare_exchange_strong(&table->slots[place->slot],
					      &place->word, next);
}

int register_advance(struct register_table *table, unsigned int writer,
		     const struct register_owner *owner, const uint8_t id[16],
		     const struct register_step *step)
{
	struct place place;
	bool found;

	if (step->to <= step->from)
		return NOTARY_EINVAL;
	do {
		found = look_up(table, owner, id, &place);
		if (place.record.version > owner->security_version)
			return NOTARY_ENEWER;
		if (place.record.value != step->from)
			return NOTARY_EMOVED;
		if (!found || (!place.is_there && !has_room(table, owner)))
			return NOTARY_EFULL;
	} while (!publish(table, writer, owner, step, &place));
	return 0;
}
