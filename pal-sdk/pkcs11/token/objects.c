/* SPDX-License-Identifier: BSD-2-Clause */
/* Objects: found, read, made, changed, destroyed. */
#include <string.h>
#include "exchange.h"
#include "failure.h"

CK_RV exchange_template(struct exchange *exchange, const CK_ATTRIBUTE *template,
			CK_ULONG count)
{
	for (CK_ULONG i = 0; i < count; i++) {
		const CK_ATTRIBUTE *one = &template[i];

		if (one->type >= 0xff000000u)
			return failure(CKR_ATTRIBUTE_TYPE_INVALID,
				       "there is no attribute 0x%lx",
				       one->type);
		if ((one->ulValueLen && !one->pValue) ||
		    one->ulValueLen > KEY_OBJECT_SIZE)
			return failure(CKR_ATTRIBUTE_VALUE_INVALID,
				       "attribute 0x%lx has no value, or too "
				       "large a one",
				       one->type);
		exchange_item(exchange, (uint32_t)one->type, one->pValue,
			      one->ulValueLen);
	}
	return CKR_OK;
}

CK_RV token_find(struct token *token, const CK_ATTRIBUTE *template,
		 CK_ULONG count, CK_OBJECT_HANDLE *handles, size_t capacity,
		 size_t *found)
{
	const struct exchange_request request = {
		.operation = KEY_OP_FIND,
		.template = template,
		.count = count,
	};
	struct exchange exchange;
	struct item item = {0};
	CK_RV rv = exchange_begin_with(&exchange, token, &request);
	size_t size;

	/* An attribute that does not exist matches nothing. */
	if (rv == CKR_ATTRIBUTE_TYPE_INVALID) {
		*found = 0;
		return CKR_OK;
	}
	if (rv)
		return rv;
	rv = exchange_call(&exchange);
	if (!rv) {
		items_find(exchange.items, KEY_ITEM_HANDLES, &item);
		*found = item.size / sizeof(*handles);
		size = *found < capacity ? item.size :
					   capacity * sizeof(*handles);
		if (size)
			memcpy(handles, item.bytes, size);
	}
	exchange_end(&exchange);
	return rv;
}

/* One attribute's answer, by C_GetAttributeValue's rules. */
static CK_RV answer(CK_ATTRIBUTE *attribute, struct item item)
{
	CK_RV rv = CKR_OK;

	if (!item.bytes) {
		attribute->ulValueLen = CK_UNAVAILABLE_INFORMATION;
		return CKR_OK; /* the PAL's result says why */
	}
	if (attribute->pValue && attribute->ulValueLen < item.size) {
		attribute->ulValueLen = CK_UNAVAILABLE_INFORMATION;
		return failure(CKR_BUFFER_TOO_SMALL,
			       "attribute 0x%lx has %zu bytes",
			       attribute->type, item.size);
	}
	if (attribute->pValue && item.size)
		memcpy(attribute->pValue, item.bytes, item.size);
	attribute->ulValueLen = item.size;
	return rv;
}

static CK_RV get(struct token *token, CK_OBJECT_HANDLE object,
		 CK_ATTRIBUTE *attributes, CK_ULONG count)
{
	struct exchange exchange;
	struct item item;
	CK_RV rv = exchange_begin(&exchange, token), one;

	if (rv)
		return rv;
	exchange_add(&exchange, KEY_OP_GET)->object = object;
	/* A type that no number of ours can have is unknown to the PAL, too. */
	for (CK_ULONG i = 0; i < count; i++)
		exchange_item(&exchange,
			      attributes[i].type < 0xff000000u ?
				      (uint32_t)attributes[i].type :
				      0xfeffffffu,
			      NULL, 0);
	rv = exchange_call(&exchange);
	if (!rv || rv == CKR_ATTRIBUTE_SENSITIVE ||
	    rv == CKR_ATTRIBUTE_TYPE_INVALID) {
		for (CK_ULONG i = 0; i < count; i++) {
			if (!items_next(&exchange.items, &item))
				break;
			one = answer(&attributes[i], item);
			rv = rv ? rv : one;
		}
	}
	exchange_end(&exchange);
	return rv;
}

CK_RV token_get_attributes(struct token *token, CK_OBJECT_HANDLE object,
			   CK_ATTRIBUTE *attributes, CK_ULONG count)
{
	return get(token, object, attributes, count);
}

