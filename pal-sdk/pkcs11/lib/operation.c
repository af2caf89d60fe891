/* SPDX-License-Identifier: BSD-2-Clause */
/* The life of an operation, and the standard's conventions of sizes. */
#include "operation.h"
#include <stdlib.h>
#include <string.h>
#include "session.h"

/* What comes out of an update is at most this much more than what goes in. */
#define UPDATE_MORE 16

static const uint32_t purposes[OPERATION_KINDS] = {
	[OPERATION_ENCRYPT] = KEY_USE_ENCRYPT,
	[OPERATION_DECRYPT] = KEY_USE_DECRYPT,
	[OPERATION_DIGEST] = KEY_USE_DIGEST,
	[OPERATION_SIGN] = KEY_USE_SIGN,
	[OPERATION_VERIFY] = KEY_USE_VERIFY,
};

static void drop_held(struct operation *operation)
{
	if (operation->held)
		explicit_bzero(operation->held, operation->held_size);
	free(operation->held);
	operation->held = NULL;
}

static void forget(struct operation *operation)
{
	mechanism_free(&operation->mechanism);
	drop_held(operation);
	*operation = (struct operation){0};
}

void operation_end(struct session *session, enum operation_kind kind)
{
	struct operation *operation = &session->operations[kind];

	if (operation->is_begun)
		token_cancel(session->token, operation->number);
	forget(operation);
}

/* ---- C_xxxInit ----------------------------------------------------------- */

static CK_RV begin(struct session *session, enum operation_kind kind,
		   const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
	struct operation *operation = &session->operations[kind];
	struct mechanism copy;
	CK_RV rv;

	if (!mechanism && !operation->is_active)
		return CKR_ARGUMENTS_BAD;
	if (!mechanism) {
		operation_end(session, kind);
		return CKR_OK;
	}
	if (operation->is_active)
		return CKR_OPERATION_ACTIVE;
	rv = mechanism_copy(&copy, mechanism);
	if (rv)
		return rv;
	rv = token_check(session->token, purposes[kind], &copy.own, key);
	if (rv) {
		mechanism_free(&copy);
		return rv;
	}
	operation->is_active = true;
	operation->mechanism = copy;
	operation->key = key;
	return CKR_OK;
}

CK_RV operation_begin(CK_SESSION_HANDLE handle, enum operation_kind kind,
		      const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
	return WITH_SESSION(session, handle,
			    begin(session, kind, mechanism, key));
}

/* ---- Giving results out -------------------------------------------------- */

/* What the token is asked for, whether at once or at the end of many parts. */
struct work {
	struct session *session;
	enum operation_kind kind;
	struct operation *operation;
	const void *in;
	CK_ULONG in_size;
};

static CK_RV run(const struct work *work, void *out, size_t *size)
{
	struct operation *operation = work->operation;

	if (!operation->is_begun)
		return token_operate(work->session->token, purposes[work->kind],
				     &operation->mechanism.own, operation->key,
				     work->in, work->in_size, out, size);
	/* However it goes, the token's operation is over. */
	operation->is_begun = false;
	return token_finish(work->session->token, operation->number, out, size);
}

/* CKR_OK, and the operation ends, only if the result is with the caller. */
static CK_RV give_held(struct operation *operation, struct destination out)
{
	CK_ULONG room = *out.size;

	*out.size = operation->held_size;
	if (!out.bytes)
		return CKR_OK;
	if (room < operation->held_size)
		return CKR_BUFFER_TOO_SMALL;
	memcpy(out.bytes, operation->held, operation->held_size);
	forget(operation);
	return CKR_OK;
}

/*
 * Into memory of ours: with padding, only decrypting tells how much there is,
 * and it may be less than the room that seemed too small.
 */
static CK_RV run_and_hold(const struct work *work, size_t bound,
			  struct destination out)
{
	struct operation *operation = work->operation;
	size_t size = bound;
	CK_BYTE *result = calloc(1, bound + 1);
	CK_RV rv;

