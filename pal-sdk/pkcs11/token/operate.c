/* SPDX-License-Identifier: BSD-2-Clause */
/* Sign, verify, encrypt, decrypt, digest: at once, in parts, many at once. */
#include <string.h>
#include "exchange.h"
#include "failure.h"

/* A part of long data; the most that surely fits in a call, and comes out. */
#define PART_SIZE 30000

CK_RV token_begin(struct token *token, uint64_t session, uint32_t purpose,
		  const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key,
		  uint64_t *operation)
{
	const struct exchange_request request = {
		.operation = KEY_OP_BEGIN,
		.session = session,
		.object = key,
		.argument = purpose,
		.mechanism = mechanism,
	};
	struct exchange exchange;
	CK_RV rv = exchange_begin_with(&exchange, token, &request);

	if (rv)
		return rv;
	rv = exchange_call(&exchange);
	if (!rv)
		*operation = exchange.head.value;
	exchange_end(&exchange);
	return rv;
}

/* UPDATE, or FINISH with its data and signature. */
static CK_RV go_on(struct token *token, uint32_t step, uint64_t operation,
		   struct item in, void *out, size_t *out_size)
{
	const struct exchange_request request = {
		.operation = step,
		.object = operation,
		.item = in.size ? in : (struct item){0},
	};

	return exchange_do_output(token, &request, out, out_size);
}

CK_RV token_update(struct token *token, uint64_t operation, const void *in,
		   size_t in_size, void *out, size_t *out_size)
{
	const uint8_t *from = in;
	uint8_t *to = out;
	size_t room = out ? *out_size : 0, done = 0;
	CK_RV rv = CKR_OK;

	while (!rv && in_size) {
		size_t part = in_size < PART_SIZE ? in_size : PART_SIZE;
		size_t got = room - done;

		rv = go_on(token, KEY_OP_UPDATE, operation,
			   (struct item){KEY_ITEM_DATA, part, from},
			   to ? to + done : NULL, &got);
		if (rv)
			token_cancel(token, operation);
		else
			done += got;
		from += part;
		in_size -= part;
	}
	if (!rv)
		*out_size = done;
	return rv;
}

CK_RV token_digest_key(struct token *token, uint64_t operation,
		       CK_OBJECT_HANDLE key)
{
	const struct exchange_request request = {
		.operation = KEY_OP_DIGEST_KEY,
		.object = operation,
		.argument = key,
	};

	return exchange_do_call(token, &request);
}

CK_RV token_finish(struct token *token, uint64_t operation, void *out,
		   size_t *out_size)
{
	return go_on(token, KEY_OP_FINISH, operation, (struct item){0}, out,
		     out_size);
}

CK_RV token_finish_verify(struct token *token, uint64_t operation,
			  const void *signature, size_t signature_size)
{
	size_t nothing = 0;

	return go_on(token, KEY_OP_FINISH, operation,
		     (struct item){KEY_ITEM_SIGNATURE, signature_size,
				   signature},
		     NULL, &nothing);
}

void token_cancel(struct token *token, uint64_t operation)
{
	struct exchange exchange;

	if (exchange_begin(&exchange, token))
		return;
	exchange_add(&exchange, KEY_OP_CANCEL)->object = operation;
	exchange_raw(&exchange);
	exchange_end(&exchange);
}

/* ---- At once ------------------------------------------------------------- */

static CK_RV operate_long(struct token *token, uint32_t purpose,
			  const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key,
			  const void *in, size_t in_size, void *out,
			  size_t *out_size)
{
	size_t first = *out_size, second;
	uint64_t operation;
	CK_RV rv = token_begin(token, 0, purpose, mechanism, key, &operation);

	if (rv)
		return rv;
	rv = token_update(token, operation, in, in_size, out, &first);
	if (rv)
		return rv;
	second = *out_size - first;
	rv = token_finish(token, operation, (uint8_t *)out + first, &second);
	*out_size = first + second;
	return rv;
}

CK_RV token_operate(struct token *token, uint32_t purpose,
		    const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key,
		    const void *in, size_t in_size, void *out, size_t *out_size)
{
	const struct exchange_request request = {
		.operation = KEY_OP_ONCE,
		.object = key,
		.argument = purpose,
		.mechanism = mechanism,
		.item = {KEY_ITEM_DATA, in_size, in},
	};

	if (in_size > PART_SIZE)
		return operate_long(token, purpose, mechanism, key, in, in_size,
				    out, out_size);
	return exchange_do_output(token, &request, out, out_size);
}

