/* SPDX-License-Identifier: BSD-2-Clause */
/* Policy and audit. */
#include "use.h"
#include <psa/crypto.h>
#include <stdlib.h>
#include <string.h>
#include "auth.h"
#include "cryptoki.h"
#include "lock.h"
#include "store.h"

#define LEASE 64

static _Atomic uint64_t highest_time;

uint64_t use_time(uint64_t claimed)
{
	uint64_t seen = atomic_load(&highest_time);

	while (claimed > seen && !atomic_compare_exchange_weak(&highest_time,
							       &seen, claimed))
		;
	return claimed > seen ? claimed : seen;
}

/* ---- Judging ------------------------------------------------------------- */

/* "20261231" for the date, in UTC (Howard Hinnant's civil_from_days). */
static void date_text(uint64_t time, char text[8])
{
	uint64_t days = time / 86400 + 719468;
	uint64_t era = days / 146097, day = days % 146097;
	uint64_t year_of_era =
		(day - day / 1460 + day / 36524 - day / 146096) / 365;
	uint64_t day_of_year = day - (365 * year_of_era + year_of_era / 4 -
				      year_of_era / 100);
	uint64_t month = (5 * day_of_year + 2) / 153;
	uint64_t number = day_of_year - (153 * month + 2) / 5 + 1;
	uint64_t year = year_of_era + era * 400;

	month = month < 10 ? month + 3 : month - 9;
	year += month <= 2;
	number += month * 100 + year % 10000 * 10000;
	for (int i = 7; i >= 0; i--, number /= 10)
		text[i] = (char)('0' + number % 10);
}

static bool is_in_dates(const struct object *key, uint64_t time)
{
	struct item start = object_bytes(key, CKA_START_DATE);
	struct item end = object_bytes(key, CKA_END_DATE);
	char today[8];

	if (time > 250000000000) /* year 9892: keep four digits */
		time = 250000000000;
	date_text(time, today);
	if (start.size == 8 && memcmp(today, start.bytes, 8) < 0)
		return false;
	return end.size != 8 || memcmp(today, end.bytes, 8) <= 0;
}

static bool is_allowed_mechanism(const struct object *key, uint64_t mechanism)
{
	struct item allowed = object_bytes(key, CKA_ALLOWED_MECHANISMS);
	uint64_t one;

	if (!allowed.bytes)
		return true;
	for (size_t at = 0; at + 8 <= allowed.size; at += 8) {
		memcpy(&one, allowed.bytes + at, 8);
		if (one == mechanism)
			return true;
	}
	return false;
}

/* Raw RSA does the same either way, so who may do one may do both. */
static uint32_t needed_for(const struct use *use)
{
	const uint32_t by_private = KEY_USE_SIGN | KEY_USE_DECRYPT;

	return use->mechanism == CKM_RSA_X_509 && (use->purpose & by_private) ?
		       by_private :
		       use->purpose;
}

uint32_t use_judge(const struct object *key, const struct use *use)
{
	uint32_t needed = needed_for(use);

	if ((key->summary.usage & needed) != needed)
		return CKR_KEY_FUNCTION_NOT_PERMITTED;
	if (!is_allowed_mechanism(key, use->mechanism))
		return CKR_MECHANISM_INVALID;
	if (object_is_secret(key) && !is_in_dates(key, use_time(use->time)))
		return CKR_KEY_FUNCTION_NOT_PERMITTED;
	return CKR_OK;
}

/* ---- Limits -------------------------------------------------------------- */

/* One more operation: into *tag, unless a limit is reached. */
static uint32_t count_one(const struct object *key, uint64_t done,
			  uint64_t time, struct state_limit *tag)
{
	uint64_t minute = time / 60;

	if (key->total && done >= key->total)
		return CKR_FUNCTION_REJECTED;
	if (minute > tag->minute || tag->object != key->handle)
		*tag = (struct state_limit){
			.minute = minute,
			.object = key->handle,
		};
	if (key->per_minute && tag->count >= key->per_minute)
		return CKR_FUNCTION_REJECTED;
	tag->count++;
	return CKR_OK;
}

