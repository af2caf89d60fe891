/* SPDX-License-Identifier: BSD-2-Clause */
/* The token as a whole: who it is, its PINs, its chain, its backups. */
#include <string.h>
#include "exchange.h"
#include "failure.h"

CK_RV token_info(struct token *token, struct key_token_info *info)
{
	struct exchange exchange;
	CK_RV rv = exchange_begin(&exchange, token);

	if (rv)
		return rv;
	exchange_add(&exchange, KEY_OP_INFO);
	rv = exchange_call(&exchange);
	if (!rv && !items_copy(exchange.items, KEY_ITEM_INFO, info,
			       sizeof(*info)))
		rv = failure_of_key(KEY_R_BAD_REQUEST);
	/* A token that somebody else has begun meanwhile. */
	if (!rv && !info->version && !instance_load(token)) {
		rv = exchange_call(&exchange);
		if (!rv)
			items_copy(exchange.items, KEY_ITEM_INFO, info,
				   sizeof(*info));
	}
	exchange_end(&exchange);
	return rv;
}

CK_RV token_init(struct token *token, const void *so_pin, size_t pin_size,
		 const uint8_t label[32], uint32_t rounds, uint32_t flags)
{
	struct key_init init = {
		.rounds = rounds ? rounds : KEY_ROUNDS_DEFAULT,
		.flags = flags,
	};
	struct exchange exchange;
	CK_RV rv = exchange_begin(&exchange, token);

	if (rv)
		return rv;
	memcpy(init.label, label, sizeof(init.label));
	exchange_add(&exchange, KEY_OP_INIT_TOKEN);
	exchange_item(&exchange, KEY_ITEM_PIN, so_pin, pin_size);
	exchange_item(&exchange, KEY_ITEM_INIT, &init, sizeof(init));
	rv = exchange_change(&exchange);
	exchange_end(&exchange);
	instance_forget_all(token);
	return rv;
}

/* Say what a PIN's failure means. */
static CK_RV explain(CK_RV rv)
{
	switch (rv) {
	case CKR_PIN_INCORRECT:
		return failure(rv, "the PIN is wrong");
	case CKR_PIN_LOCKED:
		return failure(rv, "the PIN is locked after %d wrong ones in "
				   "a row; the SO can set a new user's PIN",
			       KEY_PIN_ATTEMPTS);
	case CKR_PIN_LEN_RANGE:
		return failure(rv, "a PIN has %d to %d characters", KEY_PIN_MIN,
			       KEY_PIN_MAX);
	case CKR_USER_PIN_NOT_INITIALIZED:
		return failure(rv, "the user has no PIN yet; the SO sets it");
	case CKR_USER_NOT_LOGGED_IN:
		return failure(rv, "log in first");
	default:
		return rv;
	}
}

CK_RV token_login(struct token *token, CK_USER_TYPE user, const void *pin,
		  size_t pin_size)
{
	const struct exchange_request request = {
		.operation = KEY_OP_LOGIN,
		.argument = user,
		.item = {KEY_ITEM_PIN, pin_size, pin},
	};

	return explain(exchange_do_call(token, &request));
}

CK_RV token_logout(struct token *token)
{
	const struct exchange_request request = {.operation = KEY_OP_LOGOUT};
	CK_RV rv = explain(exchange_do_call(token, &request));

	instance_forget_all(token);
	return rv;
}

static CK_RV set_pin(struct token *token, uint32_t operation,
		     const void *old_pin, size_t old_size, const void *new_pin,
		     size_t new_size)
{
	struct exchange exchange;
	CK_RV rv = exchange_begin(&exchange, token);

	if (rv)
		return rv;
	exchange_add(&exchange, operation);
	if (operation == KEY_OP_SET_PIN)
		exchange_item(&exchange, KEY_ITEM_PIN, old_pin, old_size);
	exchange_item(&exchange, KEY_ITEM_NEW_PIN, new_pin, new_size);
	rv = explain(exchange_change(&exchange));
	exchange_end(&exchange);
	return rv;
}

CK_RV token_init_pin(struct token *token, const void *pin, size_t pin_size)
{
	return set_pin(token, KEY_OP_INIT_PIN, NULL, 0, pin, pin_size);
}

CK_RV token_set_pin(struct token *token, const void *old_pin, size_t old_size,
		    const void *new_pin, size_t new_size)
{
	return set_pin(token, KEY_OP_SET_PIN, old_pin, old_size, new_pin,
		       new_size);
}

CK_RV token_random(struct token *token, void *out, size_t size)
{
	uint8_t *to = out;
	CK_RV rv = CKR_OK;

	while (!rv && size) {
		size_t part = size < KEY_DATA_SIZE ? size : KEY_DATA_SIZE;
		const struct exchange_request request = {
			.operation = KEY_OP_RANDOM,
			.argument = part,
		};

		rv = exchange_do_output(token, &request, to, &part);
		to += part;
		size -= part;
	}
	return rv;
}

CK_RV token_audit_head(struct token *token, const uint8_t nonce[32],
		       struct key_audit_head *head)
{
	struct exchange exchange;
	CK_RV rv = exchange_begin(&exchange, token);

	if (rv)
		return rv;
	exchange_add(&exchange, KEY_OP_AUDIT_HEAD);
	exchange_item(&exchange, KEY_ITEM_DATA, nonce, 32);
	rv = exchange_call(&exchange);
	if (!rv && !items_copy(exchange.items, KEY_ITEM_HEAD, head,
			       sizeof(*head)))
		rv = failure_of_key(KEY_R_BAD_REQUEST);
	exchange_end(&exchange);
	return rv;
}

CK_RV token_set_target(struct token *token, const uint8_t target[65])
{
	const struct exchange_request request = {
		.operation = KEY_OP_SET_TARGET,
		.item = {KEY_ITEM_TARGET, 65, target},
	};
	CK_RV rv = explain(exchange_do_change(token, &request));

	if (rv == CKR_ACTION_PROHIBITED)
		failure(rv, "the token has keys already: a backup target is "
			    "named before there are any");
	return rv;
}

CK_RV token_backup(struct token *token, CK_OBJECT_HANDLE object, void *out,
		   size_t *size)
{
	struct exchange exchange;
	struct item item = {0};
	CK_RV rv = exchange_begin(&exchange, token);

	if (rv)
		return rv;
	exchange_add(&exchange, KEY_OP_BACKUP)->object = object;
	rv = exchange_call(&exchange);
	if (!rv)
		items_find(exchange.items, KEY_ITEM_BACKUP, &item);
	if (!rv && item.size > *size)
		rv = failure(CKR_BUFFER_TOO_SMALL, "the backup has %zu bytes",
			     item.size);
	if (!rv) {
		memcpy(out, item.bytes, item.size);
		*size = item.size;
	}
	exchange_end(&exchange);
	return rv;
}
