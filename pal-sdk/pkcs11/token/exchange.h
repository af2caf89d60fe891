/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A conversation with the key PAL: one call of several requests, and its
 * replies.  Takes care of what callers need not know: a state that others have
 * changed is loaded and the call repeated; records of uses go to the audit
 * file; changes are written down and committed.
 */
#ifndef TOKEN_EXCHANGE_H
#define TOKEN_EXCHANGE_H

#include "instance.h"
#include "pkcs11/key/items.h"

struct exchange {
	struct token *token;
	struct writer request; /* headers and items */
	size_t last; /* where the latest request begins */
	uint8_t *reply;
	size_t reply_size;
	struct key_reply head; /* of the latest reply taken */
	struct items items; /* its items */
	size_t next; /* where the next reply begins */
};

/*
 * A request with what most of them bring: what is 0 or NULL is left out.  Its
 * items follow each other as here.
 */
struct exchange_request {
	uint32_t operation; /* KEY_OP_* */
	uint64_t session, object, argument;
	const CK_MECHANISM *mechanism;
	struct item item;
	const CK_ATTRIBUTE *template;
	CK_ULONG count; /* of the template */
};

/* Begin a conversation; exchange_end() must follow.  CKR_HOST_MEMORY. */
CK_RV exchange_begin(struct exchange *exchange, struct token *token);
void exchange_end(struct exchange *exchange); /* wipes */

/*
 * The same with a first request; an error of exchange_add_whole(), too, leaves
 * nothing to end.
 */
CK_RV exchange_begin_with(struct exchange *exchange, struct token *token,
			  const struct exchange_request *request);

/* One more request; its fields may be set until the next. */
struct key_request *exchange_add(struct exchange *exchange,
				 uint32_t operation);

/*
 * One more request and its items.  Returns what exchange_mechanism() and
 * exchange_template() do.
 */
CK_RV exchange_add_whole(struct exchange *exchange,
			 const struct exchange_request *whole);

/* Items of the latest request. */
void exchange_item(struct exchange *exchange, uint32_t type, const void *bytes,
		   size_t size);
/* CKR_ATTRIBUTE_TYPE_INVALID, CKR_ATTRIBUTE_VALUE_INVALID. */
CK_RV exchange_template(struct exchange *exchange, const CK_ATTRIBUTE *template,
			CK_ULONG count);
CK_RV exchange_mechanism(struct exchange *exchange,
			 const CK_MECHANISM *mechanism);

/* The latest request's items. */
struct items exchange_items(const struct exchange *exchange);

/*
 * Call, and take the first reply.  Returns its result (head.result), after
 * loading a newer state if need be.  CKR_DATA_LEN_RANGE: the requests do not
 * fit in a call.
 */
CK_RV exchange_call(struct exchange *exchange);

/* The same for a request that changes the token: write down and commit. */
CK_RV exchange_change(struct exchange *exchange);

/* Take the next reply; false if there is none. */
bool exchange_next(struct exchange *exchange);

/* Call without any of that: for loading itself. */
CK_RV exchange_raw(struct exchange *exchange);

/* Copy the reply's OUTPUT.  CKR_BUFFER_TOO_SMALL. */
CK_RV exchange_output(const struct exchange *exchange, void *out,
		      size_t *out_size);

/*
 * All of that for one request: begin with it, call (or change), perhaps copy
 * the OUTPUT, end.
 */
CK_RV exchange_do_call(struct token *token,
		       const struct exchange_request *request);
CK_RV exchange_do_change(struct token *token,
			 const struct exchange_request *request);
CK_RV exchange_do_output(struct token *token,
			 const struct exchange_request *request, void *out,
			 size_t *out_size);

#endif /* TOKEN_EXCHANGE_H */
