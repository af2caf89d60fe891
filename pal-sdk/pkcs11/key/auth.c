/* SPDX-License-Identifier: BSD-2-Clause */
/* PINs: PBKDF2-HMAC-SHA-512 over a salt, and the register of attempts. */
#include "auth.h"
#include <psa/crypto.h>
#include <string.h>
#include "cryptoki.h"

#define HASH_SIZE 32

static psa_status_t derive(psa_key_derivation_operation_t *operation,
			   const struct state_pin *to, struct pin pin,
			   uint8_t *hash)
{
	psa_status_t status = psa_key_derivation_setup(
		operation, PSA_ALG_PBKDF2_HMAC(PSA_ALG_SHA_512));

	if (!status)
		status = psa_key_derivation_input_integer(
			operation, PSA_KEY_DERIVATION_INPUT_COST, to->rounds);
	if (!status)
		status = psa_key_derivation_input_bytes(
			operation, PSA_KEY_DERIVATION_INPUT_SALT, to->salt,
			sizeof(to->salt));
	if (!status)
		status = psa_key_derivation_input_bytes(
			operation, PSA_KEY_DERIVATION_INPUT_PASSWORD, pin.bytes,
			pin.size);
	if (!status)
		status = psa_key_derivation_output_bytes(operation, hash,
							 HASH_SIZE);
	return status;
}

static uint32_t hash_pin(const struct state_pin *to, struct pin pin,
			 uint8_t *hash)
{
	psa_key_derivation_operation_t operation =
		PSA_KEY_DERIVATION_OPERATION_INIT;
	psa_status_t status = derive(&operation, to, pin, hash);

	psa_key_derivation_abort(&operation);
	return status ? CKR_DEVICE_MEMORY : CKR_OK;
}

uint32_t auth_set_pin(struct state_pin *to, uint32_t rounds, struct pin pin)
{
	struct state_pin new = {.is_set = 1, .rounds = rounds};
	uint32_t result;

	if (!pin.bytes || pin.size < KEY_PIN_MIN || pin.size > KEY_PIN_MAX)
		return CKR_PIN_LEN_RANGE;
	if (psa_generate_random(new.salt, sizeof(new.salt)))
		return CKR_RANDOM_NO_RNG;
	result = hash_pin(&new, pin, new.hash);
	if (!result)
		*to = new;
	explicit_bzero(&new, sizeof(new));
	return result;
}

static bool is_equal(const uint8_t *a, const uint8_t *b)
{
	uint8_t difference = 0;

	for (size_t i = 0; i < HASH_SIZE; i++)
		difference |= a[i] ^ b[i];
	return !difference;
}

static uint32_t *failures_of(struct state_attempts *attempts, uint64_t user)
{
	return user == CKU_SO ? &attempts->so_failures :
				&attempts->user_failures;
}

/* Change one of the counts; `is_attempt`: one more, if there are any left. */
static uint32_t count(const struct state *state, uint64_t user, bool is_attempt)
{
	struct vault_register now;
	struct state_attempts attempts;
	uint32_t *failures = failures_of(&attempts, user);
	uint8_t id[16];
	uint32_t result = state_register_id(state, REGISTER_ATTEMPTS, 0, id);

	if (result)
		return result;
	do {
		result = vault_read(id, &now);
		if (result)
			return result;
		memcpy(&attempts, now.tag, sizeof(attempts));
		if (is_attempt && *failures >= KEY_PIN_ATTEMPTS)
			return CKR_PIN_LOCKED;
		if (!is_attempt && !*failures)
			return CKR_OK;
		*failures = is_attempt ? *failures + 1 : 0;
		result = vault_advance(id, now.value, now.value + 1,
				       (const uint8_t *)&attempts);
	} while (result == KEY_R_STALE);
	return result;
}

uint32_t auth_try(const struct state *state, uint64_t user, struct pin pin)
{
	const struct state_pin *set = user == CKU_SO ? &state->so :
						       &state->user;
	uint8_t hash[HASH_SIZE];
	uint32_t result;
	bool is_right;

	if (!set->is_set)
		return CKR_USER_PIN_NOT_INITIALIZED;
	if (!pin.bytes || pin.size > KEY_PIN_MAX)
		return CKR_PIN_INCORRECT;
	result = count(state, user, true);
	if (!result)
		result = hash_pin(set, pin, hash);
	if (result)
		return result;
	is_right = is_equal(hash, set->hash);
	explicit_bzero(hash, sizeof(hash));
	return is_right ? count(state, user, false) : CKR_PIN_INCORRECT;
}

uint32_t auth_failures(const struct state *state,
		       struct state_attempts *failures, uint64_t *value)
{
	struct vault_register now;
	uint8_t id[16];
	uint32_t result = state_register_id(state, REGISTER_ATTEMPTS, 0, id);

	if (!result)
		result = vault_read(id, &now);
	if (result)
		return result;
	memcpy(failures, now.tag, sizeof(*failures));
	*value = now.value;
	return CKR_OK;
}

uint32_t auth_unlock_user(const struct state *state)
{
	return count(state, CKU_USER, false);
}