/* Session objects have no limits (serve_add_object()). */
static bool is_limited(const struct object *key)
{
	return (key->total || key->per_minute) &&
	       key->handle < KEY_SESSION_HANDLE;
}

static uint32_t count_use(const struct state *head, const struct object *key,
			  const struct state_entry *entry, uint64_t time)
{
	struct vault_register now;
	struct state_limit tag;
	uint64_t done;
	uint8_t id[16];
	uint32_t result =
		state_register_id(head, REGISTER_LIMIT, entry->counter, id);

	if (result)
		return result;
	do {
		result = vault_read(id, &now);
		if (result)
			return result;
		memcpy(&tag, now.tag, sizeof(tag));
		done = now.value - entry->base;
		if (now.value < entry->base || done >= entry->lease)
			return KEY_R_SAVE_FIRST;
		result = count_one(key, done, time, &tag);
		if (result)
			return result;
		result = vault_advance(id, now.value, now.value + 1,
				       (const uint8_t *)&tag);
	} while (result == KEY_R_STALE);
	return result;
}

/* ---- Audit --------------------------------------------------------------- */

static uint32_t hash_record(const struct key_record *record, uint8_t *hash)
{
	size_t size;

	return psa_hash_compute(PSA_ALG_SHA_256, (const uint8_t *)record,
				sizeof(*record), hash, VAULT_TAG_SIZE, &size) ?
		       CKR_DEVICE_MEMORY :
		       CKR_OK;
}

/*
 * The head as this instance has seen it last.  Most often nobody else has moved
 * it on, which spares a call of the notary.
 */
static struct {
	struct lock lock;
	uint8_t id[16];
	struct vault_register head;
} chain;

static bool recall_head(const uint8_t id[16], struct vault_register *head)
{
	bool is_known;

	lock_take(&chain.lock);
	is_known = chain.head.value && !memcmp(chain.id, id, 16);
	*head = chain.head;
	lock_leave(&chain.lock);
	return is_known;
}

static void remember_head(const uint8_t id[16], uint64_t value,
			  const uint8_t tag[VAULT_TAG_SIZE])
{
	lock_take(&chain.lock);
	memcpy(chain.id, id, 16);
	chain.head.value = value;
	memcpy(chain.head.tag, tag, VAULT_TAG_SIZE);
	lock_leave(&chain.lock);
}

static uint32_t record_use(const struct state *head, struct key_record *record)
{
	struct vault_register now;
	uint8_t id[16], hash[VAULT_TAG_SIZE];
	uint32_t result = state_register_id(head, REGISTER_AUDIT, 0, id);
	bool is_known;

	if (result)
		return result;
	is_known = recall_head(id, &now);
	do {
		if (!is_known)
			result = vault_read(id, &now);
		if (result)
			return result;
		is_known = false;
		record->sequence = now.value + 1;
		memcpy(record->previous, now.tag, sizeof(now.tag));
		result = hash_record(record, hash);
		if (!result)
			result = vault_advance(id, now.value, record->sequence,
					       hash);
	} while (result == KEY_R_STALE);
	if (!result)
		remember_head(id, record->sequence, hash);
	return result;
}

uint32_t use_spend(const struct object *key, const struct use *use,
		   struct key_record *record, bool *is_recorded)
{
	struct state_entry entry = {0};
	struct state head;
	uint32_t result;

	*is_recorded = false;
	if (!object_is_secret(key) || key->handle >= KEY_SESSION_HANDLE)
		return CKR_OK;
	result = store_state(&head);
	if (!result && is_limited(key))
		result = store_entry(key->handle, &entry);
	/* Are these the key's, and may it still be used? */
	if (!result && store_epoch() != use->epoch)
		result = KEY_R_STALE;
	if (!result && is_limited(key))
		result = count_use(&head, key, &entry, use_time(use->time));
	*record = (struct key_record){
		.time = use_time(use->time),
		.object = key->handle,
		.mechanism = use->mechanism,
		.purpose = use->purpose,
	};
	if (!result)
		result = record_use(&head, record);
	*is_recorded = !result;
	explicit_bzero(&head, STATE_HEAD_SIZE);
	return result;
}