static CK_RV verify_long(struct token *token, const CK_MECHANISM *mechanism,
			 CK_OBJECT_HANDLE key, const void *in, size_t in_size,
			 const void *signature, size_t signature_size)
{
	size_t nothing = 0;
	uint64_t operation;
	CK_RV rv = token_begin(token, 0, KEY_USE_VERIFY, mechanism, key,
			       &operation);

	if (!rv)
		rv = token_update(token, operation, in, in_size, NULL,
				  &nothing);
	if (!rv)
		rv = token_finish_verify(token, operation, signature,
					 signature_size);
	return rv;
}

CK_RV token_verify(struct token *token, const CK_MECHANISM *mechanism,
		   CK_OBJECT_HANDLE key, const void *in, size_t in_size,
		   const void *signature, size_t signature_size)
{
	const struct exchange_request request = {
		.operation = KEY_OP_ONCE,
		.object = key,
		.argument = KEY_USE_VERIFY,
		.mechanism = mechanism,
		.item = {KEY_ITEM_DATA, in_size, in},
	};
	struct exchange exchange;
	CK_RV rv;

	if (in_size > PART_SIZE || signature_size > 1024)
		return verify_long(token, mechanism, key, in, in_size,
				   signature, signature_size);
	rv = exchange_begin_with(&exchange, token, &request);
	if (rv)
		return rv;
	exchange_item(&exchange, KEY_ITEM_SIGNATURE, signature, signature_size);
	rv = exchange_call(&exchange);
	exchange_end(&exchange);
	return rv;
}

/* ---- Many at once -------------------------------------------------------- */

/* Room for the reply of a job, as the PAL wants it. */
static size_t reply_room(const struct token_job *job)
{
	return sizeof(struct key_reply) + item_room(job->in_size + 1200) +
	       item_room(sizeof(struct key_record));
}

/* Add as many jobs as fit in a call; returns how many. */
static size_t add_jobs(struct exchange *exchange, struct token_job *jobs,
		       size_t count)
{
	size_t room = KEY_CALL_SIZE, added = 0;

	for (; added < count && added < KEY_REQUEST_COUNT; added++) {
		struct token_job *job = &jobs[added];
		const struct exchange_request request = {
			.operation = KEY_OP_ONCE,
			.object = job->key,
			.argument = job->purpose,
			.mechanism = job->mechanism,
			.item = {KEY_ITEM_DATA, job->in_size, job->in},
		};
		size_t before = exchange->request.size, last = exchange->last;

		if (reply_room(job) > room)
			break;
		job->result = exchange_add_whole(exchange, &request);
		if (job->result || exchange->request.is_full) {
			/* As if it had never been; its turn comes alone. */
			exchange->request.size = before;
			exchange->request.is_full = false;
			exchange->last = last;
			break;
		}
		room -= reply_room(job);
	}
	return added;
}

static CK_RV do_alone(struct token *token, struct token_job *job)
{
	job->result = token_operate(token, job->purpose, job->mechanism,
				    job->key, job->in, job->in_size, job->out,
				    &job->out_size);
	return CKR_OK;
}

/* Take the replies; what could not be done in the batch is done alone. */
static CK_RV take_replies(struct exchange *exchange, struct token_job *jobs,
			  size_t count)
{
	bool is_there = true;
	CK_RV rv = CKR_OK;

	for (size_t i = 0; !rv && i < count; i++) {
		uint64_t result = exchange->head.result;

		if (!is_there || result == KEY_R_STALE ||
		    result == KEY_R_SAVE_FIRST)
			rv = do_alone(exchange->token, &jobs[i]);
		else if (result)
			jobs[i].result = failure_of_key(result);
		else
			jobs[i].result = exchange_output(
				exchange, jobs[i].out, &jobs[i].out_size);
		is_there = is_there && exchange_next(exchange);
	}
	return rv;
}

CK_RV token_batch(struct token *token, struct token_job *jobs, size_t count)
{
	CK_RV rv = CKR_OK;

	while (!rv && count) {
		struct exchange exchange;
		size_t added;

		rv = exchange_begin(&exchange, token);
		if (rv)
			return rv;
		added = add_jobs(&exchange, jobs, count);
		if (added) {
			exchange_call(&exchange); /* each has its own result */
			rv = take_replies(&exchange, jobs, added);
		} else {
			added = 1;
			rv = do_alone(token, jobs);
		}
		exchange_end(&exchange);
		jobs += added;
		count -= added;
	}
	return rv;
}
