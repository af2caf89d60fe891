/* SPDX-License-Identifier: BSD-2-Clause */
/* Using keys: sign, verify, encrypt, decrypt, digest; random bytes. */
#include <string.h>
#include "cryptoki.h"
#include "operations.h"
#include "serve.h"
#include "store.h"
#include "use.h"

static struct bytes bytes_of(const struct serve *serve, uint32_t type)
{
	struct item item = serve_item(serve, type);

	return (struct bytes){item.bytes, item.size};
}

static bool is_purpose(uint64_t purpose)
{
	return purpose == KEY_USE_SIGN || purpose == KEY_USE_VERIFY ||
	       purpose == KEY_USE_ENCRYPT || purpose == KEY_USE_DECRYPT ||
	       purpose == KEY_USE_DIGEST;
}

/* Find the key and judge whether it may be used so. */
static uint32_t find_key(const struct serve *serve, const struct recipe *recipe,
			 const struct use *use, struct object **key)
{
	uint32_t result;

	if (use->purpose == KEY_USE_DIGEST)
		return CKR_OK;
	result = store_get(serve->request->object, key);
	if (result)
		return CKR_KEY_HANDLE_INVALID;
	if (!mechanism_fits(recipe->mechanism, use->purpose,
			    (*key)->summary.class, (*key)->summary.key_type))
		return CKR_KEY_TYPE_INCONSISTENT;
	return use_judge(*key, use);
}

static uint32_t begin(struct serve *serve, struct operation *operation)
{
	struct use use = {.purpose = (uint32_t)serve->request->argument,
			  .time = serve->request->time,
			  .epoch = serve->epoch};
	struct object *key = NULL;
	struct recipe recipe;
	uint32_t result;

	if (!is_purpose(serve->request->argument))
		return CKR_ARGUMENTS_BAD;
	result = mechanism_read(serve->items, use.purpose, &recipe);
	if (result)
		return result;
	use.mechanism = recipe.mechanism->type;
	result = find_key(serve, &recipe, &use, &key);
	if (!result && key)
		result = serve_spend(serve, key, &use);
	if (!result)
		result = operation_begin(operation, use.purpose, &recipe, key);
	object_drop(key);
	return result;
}

/*
 * Put in data, and the end if `is_last`; what comes out is one item.  Output is
 * at most the input and what was gathered before, and a signature.
 */
static uint32_t put_in(struct serve *serve, struct operation *operation,
		       bool is_last)
{
	struct bytes in = bytes_of(serve, KEY_ITEM_DATA);
	struct bytes signature = bytes_of(serve, KEY_ITEM_SIGNATURE);
	size_t capacity = in.size + operation->gathered_size + 16 +
			  (is_last ? RSA_SIZE_MAX + 16 : 0);
	size_t first = 0, second = 0;
	uint8_t *out = writer_begin(&serve->to, KEY_ITEM_OUTPUT, capacity);
	uint32_t result = CKR_OK;

	if (!out)
		return CKR_BUFFER_TOO_SMALL;
	if (in.size)
		result = operation_update(operation, in, out, &first);
	if (!result && is_last)
		result = operation_finish(operation, signature, out + first,
					  capacity - first, &second);
	if (result) {
		explicit_bzero(out, capacity);
		first = second = 0;
	}
	writer_end(&serve->to, first + second);
	return result;
}

uint32_t serve_once(struct serve *serve)
{
	struct operation operation = {0};
	uint32_t result = begin(serve, &operation);

	if (!result)
		result = put_in(serve, &operation, true);
	operation_end(&operation);
	return result;
}

uint32_t serve_begin(struct serve *serve)
{
	struct operation *operation =
		operations_new(serve->request->session, &serve->value);
	uint32_t result;

	if (!operation)
		return CKR_DEVICE_MEMORY;
	result = begin(serve, operation);
	operations_leave(serve->value, result);
	return result;
}

static uint32_t go_on(struct serve *serve, bool is_last)
{
	struct operation *operation = operations_take(serve->request->object);
	uint32_t result;

	if (!operation)
		return CKR_OPERATION_NOT_INITIALIZED;
	result = put_in(serve, operation, is_last);
	operations_leave(serve->request->object, result || is_last);
	return result;
}

uint32_t serve_update(struct serve *serve)
{
	return go_on(serve, false);
}

uint32_t serve_finish(struct serve *serve)
{
	return go_on(serve, true);
}

uint32_t serve_cancel(struct serve *serve)
{
	if (operations_take(serve->request->object))
		operations_leave(serve->request->object, true);
	return CKR_OK;
}

static uint32_t digest_key(struct operation *operation,
			   const struct object *key)
{
	struct item value = object_bytes(key, CKA_VALUE);
	size_t size;

	if (operation->engine != ENGINE_HASH)
		return CKR_OPERATION_NOT_INITIALIZED;
	if (key->summary.class != CKO_SECRET_KEY ||
	    !object_may_tell(key, CKA_VALUE))
		return CKR_KEY_INDIGESTIBLE;
	return operation_update(operation,
				(struct bytes){value.bytes, value.size}, NULL,
				&size);
}

uint32_t serve_digest_key(struct serve *serve)
{
	struct operation *operation = operations_take(serve->request->object);
	struct object *key;
	uint32_t result = CKR_KEY_HANDLE_INVALID;

	if (!operation)
		return CKR_OPERATION_NOT_INITIALIZED;
	if (!store_get(serve->request->argument, &key)) {
		result = digest_key(operation, key);
		object_drop(key);
	}
	operations_leave(serve->request->object, result);
	return result;
}

uint32_t serve_random(struct serve *serve)
{
	uint64_t size = serve->request->argument;
	uint8_t *out;

	if (size > KEY_DATA_SIZE)
		return CKR_ARGUMENTS_BAD;
	out = writer_begin(&serve->to, KEY_ITEM_OUTPUT, (size_t)size);
	if (!out)
		return CKR_BUFFER_TOO_SMALL;
	if (psa_generate_random(out, (size_t)size))
		return CKR_RANDOM_NO_RNG;
	writer_end(&serve->to, (size_t)size);
	return CKR_OK;
}
