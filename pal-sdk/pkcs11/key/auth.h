/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PINs.  Each attempt is counted in a register before the PIN is looked at, so
 * however many processes guess, and whoever stops them when, there are never
 * more than KEY_PIN_ATTEMPTS wrong ones in a row.
 */
#ifndef KEY_AUTH_H
#define KEY_AUTH_H

#include "state.h"

struct pin {
	const uint8_t *bytes;
	size_t size;
};

/* CKR_PIN_LEN_RANGE, CKR_DEVICE_MEMORY, CKR_RANDOM_NO_RNG. */
uint32_t auth_set_pin(struct state_pin *to, uint32_t rounds, struct pin pin);

/*
 * Count an attempt, then compare.  user: CKU_SO or CKU_USER.  CKR_PIN_LOCKED,
 * CKR_USER_PIN_NOT_INITIALIZED, CKR_PIN_INCORRECT, errors of the notary.
 */
uint32_t auth_try(const struct state *state, uint64_t user, struct pin pin);

/* The failures now, with the register's value. */
uint32_t auth_failures(const struct state *state,
		       struct state_attempts *failures, uint64_t *value);

/* The user's failures are forgotten: the SO has set a new PIN. */
uint32_t auth_unlock_user(const struct state *state);

#endif /* KEY_AUTH_H */