	if (!result)
		return CKR_HOST_MEMORY;
	rv = run(work, result, &size);
	operation->held = result;
	operation->held_size = size <= bound ? size : bound;
	if (rv)
		return rv;
	return give_held(operation, out);
}

static CK_RV bound_of(const struct work *work, size_t *bound)
{
	const struct operation *operation = work->operation;
	CK_RV rv =
		token_output_size(work->session->token, purposes[work->kind],
				  &operation->mechanism.own, operation->key,
				  operation->in_total + work->in_size, bound);

	if (rv)
		return rv;
	*bound = *bound > operation->out_total ? *bound - operation->out_total
					       : 0;
	return CKR_OK;
}

static CK_RV work_and_give(const struct work *work, struct destination out)
{
	struct operation *operation = work->operation;
	size_t bound, size;
	CK_RV rv;

	if (!out.size)
		return CKR_ARGUMENTS_BAD;
	if (operation->held)
		return give_held(operation, out);
	rv = bound_of(work, &bound);
	if (rv)
		return rv;
	if (!out.bytes) {
		*out.size = bound;
		return CKR_OK;
	}
	size = *out.size;
	if (size < bound && work->kind == OPERATION_DECRYPT)
		return run_and_hold(work, bound, out);
	if (size < bound) {
		*out.size = bound;
		return CKR_BUFFER_TOO_SMALL;
	}
	rv = run(work, out.bytes, &size);
	if (rv)
		return rv;
	*out.size = size;
	forget(operation);
	return CKR_OK;
}

/* Only success (which has ended it, or told a size) leaves it as it is. */
static CK_RV end_unless_told(const struct work *work, CK_RV rv)
{
	if (rv && rv != CKR_BUFFER_TOO_SMALL)
		operation_end(work->session, work->kind);
	return rv;
}

/* ---- At once ------------------------------------------------------------- */

static CK_RV once(struct session *session, enum operation_kind kind,
		  const void *in, CK_ULONG in_size, struct destination out)
{
	struct operation *operation = &session->operations[kind];
	const struct work work = {session, kind, operation, in, in_size};
	CK_RV rv;

	if (!operation->is_active || operation->is_begun)
		return CKR_OPERATION_NOT_INITIALIZED;
	rv = in_size && !in ? CKR_ARGUMENTS_BAD : work_and_give(&work, out);
	return end_unless_told(&work, rv);
}

CK_RV operation_once(CK_SESSION_HANDLE handle, enum operation_kind kind,
		     const void *in, CK_ULONG in_size, struct destination out)
{
	return WITH_SESSION(session, handle,
			    once(session, kind, in, in_size, out));
}

/* ---- In parts ------------------------------------------------------------ */

CK_RV operation_make_multi(struct session *session, enum operation_kind kind)
{
	struct operation *operation = &session->operations[kind];
	CK_RV rv;

	if (!operation->is_active)
		return CKR_OPERATION_NOT_INITIALIZED;
	if (operation->is_begun || operation->held)
		return CKR_OK;
	rv = token_begin(session->token, session->handle, purposes[kind],
			 &operation->mechanism.own, operation->key,
			 &operation->number);
	if (rv)
		forget(operation);
	else
		operation->is_begun = true;
	return rv;
}

/* Exactly what will come out, so that no part is done twice. */
static CK_ULONG update_size(const struct operation *operation,
			    enum operation_kind kind, CK_ULONG in_size)
{
	CK_ULONG kept = operation->in_total - operation->out_total;

	switch (operation->mechanism.own.mechanism) {
	case CKM_AES_ECB:
	case CKM_AES_CBC:
		return (kept + in_size) / 16 * 16;
	case CKM_AES_CBC_PAD:
		/* The last block may be padding: it is for the end. */
		if (kind == OPERATION_DECRYPT)
			return kept + in_size ? (kept + in_size - 1) / 16 * 16
					      : 0;
		return (kept + in_size) / 16 * 16;
	case CKM_AES_CTR:
		return in_size;
	case CKM_AES_GCM:
		return kind == OPERATION_DECRYPT ? 0 : in_size;
	default:
		return 0; /* gathered */
	}
}