/* A change of this object; what was remembered of it is no longer true. */
static CK_RV change(struct token *token, const struct exchange_request *request)
{
	CK_RV rv = exchange_do_change(token, request);

	instance_forget(token, request->object);
	return rv;
}

CK_RV token_set_attributes(struct token *token, CK_OBJECT_HANDLE object,
			   const CK_ATTRIBUTE *template, CK_ULONG count)
{
	const struct exchange_request request = {
		.operation = KEY_OP_SET,
		.object = object,
		.template = template,
		.count = count,
	};

	return change(token, &request);
}

CK_RV token_destroy_object(struct token *token, CK_OBJECT_HANDLE object)
{
	const struct exchange_request request = {
		.operation = KEY_OP_DESTROY,
		.object = object,
	};

	return change(token, &request);
}

CK_RV token_end_session(struct token *token, uint64_t session)
{
	const struct exchange_request request = {
		.operation = KEY_OP_END_SESSION,
		.session = session,
	};

	return exchange_do_call(token, &request);
}

/* ---- New objects --------------------------------------------------------- */

static void drop(struct token *token, uint64_t draft)
{
	struct exchange exchange;

	if (!draft || exchange_begin(&exchange, token))
		return;
	exchange_add(&exchange, KEY_OP_DESTROY)->object = draft;
	exchange_raw(&exchange);
	exchange_end(&exchange);
	instance_forget(token, draft);
}

/* Drafts to stored objects; their handles change. */
static CK_RV store(struct token *token, uint64_t handles[2])
{
	struct exchange exchange;
	CK_RV rv = exchange_begin(&exchange, token);

	if (rv)
		return rv;
	exchange_add(&exchange, KEY_OP_STORE);
	exchange_item(&exchange, KEY_ITEM_HANDLES, handles,
		      handles[1] ? 16 : 8);
	rv = exchange_change(&exchange);
	if (rv) {
		drop(token, handles[0]);
		drop(token, handles[1]);
	} else {
		instance_forget(token, handles[0]);
		instance_forget(token, handles[1]);
		handles[0] = exchange.head.value;
		handles[1] = exchange.head.second;
	}
	exchange_end(&exchange);
	return rv;
}

/*
 * Send a request that makes one object, or two: a draft of a pair may be only
 * one half, then each is stored or kept by itself.
 */
static CK_RV make(struct exchange *exchange, uint64_t handles[2])
{
	struct key_summary summary;
	uint64_t draft[2] = {0};
	CK_RV rv = exchange_call(exchange);
	int count;

	if (rv)
		return rv;
	handles[0] = exchange->head.value;
	handles[1] = exchange->head.second;
	if (!(exchange->head.flags & KEY_REPLY_DRAFT))
		return CKR_OK;
	count = handles[1] ? 2 : 1;
	for (int i = 0; !rv && i < count; i++) {
		rv = token_summary(exchange->token, handles[i], &summary);
		if (!rv && summary.is_token)
			draft[i] = handles[i];
	}
	if (rv)
		return rv;
	if (draft[0] && draft[1])
		return store(exchange->token, handles);
	if (draft[1]) { /* only the second */
		rv = store(exchange->token, (uint64_t[2]){draft[1], 0});
		return rv;
	}
	draft[1] = 0;
	rv = store(exchange->token, draft);
	handles[0] = draft[0];
	return rv;
}

/* The request makes one object. */
static CK_RV make_one(struct token *token,
		      const struct exchange_request *request,
		      CK_OBJECT_HANDLE *object)
{
	uint64_t handles[2] = {0};
	struct exchange exchange;
	CK_RV rv = exchange_begin_with(&exchange, token, request);

	if (rv)
		return rv;
	rv = make(&exchange, handles);
	if (!rv)
		*object = handles[0];
	exchange_end(&exchange);
	return rv;
}

CK_RV token_create_object(struct token *token, uint64_t session,
			  const CK_ATTRIBUTE *template, CK_ULONG count,
			  CK_OBJECT_HANDLE *object)
{
	const struct exchange_request request = {
		.operation = KEY_OP_CREATE,
		.session = session,
		.template = template,
		.count = count,
	};

	return make_one(token, &request, object);
}

