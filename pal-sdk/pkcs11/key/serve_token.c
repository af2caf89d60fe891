/* SPDX-License-Identifier: BSD-2-Clause */
/* Loading and saving the token, and telling about it. */
#include <psa/crypto.h>
#include <string.h>
#include "auth.h"
#include "cryptoki.h"
#include "keypair.h"
#include "operations.h"
#include "serve.h"
#include "store.h"
#include "use.h"

uint32_t serve_load(struct serve *serve)
{
	return store_load(serve_item(serve, KEY_ITEM_TOKEN), &serve->to,
			  &serve->value, &serve->second);
}

uint32_t serve_load_object(struct serve *serve)
{
	return store_load_object(serve_item(serve, KEY_ITEM_OBJECT));
}

/* Who was logged in may have been logged out with what is loaded now. */
static uint32_t end_operations(enum login before, uint32_t result)
{
	if (before != LOGIN_NOBODY && store_login() == LOGIN_NOBODY)
		operations_end_private();
	return result;
}

uint32_t serve_load_end(struct serve *serve)
{
	enum login before = store_login();

	(void)serve;
	return end_operations(before, store_load_end());
}

uint32_t serve_forget(struct serve *serve)
{
	(void)serve;
	store_forget();
	operations_end_private();
	return CKR_OK;
}

uint32_t serve_commit(struct serve *serve)
{
	enum login before = store_login();

	(void)serve;
	return end_operations(before, store_commit());
}

uint32_t serve_save(struct serve *serve)
{
	struct change change;
	uint32_t result = store_change_begin(&change, serve->epoch);

	if (result)
		return result;
	result = use_save(change.next);
	if (result) {
		store_change_cancel(&change);
		return result;
	}
	result = store_change_end(&change, &serve->to);
	if (!result)
		serve->flags |= KEY_REPLY_PENDING;
	return result;
}

static uint32_t attempts_left(uint32_t failures)
{
	return failures < KEY_PIN_ATTEMPTS ? KEY_PIN_ATTEMPTS - failures : 0;
}

/* CKF_*_COUNT_LOW and so on: the user's lowest bit, or the SO's. */
static uint32_t attempt_flags(uint32_t failures, uint32_t low)
{
	uint32_t left = attempts_left(failures);

	if (!left)
		return low << 2;
	if (left == 1)
		return low << 1 | low;
	return failures ? low : 0;
}

static void fill_info(const struct state *state,
		      const struct state_attempts *attempts,
		      struct key_token_info *info)
{
	info->flags |= CKF_TOKEN_INITIALIZED;
	if (!(state->flags & KEY_INIT_NO_LOGIN))
		info->flags |= CKF_LOGIN_REQUIRED;
	if (state->user.is_set)
		info->flags |= CKF_USER_PIN_INITIALIZED;
	info->flags |=
		attempt_flags(attempts->user_failures, CKF_USER_PIN_COUNT_LOW) |
		attempt_flags(attempts->so_failures, CKF_SO_PIN_COUNT_LOW);
	memcpy(info->label, state->label, sizeof(info->label));
	memcpy(info->serial, state->serial, sizeof(info->serial));
	info->version = state->version;
	info->object_count = (uint32_t)store_object_count();
	info->user_attempts = attempts_left(attempts->user_failures);
	info->so_attempts = attempts_left(attempts->so_failures);
	info->rounds = state->so.rounds;
	info->missing_count = (uint32_t)store_missing_count();
	info->login = store_login();
	memcpy(info->audit_key, state->audit_public, sizeof(info->audit_key));
	memcpy(info->backup_key, state->backup_public,
	       sizeof(info->backup_key));
	memcpy(info->target, state->target, sizeof(info->target));
}

uint32_t serve_info(struct serve *serve)
{
	struct key_token_info info = {.flags = CKF_RNG};
	struct state_attempts attempts;
	struct vault_register version;
	struct state head;
	uint64_t value;
	uint8_t id[16];
	uint32_t result = store_state(&head);

	if (!result) {
		result = state_register_id(&head, REGISTER_VERSION, 0, id);
		if (!result)
			result = vault_read(id, &version);
		if (!result && version.value != head.version)
			result = KEY_R_STALE;
		if (!result)
			result = auth_failures(&head, &attempts, &value);
		if (!result) {
			fill_info(&head, &attempts, &info);
			info.strength = head.tpm_index ? KEY_STRENGTH_TPM :
							 version.strength;
		}
	} else if (result == KEY_R_NOT_LOADED) {
		result = CKR_OK;
	}
	explicit_bzero(&head, STATE_HEAD_SIZE);
	writer_add(&serve->to, KEY_ITEM_INFO, &info, sizeof(info));
	return result;
}

uint32_t serve_audit_head(struct serve *serve)
{
	struct key_audit_head head = {.magic = "PALAUDIT"};
	struct vault_register chain;
	struct state state;
	uint8_t id[16];
	uint32_t result = store_state(&state);

	if (!result && !items_copy(serve->items, KEY_ITEM_DATA, head.nonce,
				   sizeof(head.nonce)))
		result = CKR_ARGUMENTS_BAD;
	if (!result)
		result = state_register_id(&state, REGISTER_AUDIT, 0, id);
	if (!result)
		result = vault_read(id, &chain);
	if (!result) {
		memcpy(head.serial, state.serial, sizeof(head.serial));
		head.sequence = chain.value;
		memcpy(head.hash, chain.tag, sizeof(head.hash));
		result = keypair_sign(state.audit_private, &head,
				      sizeof(head) - sizeof(head.signature),
				      head.signature);
	}
	explicit_bzero(&state, STATE_HEAD_SIZE);
	writer_add(&serve->to, KEY_ITEM_HEAD, &head, sizeof(head));
	return result;
}
