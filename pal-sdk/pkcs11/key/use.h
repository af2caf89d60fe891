/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whether a key may be used now: the owner's policy, which is in the key since
 * it was made, and the chain of records of uses.
 *
 * The time is the host's word.  It cannot be set back (the highest that was
 * seen counts), but it can be set forward, which ends keys early and renews an
 * allowance for a minute; the limit in total needs no clock.
 */
#ifndef KEY_USE_H
#define KEY_USE_H

#include "object.h"
#include "state.h"

struct use {
	uint32_t purpose; /* KEY_USE_* */
	uint64_t mechanism;
	uint64_t time; /* the host's word */
	uint64_t epoch; /* the request's (store.h) */
};

/*
 * What can be said without using it up: usage flags, CKA_ALLOWED_MECHANISMS,
 * dates.  CKR_KEY_FUNCTION_NOT_PERMITTED, CKR_MECHANISM_INVALID,
 * CKR_KEY_HANDLE_INVALID (outside its dates).
 */
uint32_t use_judge(const struct object *key, const struct use *use);

/*
 * Count one use and record it.  CKR_FUNCTION_REJECTED (a limit),
 * KEY_R_SAVE_FIRST, errors of the notary.  *is_recorded: *record is filled.
 */
uint32_t use_spend(const struct object *key, const struct use *use,
		   struct key_record *record, bool *is_recorded);

/* The time: the host's word, or the highest that was seen. */
uint64_t use_time(uint64_t claimed);

/*
 * A register for this key, which is to be stored in the state `next`, if it
 * has limits: where there is none left, it is told now and not when the key is
 * used.
 */
uint32_t use_reserve(struct state *next, const struct object *key);

/* For KEY_OP_SAVE: put counts, chain and time into the next state. */
uint32_t use_save(struct state *next);

#endif /* KEY_USE_H */
