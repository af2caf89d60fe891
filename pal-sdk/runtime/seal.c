/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pal_seal.h: requests to the notary.  A request is one piece of private
 * memory, so its parts are put together on the stack; its size is checked
 * before, and below each stack lies an unmapped page.
 */
#include "pal_seal.h"
#include <string.h>
#include "abi/notary.h"
#include "abi/service.h"
#include "pal.h"

/* The notary's errors are ours, less that much. */
#define SERVICE_BASE (-4096)
_Static_assert(PAL_SEAL_EINVAL == SERVICE_BASE + NOTARY_EINVAL, "errors");
_Static_assert(PAL_SEAL_ECRYPTO == SERVICE_BASE + NOTARY_ESERVICE, "errors");

_Static_assert(sizeof(struct notary_seal) +
			       PAL_SEAL_BLOB_SIZE(PAL_SEAL_SIZE_MAX) <=
		       NOTARY_ARG_SIZE,
	       "a request fits");

/* Its threads are never in use for long, unless the OS wants it so. */
#define TRIES 10000

static int call(unsigned int entry, const void *in, size_t in_size, void *out,
		size_t capacity, size_t *out_size)
{
	int status = PAL_PEER_EBUSY;

	if (capacity > NOTARY_ARG_SIZE)
		capacity = NOTARY_ARG_SIZE;
	for (int i = 0; status == PAL_PEER_EBUSY && i < TRIES; i++)
		status = pal_call_peer(NOTARY_NAME, entry, in, in_size, out,
				       capacity, out_size);
	return status < 0 && status >= PAL_ERROR_LOWEST ? SERVICE_BASE + status
							: status;
}

struct request {
	unsigned int entry;
	struct notary_seal head;
	const void *associated;
	const void *body; /* secret or blob */
	size_t body_size;
};

static void put(char **at, const void *bytes, size_t size)
{
	if (size)
		memcpy(*at, bytes, size);
	*at += size;
}

/* Sizes are checked. */
static int send(const struct request *request, void *out, size_t capacity,
		size_t *out_size)
{
	size_t size = sizeof(request->head) + request->head.associated_size +
		      request->body_size;
	char *message = __builtin_alloca(size), *at = message;
	int status;

	put(&at, &request->head, sizeof(request->head));
	put(&at, request->associated, request->head.associated_size);
	put(&at, request->body, request->body_size);
	status = call(request->entry, message, size, out, capacity, out_size);
	explicit_bzero(message, size);
	return status;
}

int pal_seal(int binding, const void *associated, size_t associated_size,
	     const void *secret, size_t secret_size, void *blob,
	     size_t capacity, size_t *blob_size)
{
	struct request request = {
		.entry = NOTARY_SEAL,
		.head.binding = (uint32_t)binding,
		.associated = associated,
		.body = secret,
		.body_size = secret_size,
	};

	if (associated_size > PAL_SEAL_SIZE_MAX ||
	    secret_size > PAL_SEAL_SIZE_MAX - associated_size)
		return PAL_SEAL_EINVAL;
	request.head.associated_size = (uint32_t)associated_size;
	return send(&request, blob, capacity, blob_size);
}

int pal_unseal(const void *associated, size_t associated_size,
	       const void *blob, size_t blob_size, void *secret,
	       size_t capacity, size_t *secret_size)
{
	struct request request = {
		.entry = NOTARY_UNSEAL,
		.associated = associated,
		.body = blob,
		.body_size = blob_size,
	};
	const size_t most = PAL_SEAL_BLOB_SIZE(PAL_SEAL_SIZE_MAX);

	if (associated_size > PAL_SEAL_SIZE_MAX ||
	    blob_size > most - associated_size)
		return PAL_SEAL_EINVAL;
	request.head.associated_size = (uint32_t)associated_size;
	return send(&request, secret, capacity, secret_size);
}

int pal_seal_root(struct pal_seal_root *root)
{
	struct notary_root answer;
	int status = call(NOTARY_ROOT, NULL, 0, &answer, sizeof(answer), NULL);

	if (status)
		return status;
	root->kind = answer.kind;
	memcpy(root->id, answer.id, sizeof(root->id));
	return 0;
}

int pal_counter_read(const uint8_t id[16], struct pal_counter *counter)
{
	struct notary_counter answer = {.value = 0};
	int status;

	memcpy(answer.id, id, sizeof(answer.id));
	status = call(NOTARY_COUNTER_READ, &answer, sizeof(answer), &answer,
		      sizeof(answer), NULL);
	if (status)
		return status;
	*counter = (struct pal_counter){
		.value = answer.value,
		.strength = answer.strength,
	};
	memcpy(counter->tag, answer.tag, sizeof(counter->tag));
	return 0;
}

int pal_counter_advance(const uint8_t id[16], uint64_t from, uint64_t to,
			const uint8_t tag[32])
{
	struct notary_advance advance = {.from = from, .to = to};

	memcpy(advance.id, id, sizeof(advance.id));
	memcpy(advance.tag, tag, sizeof(advance.tag));
	return call(NOTARY_COUNTER_ADVANCE, &advance, sizeof(advance), NULL, 0,
		    NULL);
}
