/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys from keys: derived, wrapped, unwrapped. */
#include <string.h>
#include "cryptoki.h"
#include "ec.h"
#include "material.h"
#include "secret.h"
#include "serve.h"
#include "store.h"
#include "template.h"
#include "use.h"

/*
 * Read the mechanism, find the key, and use it once for this purpose.  *key is
 * a reference on success.
 */
static uint32_t use_key(struct serve *serve, uint32_t purpose,
			struct recipe *recipe, struct object **key)
{
	struct use use = {.purpose = purpose, .time = serve->request->time,
			  .epoch = serve->epoch};
	uint32_t result = mechanism_read(serve->items, purpose, recipe);

	if (!result)
		result = store_get(serve->request->object, key);
	if (result)
		return result == CKR_OBJECT_HANDLE_INVALID ?
			       CKR_KEY_HANDLE_INVALID :
			       result;
	use.mechanism = recipe->mechanism->type;
	if (!mechanism_fits(recipe->mechanism, purpose, (*key)->summary.class,
			    (*key)->summary.key_type))
		result = CKR_KEY_TYPE_INCONSISTENT;
	if (!result)
		result = use_judge(*key, &use);
	if (!result)
		result = serve_spend(serve, *key, &use);
	if (result)
		object_drop(*key);
	return result;
}

static void read_kind(struct making *making)
{
	making->class = CKO_SECRET_KEY;
	making->key_type = CKK_GENERIC_SECRET;
	items_copy(making->template, CKA_CLASS, &making->class, 8);
	items_copy(making->template, CKA_KEY_TYPE, &making->key_type, 8);
}

static uint32_t derive(const struct making *making, const struct recipe *recipe,
		       struct writer *to)
{
	uint8_t shared[CURVE_NUMBER_MAX];
	struct bytes secret = {shared, 0};
	uint32_t result =
		ec_agree(making->base, recipe->peer, shared, &secret.size);

	if (!result)
		result = secret_derive(making->key_type, making->template,
				       recipe, secret, to);
	explicit_bzero(shared, sizeof(shared));
	return result;
}

static uint32_t decrypt(const struct object *key, const struct recipe *recipe,
			struct bytes in, uint8_t *out, size_t capacity,
			size_t *size)
{
	if (key->summary.class == CKO_PRIVATE_KEY)
		return rsa_decrypt(key, recipe, in, out, size);
	return secret_at_once(key, KEY_USE_UNWRAP, recipe, in, out, capacity,
			      size);
}

static uint32_t unwrap(const struct serve *serve, const struct making *making,
		       const struct recipe *recipe, struct writer *to)
{
	uint8_t plain[RSA_DER_MAX + 256];
	struct item item = serve_item(serve, KEY_ITEM_DATA);
	struct bytes in = {item.bytes, item.size}, out = {plain, 0};
	uint32_t result = CKR_WRAPPED_KEY_INVALID;

	if (in.size <= sizeof(plain) &&
	    !decrypt(making->base, recipe, in, plain, sizeof(plain),
		     &out.size))
		result = material_unwrap(making->class, making->key_type, out,
					 to);
	explicit_bzero(plain, sizeof(plain));
	return result;
}

/* A new key, derived from another or unwrapped with it. */
static uint32_t make_by_key(struct serve *serve, uint32_t purpose,
			    struct making *making)
{
	struct writer attributes;
	struct recipe recipe;
	struct object *key;
	uint32_t result = use_key(serve, purpose, &recipe, &key);

	if (result)
		return result;
	making->base = key;
	result = CKR_DEVICE_MEMORY;
	if (serve_writer(&attributes))
		result = template_apply(making, &attributes);
	if (!result)
		result = purpose == KEY_USE_DERIVE ?
				 derive(making, &recipe, &attributes) :
				 unwrap(serve, making, &recipe, &attributes);
	if (!result)
		result = serve_add_object(serve, &attributes, &serve->value);
	serve_free(&attributes);
	object_drop(key);
	return result;
}

uint32_t serve_derive(struct serve *serve)
{
	struct items rest = serve->items;
	struct making making = {.origin = DERIVED,
				.template = serve_template(&rest)};

	read_kind(&making);
	if (making.class != CKO_SECRET_KEY ||
	    items_count(making.template, CKA_VALUE))
		return CKR_TEMPLATE_INCONSISTENT;
	return make_by_key(serve, KEY_USE_DERIVE, &making);
}

uint32_t serve_unwrap(struct serve *serve)
{
	struct items rest = serve->items;
	struct making making = {.origin = UNWRAPPED,
				.template = serve_template(&rest)};

	read_kind(&making);
	if (items_count(making.template, CKA_VALUE))
		return CKR_TEMPLATE_INCONSISTENT;
	return make_by_key(serve, KEY_USE_UNWRAP, &making);
}

static uint32_t encrypt(struct serve *serve, const struct object *wrapping,
			const struct recipe *recipe, const struct object *key)
{
	struct item value = object_bytes(key, CKA_VALUE);
	struct bytes in = {value.bytes, value.size};
	size_t capacity = value.size + RSA_SIZE_MAX, size = 0;
	uint8_t *out =
		writer_begin(&serve->to, KEY_ITEM_OUTPUT, capacity);
	uint32_t result;

	if (!out)
		return CKR_BUFFER_TOO_SMALL;
	result = wrapping->summary.class == CKO_PUBLIC_KEY ?
			 rsa_encrypt(wrapping, recipe, in, out, &size) :
			 secret_at_once(wrapping, KEY_USE_WRAP, recipe, in, out,
					capacity, &size);
	writer_end(&serve->to, result ? 0 : size);
	return result == CKR_DATA_LEN_RANGE ? CKR_KEY_SIZE_RANGE : result;
}

uint32_t serve_wrap(struct serve *serve)
{
	struct object *wrapping, *key;
	struct recipe recipe;
	uint32_t result = store_get(serve->request->argument, &key);

	if (result)
		return CKR_KEY_HANDLE_INVALID;
	/* Private keys are never extractable. */
	if (!object_bool(key, CKA_EXTRACTABLE))
		result = CKR_KEY_UNEXTRACTABLE;
	else if (key->summary.class != CKO_SECRET_KEY ||
		 object_bool(key, CKA_WRAP_WITH_TRUSTED))
		result = CKR_KEY_NOT_WRAPPABLE;
	if (!result)
		result = use_key(serve, KEY_USE_WRAP, &recipe, &wrapping);
	if (!result) {
		result = encrypt(serve, wrapping, &recipe, key);
		object_drop(wrapping);
	}
	object_drop(key);
	return result;
}
