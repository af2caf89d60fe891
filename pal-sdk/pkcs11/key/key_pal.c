/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The key PAL: takes a call apart into requests, and judges their form before
 * anything looks inside.
 */
#include <pal.h>
#include <psa/crypto.h>
#include <string.h>
#include "cryptoki.h"
#include "pkcs11/key_protocol.h"
#include "serve.h"
#include "store.h"

PAL_NAME("key");
PAL_THREADS(8);
PAL_HEAP_SIZE(0x100000);
PAL_SECURITY_VERSION(1);
PAL_FUNCTIONS(KEY_FUNCTIONS);

#define FRESH  1 /* the loaded state must be the newest */
#define COVERS 2 /* the input has secrets: the output must lie over all of it */
#define KEYED  4 /* FRESH, unless it is for a digest, which needs no token */

static const struct {
	serve_function function;
	unsigned flags;
} services[] = {
	[KEY_OP_LOAD] = {serve_load, 0},
	[KEY_OP_LOAD_OBJECT] = {serve_load_object, 0},
	[KEY_OP_LOAD_END] = {serve_load_end, 0},
	[KEY_OP_FORGET] = {serve_forget, 0},
	[KEY_OP_COMMIT] = {serve_commit, 0},
	[KEY_OP_SAVE] = {serve_save, 0},
	[KEY_OP_INFO] = {serve_info, 0},
	[KEY_OP_INIT_TOKEN] = {serve_init_token, COVERS},
	[KEY_OP_LOGIN] = {serve_login, FRESH | COVERS},
	[KEY_OP_LOGOUT] = {serve_logout, 0},
	[KEY_OP_INIT_PIN] = {serve_init_pin, FRESH | COVERS},
	[KEY_OP_SET_PIN] = {serve_set_pin, FRESH | COVERS},
	[KEY_OP_FIND] = {serve_find, FRESH},
	[KEY_OP_GET] = {serve_get, FRESH},
	[KEY_OP_SUMMARY] = {serve_summary, FRESH},
	[KEY_OP_SET] = {serve_set, FRESH},
	[KEY_OP_DESTROY] = {serve_destroy, FRESH},
	[KEY_OP_STORE] = {serve_store, FRESH},
	[KEY_OP_END_SESSION] = {serve_end_session, 0},
	[KEY_OP_CREATE] = {serve_create, FRESH | COVERS},
	[KEY_OP_COPY] = {serve_copy, FRESH},
	[KEY_OP_GENERATE] = {serve_generate, FRESH},
	[KEY_OP_GENERATE_PAIR] = {serve_generate_pair, FRESH},
	[KEY_OP_DERIVE] = {serve_derive, FRESH},
	[KEY_OP_UNWRAP] = {serve_unwrap, FRESH},
	[KEY_OP_WRAP] = {serve_wrap, FRESH},
	[KEY_OP_ONCE] = {serve_once, KEYED},
	[KEY_OP_BEGIN] = {serve_begin, KEYED},
	[KEY_OP_UPDATE] = {serve_update, 0},
	[KEY_OP_FINISH] = {serve_finish, 0},
	[KEY_OP_CANCEL] = {serve_cancel, 0},
	[KEY_OP_DIGEST_KEY] = {serve_digest_key, FRESH},
	[KEY_OP_RANDOM] = {serve_random, 0},
	[KEY_OP_AUDIT_HEAD] = {serve_audit_head, FRESH},
	[KEY_OP_SET_TARGET] = {serve_set_target, FRESH},
	[KEY_OP_BACKUP] = {serve_backup, FRESH},
	[KEY_OP_RESTORE] = {serve_restore, FRESH},
};

#define SERVICE_COUNT (sizeof(services) / sizeof(services[0]))

/* One call, while its requests are served. */
struct call {
	const uint8_t *in;
	size_t in_size; /* what is left */
	uint8_t *out;
	size_t out_size, capacity;
	bool is_fresh; /* the state was the newest a moment ago */
	bool covers;
};

static bool wants_fresh(const struct key_request *request)
{
	unsigned flags = services[request->operation].flags;

	return (flags & FRESH) ||
	       ((flags & KEYED) && request->argument != KEY_USE_DIGEST);
}

static uint32_t serve(struct call *call, struct serve *serve)
{
	uint32_t operation = serve->request->operation;
	uint32_t result = CKR_OK;
	bool is_fresh;

	if (operation >= SERVICE_COUNT || !services[operation].function ||
	    !items_are_whole(serve->items))
		return KEY_R_BAD_REQUEST;
	call->covers |= services[operation].flags & COVERS;
	is_fresh = wants_fresh(serve->request);
	if (is_fresh && !call->is_fresh)
		result = store_check();
	if (result)
		return result;
	call->is_fresh = is_fresh;
	return services[operation].function(serve);
}

/* Returns false when there is no room, or no sense, for more. */
static bool serve_next(struct call *call)
{
	struct key_request request;
	struct key_reply reply = {.size = sizeof(reply)};
	struct serve one = {.request = &request};

	if (call->in_size < sizeof(request) ||
	    call->capacity - call->out_size < sizeof(reply))
		return false;
	memcpy(&request, call->in, sizeof(request));
	if (request.size < sizeof(request) || request.size % 8 ||
	    request.size > call->in_size)
		return false;
	one.items = (struct items){call->in + sizeof(request),
				   request.size - sizeof(request)};
	one.epoch = store_epoch();
	one.to.bytes = call->out + call->out_size + sizeof(reply);
	one.to.capacity = call->capacity - call->out_size - sizeof(reply);
	reply.result = serve(call, &one);
	if (one.to.is_full && reply.result == CKR_OK)
		reply.result = CKR_BUFFER_TOO_SMALL;
	if (reply.result == CKR_OK || one.keeps_items)
		reply.size += (uint32_t)one.to.size;
	reply.flags = one.flags;
	reply.value = one.value;
	reply.second = one.second;
	memcpy(call->out + call->out_size, &reply, sizeof(reply));
	call->out_size += reply.size;
	call->in += request.size;
	call->in_size -= request.size;
	return true;
}

int key_call(const void *in, size_t in_size, void *out, size_t out_capacity,
	     size_t *out_size)
{
	struct call call = {.in = in,
			    .in_size = in_size,
			    .out = out,
			    .capacity = out_capacity & ~(size_t)7};

	if (psa_crypto_init() != PSA_SUCCESS)
		return -(int)CKR_RANDOM_NO_RNG;
	for (int i = 0; i < KEY_REQUEST_COUNT && call.in_size; i++)
		if (!serve_next(&call))
			break;
	/* A PIN must not stay in the window, where the input still lies. */
	if (call.covers && call.out_size < in_size && in_size <= out_capacity) {
		memset(call.out + call.out_size, 0, in_size - call.out_size);
		call.out_size = in_size;
	}
	if (call.covers)
		explicit_bzero((void *)in, in_size);
	*out_size = call.out_size;
	return 0;
}

int key_tpm(const void *in, size_t in_size, void *out, size_t out_capacity,
	    size_t *out_size)
{
	*out_size = store_carry(in, in_size, out, out_capacity);
	return 0;
}
