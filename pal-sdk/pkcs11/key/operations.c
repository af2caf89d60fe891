/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of multi-part operations. */
#include "operations.h"
#include <stdlib.h>
#include "lock.h"

struct place {
	uint64_t number; /* 0: free */
	uint64_t session;
	bool is_used; /* by a thread, now */
	bool is_over; /* goes when that thread leaves */
	struct operation *operation;
};

static struct {
	struct lock lock;
	uint64_t last_number;
	struct place places[KEY_OPERATION_COUNT];
} table;

/* With the lock held. */
static struct place *find(uint64_t number)
{
	for (size_t i = 0; i < KEY_OPERATION_COUNT; i++)
		if (table.places[i].number == number)
			return &table.places[i];
	return NULL;
}

/* Without the lock: ending may take a while. */
static void destroy(struct operation *operation)
{
	if (!operation)
		return;
	operation_end(operation);
	free(operation);
}

struct operation *operations_new(uint64_t session, uint64_t *number)
{
	struct operation *operation = calloc(1, sizeof(*operation));
	struct place *place;

	if (!operation)
		return NULL;
	lock_take(&table.lock);
	place = find(0);
	if (place) {
		*place = (struct place){++table.last_number, session, true,
					false, operation};
		*number = place->number;
	}
	lock_leave(&table.lock);
	if (place)
		return operation;
	free(operation);
	return NULL;
}

struct operation *operations_take(uint64_t number)
{
	struct operation *operation = NULL;
	struct place *place;

	lock_take(&table.lock);
	place = number ? find(number) : NULL;
	if (place && !place->is_used && !place->is_over) {
		place->is_used = true;
		operation = place->operation;
	}
	lock_leave(&table.lock);
	return operation;
}

void operations_leave(uint64_t number, bool is_over)
{
	struct operation *over = NULL;
	struct place *place;

	lock_take(&table.lock);
	place = find(number);
	if (place) {
		place->is_used = false;
		if (is_over || place->is_over) {
			over = place->operation;
			*place = (struct place){0};
		}
	}
	lock_leave(&table.lock);
	destroy(over);
}

static bool is_of(const struct place *place, uint64_t session, bool is_any)
{
	const struct object *key = place->operation->key;

	if (!is_any)
		return place->session == session;
	/* An operation that is being begun has no key yet. */
	return place->is_used || (key && key->summary.is_private);
}

static void end_those(uint64_t session, bool is_any)
{
	struct operation *over;

	for (size_t i = 0; i < KEY_OPERATION_COUNT; i++) {
		struct place *place = &table.places[i];

		over = NULL;
		lock_take(&table.lock);
		if (place->number && is_of(place, session, is_any)) {
			place->is_over = true;
			if (!place->is_used) {
				over = place->operation;
				*place = (struct place){0};
			}
		}
		lock_leave(&table.lock);
		destroy(over);
	}
}

void operations_end_session(uint64_t session)
{
	end_those(session, false);
}

void operations_end_private(void)
{
	end_those(0, true);
}