/* The token wants room for more than will come. */
static CK_RV update_in_copy(struct session *session,
			    struct operation *operation, const void *in,
			    CK_ULONG in_size, struct destination out)
{
	size_t size = in_size + UPDATE_MORE;
	CK_BYTE *copy = malloc(size);
	CK_RV rv;

	if (!copy)
		return CKR_HOST_MEMORY;
	rv = token_update(session->token, operation->number, in, in_size, copy,
			  &size);
	if (!rv && size > *out.size)
		rv = CKR_GENERAL_ERROR;
	if (!rv) {
		memcpy(out.bytes, copy, size);
		*out.size = size;
	}
	explicit_bzero(copy, in_size + UPDATE_MORE);
	free(copy);
	return rv;
}

static CK_RV update_and_give(struct session *session, enum operation_kind kind,
			     const void *in, CK_ULONG in_size,
			     struct destination out)
{
	struct operation *operation = &session->operations[kind];
	CK_ULONG wanted = update_size(operation, kind, in_size);
	size_t size;
	CK_RV rv;

	if (!out.bytes) {
		*out.size = wanted;
		return CKR_OK;
	}
	if (*out.size < wanted) {
		*out.size = wanted;
		return CKR_BUFFER_TOO_SMALL;
	}
	size = *out.size;
	if (size < in_size + UPDATE_MORE) {
		rv = update_in_copy(session, operation, in, in_size, out);
	} else {
		rv = token_update(session->token, operation->number, in,
				  in_size, out.bytes, &size);
		if (!rv)
			*out.size = size;
	}
	if (rv)
		return rv;
	operation->in_total += in_size;
	operation->out_total += *out.size;
	return CKR_OK;
}

/* Signatures and digests take parts and give nothing. */
static CK_RV update_silently(struct session *session,
			     struct operation *operation, const void *in,
			     CK_ULONG in_size)
{
	size_t size = 0;
	CK_RV rv = token_update(session->token, operation->number, in, in_size,
				NULL, &size);

	if (!rv)
		operation->in_total += in_size;
	return rv;
}

static CK_RV update(struct session *session, enum operation_kind kind,
		    const void *in, CK_ULONG in_size, struct destination out)
{
	struct operation *operation = &session->operations[kind];
	bool gives = kind == OPERATION_ENCRYPT || kind == OPERATION_DECRYPT;
	const struct work work = {session, kind, operation, in, in_size};
	CK_RV rv;

	if (!operation->is_active || operation->held)
		return CKR_OPERATION_NOT_INITIALIZED;
	if ((in_size && !in) || (gives && !out.size))
		return end_unless_told(&work, CKR_ARGUMENTS_BAD);
	rv = operation_make_multi(session, kind);
	if (rv)
		return rv;
	rv = gives ? update_and_give(session, kind, in, in_size, out)
		   : update_silently(session, operation, in, in_size);
	return end_unless_told(&work, rv);
}

CK_RV operation_update(CK_SESSION_HANDLE handle, enum operation_kind kind,
		       const void *in, CK_ULONG in_size, struct destination out)
{
	return WITH_SESSION(session, handle,
			    update(session, kind, in, in_size, out));
}

static CK_RV finish(struct session *session, enum operation_kind kind,
		    struct destination out)
{
	struct operation *operation = &session->operations[kind];
	const struct work work = {session, kind, operation, NULL, 0};
	CK_RV rv = operation_make_multi(session, kind);

	if (rv)
		return rv;
	return end_unless_told(&work, work_and_give(&work, out));
}

CK_RV operation_finish(CK_SESSION_HANDLE handle, enum operation_kind kind,
		       struct destination out)
{
	return WITH_SESSION(session, handle, finish(session, kind, out));
}