CK_RV token_copy_object(struct token *token, uint64_t session,
			CK_OBJECT_HANDLE from, const CK_ATTRIBUTE *template,
			CK_ULONG count, CK_OBJECT_HANDLE *object)
{
	const struct exchange_request request = {
		.operation = KEY_OP_COPY,
		.session = session,
		.object = from,
		.template = template,
		.count = count,
	};

	return make_one(token, &request, object);
}

CK_RV token_restore(struct token *token, const void *backup, size_t size,
		    CK_OBJECT_HANDLE *object)
{
	const struct exchange_request request = {
		.operation = KEY_OP_RESTORE,
		.item = {KEY_ITEM_BACKUP, size, backup},
	};

	return make_one(token, &request, object);
}

/* ---- Keys ---------------------------------------------------------------- */

CK_RV token_generate_key(struct token *token, uint64_t session,
			 const CK_MECHANISM *mechanism,
			 const CK_ATTRIBUTE *template, CK_ULONG count,
			 CK_OBJECT_HANDLE *key)
{
	const struct exchange_request request = {
		.operation = KEY_OP_GENERATE,
		.session = session,
		.mechanism = mechanism,
		.template = template,
		.count = count,
	};

	return make_one(token, &request, key);
}

CK_RV token_generate_pair(struct token *token, uint64_t session,
			  const CK_MECHANISM *mechanism,
			  const CK_ATTRIBUTE *public_template,
			  CK_ULONG public_count,
			  const CK_ATTRIBUTE *private_template,
			  CK_ULONG private_count, CK_OBJECT_HANDLE *public_key,
			  CK_OBJECT_HANDLE *private_key)
{
	const struct exchange_request request = {
		.operation = KEY_OP_GENERATE_PAIR,
		.session = session,
		.mechanism = mechanism,
		.template = public_template,
		.count = public_count,
	};
	uint64_t handles[2] = {0};
	struct exchange exchange;
	CK_RV rv = exchange_begin_with(&exchange, token, &request);

	if (rv)
		return rv;
	exchange_item(&exchange, KEY_ITEM_PRIVATE, NULL, 0);
	rv = exchange_template(&exchange, private_template, private_count);
	if (!rv)
		rv = make(&exchange, handles);
	if (!rv) {
		*public_key = handles[0];
		*private_key = handles[1];
	}
	exchange_end(&exchange);
	return rv;
}

CK_RV token_derive(struct token *token, uint64_t session,
		   const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE base,
		   const CK_ATTRIBUTE *template, CK_ULONG count,
		   CK_OBJECT_HANDLE *key)
{
	const struct exchange_request request = {
		.operation = KEY_OP_DERIVE,
		.session = session,
		.object = base,
		.mechanism = mechanism,
		.template = template,
		.count = count,
	};

	return make_one(token, &request, key);
}

CK_RV token_unwrap(struct token *token, uint64_t session,
		   const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE unwrapping,
		   const void *wrapped, size_t size,
		   const CK_ATTRIBUTE *template, CK_ULONG count,
		   CK_OBJECT_HANDLE *key)
{
	const struct exchange_request request = {
		.operation = KEY_OP_UNWRAP,
		.session = session,
		.object = unwrapping,
		.mechanism = mechanism,
		.item = {KEY_ITEM_DATA, size, wrapped},
		.template = template,
		.count = count,
	};

	return make_one(token, &request, key);
}

CK_RV token_wrap(struct token *token, const CK_MECHANISM *mechanism,
		 CK_OBJECT_HANDLE wrapping, CK_OBJECT_HANDLE key, void *out,
		 size_t *out_size)
{
	const struct exchange_request request = {
		.operation = KEY_OP_WRAP,
		.object = wrapping,
		.argument = key,
		.mechanism = mechanism,
	};
	struct exchange exchange;
	size_t room = out ? *out_size : 0;
	CK_RV rv = exchange_begin_with(&exchange, token, &request);

	if (rv)
		return rv;
	rv = exchange_call(&exchange);
	if (!rv) {
		rv = exchange_output(&exchange, out, &room);
		*out_size = room;
		if (!out && rv == CKR_BUFFER_TOO_SMALL)
			rv = CKR_OK;
	}
	exchange_end(&exchange);
	return rv;
}
