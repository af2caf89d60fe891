/* SPDX-License-Identifier: BSD-2-Clause */
/* Beginning a token, and who may use it. */
#include <psa/crypto.h>
#include <string.h>
#include "auth.h"
#include "cryptoki.h"
#include "keypair.h"
#include "operations.h"
#include "serve.h"
#include "store.h"

static struct pin pin_of(const struct serve *serve, uint32_t type)
{
	struct item item = serve_item(serve, type);

	return (struct pin){item.bytes, item.size};
}

static uint32_t end(struct serve *serve, struct change *change)
{
	uint32_t result = store_change_end(change, &serve->to);

	if (!result)
		serve->flags |= KEY_REPLY_PENDING;
	return result;
}

static bool make_serial(uint8_t serial[16])
{
	static const char digits[] = "0123456789abcdef";
	uint8_t random[8];

	if (psa_generate_random(random, sizeof(random)))
		return false;
	for (int i = 0; i < 16; i++)
		serial[i] = (uint8_t)digits[random[i / 2] >> (i % 2 ? 0 : 4) &
					    15];
	return true;
}

/* The first state of a token gets a place in the TPM, of its own. */
static uint32_t begin_lasting(struct state *state)
{
	struct pal_lasting lasting;
	uint32_t result = vault_begin(&lasting);

	if (result)
		return result;
	state->tpm_index = lasting.index;
	memcpy(state->tpm_secret, lasting.secret, sizeof(state->tpm_secret));
	memcpy(state->tpm_before, lasting.before, sizeof(state->tpm_before));
	explicit_bzero(&lasting, sizeof(lasting));
	return CKR_OK;
}

/* A new token in the place of the old one, which keeps its serial and count. */
static uint32_t fill(struct state *state, const struct key_init *init,
		     const struct state_pin *so)
{
	uint32_t result = CKR_OK;

	if (!state->version) {
		*state = (struct state){
			.magic = STATE_MAGIC,
			.format = STATE_FORMAT,
			.next_id = 1,
		};
		if (!make_serial(state->serial))
			return CKR_RANDOM_NO_RNG;
		if (init->flags & KEY_INIT_TPM)
			result = begin_lasting(state);
	} else if ((init->flags & KEY_INIT_TPM) && !state->tpm_index) {
		return CKR_ARGUMENTS_BAD; /* its old states have no proof */
	}
	if (result)
		return result;
	state->flags = init->flags & ~KEY_INIT_TPM;
	memcpy(state->label, init->label, sizeof(state->label));
	state->so = *so;
	memset(&state->user, 0, sizeof(state->user));
	memset(state->target, 0, sizeof(state->target));
	if (psa_generate_random(state->key, sizeof(state->key)))
		return CKR_RANDOM_NO_RNG;
	result = keypair_generate(state->audit_private, state->audit_public);
	if (!result)
		result = keypair_generate(state->backup_private,
					  state->backup_public);
	return result;
}

uint32_t serve_init_token(struct serve *serve)
{
	struct pin pin = pin_of(serve, KEY_ITEM_PIN);
	struct state_pin so = {0};
	struct change change;
	struct key_init init;
	struct state head;
	uint32_t result;

	if (!items_copy(serve->items, KEY_ITEM_INIT, &init, sizeof(init)) ||
	    init.rounds < KEY_ROUNDS_MIN || init.rounds > KEY_ROUNDS_MAX ||
	    (init.flags & ~(KEY_INIT_NO_LOGIN | KEY_INIT_TPM)))
		return CKR_ARGUMENTS_BAD;
	result = store_check();
	if (result == KEY_R_NOT_LOADED) {
		result = CKR_OK;
	} else if (!result) {
		result = store_state(&head);
		if (!result)
			result = auth_try(&head, CKU_SO, pin);
		if (!result)
			result = auth_unlock_user(&head);
		explicit_bzero(&head, STATE_HEAD_SIZE);
	}
	if (!result)
		result = auth_set_pin(&so, init.rounds, pin);
	if (!result)
		result = store_change_begin_new(&change, serve->epoch);
	if (result)
		return result;
	result = fill(change.next, &init, &so);
	explicit_bzero(&so, sizeof(so));
	if (result) {
		store_change_cancel(&change);
		return result;
	}
	return end(serve, &change);
}

uint32_t serve_login(struct serve *serve)
{
	uint64_t user = serve->request->argument;
	enum login wanted = user == CKU_SO ? LOGIN_SO : LOGIN_USER;
	enum login login = store_login();
	struct state head;
	uint32_t result;

	if (user != CKU_SO && user != CKU_USER)
		return CKR_USER_TYPE_INVALID;
	if (login != LOGIN_NOBODY)
		return login == wanted ? CKR_USER_ALREADY_LOGGED_IN :
					 CKR_USER_ANOTHER_ALREADY_LOGGED_IN;
	result = store_state(&head);
	if (!result)
		result = auth_try(&head, user, pin_of(serve, KEY_ITEM_PIN));
	if (!result)
		result = store_set_login(wanted, serve->epoch);
	if (result == CKR_PIN_INCORRECT ||
	    (!result && (user == CKU_SO ? head.so_failures :
					  head.user_failures)))
		serve->flags |= KEY_REPLY_UNSAVED;
	explicit_bzero(&head, STATE_HEAD_SIZE);
	return result;
}

uint32_t serve_logout(struct serve *serve)
{
	(void)serve;
	if (store_login() == LOGIN_NOBODY)
		return CKR_USER_NOT_LOGGED_IN;
	store_logout();
	operations_end_private();
	return CKR_OK;
}

/* Hash the new PIN, which takes its time, then change it in the state. */
static uint32_t set_pin(struct serve *serve, bool is_so, uint32_t rounds)
{
	struct state_pin new = {0};
	struct change change;
	uint32_t result =
		auth_set_pin(&new, rounds, pin_of(serve, KEY_ITEM_NEW_PIN));

	if (!result)
		result = store_change_begin(&change, serve->epoch);
	if (result)
		return result;
	*(is_so ? &change.next->so : &change.next->user) = new;
	explicit_bzero(&new, sizeof(new));
	return end(serve, &change);
}

uint32_t serve_init_pin(struct serve *serve)
{
	struct state head;
	uint32_t result, rounds;

	if (store_login() != LOGIN_SO)
		return CKR_USER_NOT_LOGGED_IN;
	result = store_state(&head);
	if (!result)
		result = auth_unlock_user(&head);
	rounds = head.so.rounds;
	explicit_bzero(&head, STATE_HEAD_SIZE);
	return result ? result : set_pin(serve, false, rounds);
}

uint32_t serve_set_pin(struct serve *serve)
{
	bool is_so = store_login() == LOGIN_SO;
	struct state head;
	uint32_t result = store_state(&head), rounds;

	if (!result)
		result = auth_try(&head, is_so ? CKU_SO : CKU_USER,
				  pin_of(serve, KEY_ITEM_PIN));
	rounds = head.so.rounds;
	explicit_bzero(&head, STATE_HEAD_SIZE);
	if (result == CKR_PIN_INCORRECT)
		serve->flags |= KEY_REPLY_UNSAVED;
	return result ? result : set_pin(serve, is_so, rounds);
}