/* ---- Saving -------------------------------------------------------------- */

static const uint8_t no_tag[VAULT_TAG_SIZE];

static bool is_counter_free(const struct state *next, uint64_t counter)
{
	for (size_t i = 0; i < next->count; i++)
		if (next->entries[i].counter == counter)
			return false;
	return true;
}

/*
 * The lowest one that is free: so those of destroyed keys are used again, from
 * where they are.  One that is there is only read, since what this instance
 * knows may be old by now, and the counter a key's that another one has made.
 */
uint32_t use_reserve(struct state *next, const struct object *key)
{
	struct vault_register now = {.value = 0};
	struct state_entry *entry;
	uint64_t counter = 1;
	uint8_t id[16];
	uint32_t result;

	if (!is_limited(key))
		return CKR_OK;
	entry = state_enter(next, key->handle);
	if (!entry)
		return CKR_DEVICE_MEMORY;
	while (!is_counter_free(next, counter))
		counter++;
	result = state_register_id(next, REGISTER_LIMIT, counter, id);
	if (!result)
		result = vault_read(id, &now);
	if (!result && !now.value) {
		now.value = 1;
		result = vault_advance(id, 0, now.value, no_tag);
	}
	entry->counter = counter;
	entry->base = now.value;
	return result;
}

/* So many operations are saved as done ahead; few where few are allowed. */
static uint64_t lease_of(const struct object *key)
{
	uint64_t tenth = key->total / 10;

	if (!key->total || tenth > LEASE)
		return LEASE;
	return tenth ? tenth : 1;
}

/*
 * A register below its base says: a boot has been.  Then all that the lease
 * allowed counts as done.
 */
static uint32_t save_limit(struct state *next, const struct object *key)
{
	struct state_entry *entry = state_find(next, key->handle);
	struct vault_register now;
	uint8_t id[16];
	uint32_t result;

	if (!entry || !is_limited(key))
		return CKR_OK;
	result = state_register_id(next, REGISTER_LIMIT, entry->counter, id);
	if (!result)
		result = vault_read(id, &now);
	if (!result && now.value < entry->base) {
		uint64_t done = entry->base + entry->lease;

		result = vault_advance(id, now.value, done, no_tag);
		now.value = done;
	}
	if (!result && now.value - entry->base >= entry->lease)
		entry->lease = now.value - entry->base + lease_of(key);
	return result;
}

static uint32_t save_limits(struct state *next)
{
	struct object **all =
		calloc(KEY_OBJECT_COUNT + KEY_SESSION_COUNT, sizeof(*all));
	uint32_t result = CKR_OK;
	size_t count;

	if (!all)
		return CKR_DEVICE_MEMORY;
	count = store_all(all);
	for (size_t i = 0; i < count; i++) {
		if (!result)
			result = save_limit(next, all[i]);
		object_drop(all[i]);
	}
	free(all);
	return result;
}

uint32_t use_save(struct state *next)
{
	struct vault_register audit;
	struct state_attempts attempts;
	uint8_t id[16];
	uint32_t result = auth_failures(next, &attempts, &next->attempts);

	if (!result)
		result = state_register_id(next, REGISTER_AUDIT, 0, id);
	if (!result)
		result = vault_read(id, &audit);
	if (result)
		return result;
	next->user_failures = attempts.user_failures;
	next->so_failures = attempts.so_failures;
	next->audit_sequence = audit.value;
	memcpy(next->audit_hash, audit.tag, sizeof(next->audit_hash));
	next->time = use_time(next->time);
	return save_limits(next);
}
