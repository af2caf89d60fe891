/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls of the key PAL. */
#include "exchange.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "carrier.h"
#include "failure.h"
#include "files.h"

/* Another's change in between each of so many tries: it is not by chance. */
#define TRY_COUNT 100

CK_RV exchange_begin(struct exchange *exchange, struct token *token)
{
	*exchange = (struct exchange){
		.token = token,
		.request = {.capacity = KEY_CALL_SIZE},
	};
	exchange->request.bytes = malloc(2 * KEY_CALL_SIZE);
	if (!exchange->request.bytes)
		return failure(CKR_HOST_MEMORY, "out of memory");
	exchange->reply = exchange->request.bytes + KEY_CALL_SIZE;
	return CKR_OK;
}

void exchange_end(struct exchange *exchange)
{
	if (exchange->request.bytes) {
		explicit_bzero(exchange->request.bytes, exchange->request.size);
		explicit_bzero(exchange->reply, exchange->reply_size);
	}
	free(exchange->request.bytes);
}

/* The size of the latest request, now that its items are there. */
static void close_request(struct exchange *exchange)
{
	uint32_t size = (uint32_t)(exchange->request.size - exchange->last);

	if (exchange->request.size)
		memcpy(exchange->request.bytes + exchange->last, &size,
		       sizeof(size));
}

struct key_request *exchange_add(struct exchange *exchange, uint32_t operation)
{
	static struct key_request nowhere;
	struct key_request request = {
		.operation = operation,
		.time = (uint64_t)time(NULL),
	};
	struct writer *to = &exchange->request;

	close_request(exchange);
	if (to->capacity - to->size < sizeof(request)) {
		to->is_full = true;
		return &nowhere;
	}
	exchange->last = to->size;
	memcpy(to->bytes + to->size, &request, sizeof(request));
	to->size += sizeof(request);
	return (void *)(to->bytes + exchange->last); /* aligned to 8 */
}

void exchange_item(struct exchange *exchange, uint32_t type, const void *bytes,
		   size_t size)
{
	writer_add(&exchange->request, type, bytes, size);
}

CK_RV exchange_add_whole(struct exchange *exchange,
			 const struct exchange_request *whole)
{
	struct key_request *request = exchange_add(exchange, whole->operation);
	const struct item *item = &whole->item;
	CK_RV rv = CKR_OK;

	request->session = whole->session;
	request->object = whole->object;
	request->argument = whole->argument;
	if (whole->mechanism)
		rv = exchange_mechanism(exchange, whole->mechanism);
	if (rv)
		return rv;
	if (item->type)
		exchange_item(exchange, item->type, item->bytes, item->size);
	return exchange_template(exchange, whole->template, whole->count);
}

CK_RV exchange_begin_with(struct exchange *exchange, struct token *token,
			  const struct exchange_request *request)
{
	CK_RV rv = exchange_begin(exchange, token);

	if (rv)
		return rv;
	rv = exchange_add_whole(exchange, request);
	if (rv)
		exchange_end(exchange);
	return rv;
}

struct items exchange_items(const struct exchange *exchange)
{
	size_t at = exchange->last + sizeof(struct key_request);

	return (struct items){exchange->request.bytes + at,
			      exchange->request.size - at};
}

bool exchange_next(struct exchange *exchange)
{
	size_t left = exchange->reply_size - exchange->next;
	uint8_t *at = exchange->reply + exchange->next;

	if (left < sizeof(exchange->head))
		return false;
	memcpy(&exchange->head, at, sizeof(exchange->head));
	if (exchange->head.size < sizeof(exchange->head) ||
	    exchange->head.size > left)
		return false;
	exchange->items =
		(struct items){at + sizeof(exchange->head),
			       exchange->head.size - sizeof(exchange->head)};
	exchange->next += exchange->head.size;
	return items_are_whole(exchange->items);
}

static CK_RV call_once(struct exchange *exchange)
{
	int status;

	close_request(exchange);
	if (exchange->request.is_full)
		return failure(CKR_DATA_LEN_RANGE,
			       "more than the key PAL takes in one call "
			       "(%d bytes)",
			       KEY_CALL_SIZE);
	exchange->next = 0;
	status = pal_call(exchange->token->pal, 0, exchange->request.bytes,
			  exchange->request.size, exchange->reply,
			  KEY_CALL_SIZE, &exchange->reply_size);
	if (status) {
		exchange->reply_size = 0;
		return failure_of_pal(status);
	}
	if (!exchange_next(exchange))
		return failure_of_key(KEY_R_BAD_REQUEST);
	return CKR_OK;
}

CK_RV exchange_raw(struct exchange *exchange)
{
	CK_RV rv = call_once(exchange);

	return rv ? rv : failure_of_key(exchange->head.result);
}

/* A line of the audit file: the record's fields, and the hash before it. */
static void write_record(struct token *token, const struct key_record *record)
{
	char line[256], hash[65];
	int size;

	for (size_t i = 0; i < sizeof(record->previous); i++)
		snprintf(hash + 2 * i, 3, "%02x", record->previous[i]);
	size = snprintf(line, sizeof(line),
			"%" PRIu64 " %" PRIu64 " %" PRIu64 " 0x%" PRIx64
			" %" PRIu64 " %s\n",
			record->sequence, record->time, record->object,
			record->mechanism, record->purpose, hash);
	/* A full disk keeps no key from being used: the chain shows the gap. */
	files_append(token->folder, FILES_AUDIT, line, (size_t)size);
}

/* What all replies may bring beside what was asked for. */
static void take_news(struct exchange *exchange, bool *is_unsaved)
{
	struct items items = exchange->items;
	struct key_summary summary;
	struct key_record record;
	struct item item;

	*is_unsaved |= exchange->head.flags & KEY_REPLY_UNSAVED;
	while (items_next(&items, &item)) {
		if (item.type == KEY_ITEM_RECORD &&
		    item.size == sizeof(record)) {
			memcpy(&record, item.bytes, sizeof(record));
			write_record(exchange->token, &record);
		}
		if (item.type == KEY_ITEM_SUMMARY &&
		    item.size == sizeof(summary)) {
			memcpy(&summary, item.bytes, sizeof(summary));
			instance_remember(exchange->token, &summary);
		}
	}
}

static void take_all_news(struct exchange *exchange)
{
	bool is_unsaved = false;

	do
		take_news(exchange, &is_unsaved);
	while (exchange_next(exchange));
	if (is_unsaved)
		instance_save(exchange->token);
	exchange->next = 0;
	exchange_next(exchange);
}

CK_RV exchange_call(struct exchange *exchange)
{
	CK_RV rv;

	for (int i = 0; i < TRY_COUNT; i++) {
		rv = call_once(exchange);
		if (rv)
			return rv;
		if (exchange->head.result == KEY_R_STALE)
			rv = instance_load(exchange->token);
		else if (exchange->head.result == KEY_R_SAVE_FIRST)
			rv = instance_save(exchange->token);
		else
			break;
		if (rv)
			return rv;
	}
	take_all_news(exchange);
	return failure_of_key(exchange->head.result);
}

CK_RV exchange_output(const struct exchange *exchange, void *out,
		      size_t *out_size)
{
	struct item item;

	if (!items_find(exchange->items, KEY_ITEM_OUTPUT, &item))
		item = (struct item){0};
	if (item.size > *out_size) {
		*out_size = item.size;
		return failure(CKR_BUFFER_TOO_SMALL,
			       "the output has %zu bytes", item.size);
	}
	if (item.size)
		memcpy(out, item.bytes, item.size);
	*out_size = item.size;
	return CKR_OK;
}

/* ---- Changes ------------------------------------------------------------- */

/* Write the objects' blobs, then the token's: that one is the moment of truth. */
static CK_RV write_down(struct exchange *exchange)
{
	int folder = exchange->token->folder;
	struct items items = exchange->items;
	struct item item, blob = {0};
	struct key_object_name name;
	char path[FILES_PATH_SIZE];
	CK_RV rv = CKR_OK;

	while (!rv && items_next(&items, &item)) {
		if (item.type == KEY_ITEM_TOKEN)
			blob = item;
		if (item.type != KEY_ITEM_OBJECT || item.size < sizeof(name))
			continue;
		memcpy(&name, item.bytes, sizeof(name));
		files_object_path(&name, path);
		rv = files_write(folder, path, item.bytes + sizeof(name),
				 item.size - sizeof(name));
	}
	if (!rv)
		rv = files_write(folder, FILES_TOKEN, blob.bytes, blob.size);
	return rv;
}

/* Delete the blobs that were written, or those that they have replaced. */
static void delete_blobs(const struct exchange *exchange, bool are_new)
{
	struct items items = exchange->items;
	struct key_object_name name;
	char path[FILES_PATH_SIZE];
	struct item item;

	while (items_next(&items, &item)) {
		size_t end = are_new ? sizeof(name) : item.size;

		if (item.type !=
		    (are_new ? KEY_ITEM_OBJECT : KEY_ITEM_REMOVED))
			continue;
		for (size_t at = 0; at + sizeof(name) <= end &&
				    at + sizeof(name) <= item.size;
		     at += sizeof(name)) {
			memcpy(&name, item.bytes + at, sizeof(name));
			files_object_path(&name, path);
			files_delete(exchange->token->folder, path);
		}
	}
}

static CK_RV commit(struct exchange *exchange)
{
	struct exchange commit;
	struct item proof;
	CK_RV rv = CKR_OK;

	/* What cannot be committed should not be written. */
	if (items_find(exchange->items, KEY_ITEM_PROOF, &proof))
		rv = carrier_check();
	if (!rv)
		rv = write_down(exchange);
	if (rv) {
		delete_blobs(exchange, true);
		return rv;
	}
	rv = exchange_begin(&commit, exchange->token);
	if (!rv) {
		exchange_add(&commit, KEY_OP_COMMIT);
		rv = carrier_call(&commit);
		exchange_end(&commit);
	}
	if (!rv)
		delete_blobs(exchange, false);
	return rv;
}

/* With mutex and file lock held. */
static CK_RV change(struct exchange *exchange)
{
	CK_RV rv;

	for (int i = 0; i < TRY_COUNT; i++) {
		rv = call_once(exchange);
		if (rv)
			return rv;
		if (exchange->head.result != KEY_R_STALE)
			break;
		rv = instance_load_locked(exchange->token, true);
		if (rv)
			return rv;
	}
	rv = failure_of_key(exchange->head.result);
	if (!rv && (exchange->head.flags & KEY_REPLY_PENDING))
		rv = commit(exchange);
	return rv;
}

CK_RV exchange_change(struct exchange *exchange)
{
	struct token *token = exchange->token;
	bool is_unsaved = false;
	CK_RV rv;
	int lock;

	pthread_mutex_lock(&token->mutex);
	rv = files_lock(token->folder, &lock);
	if (!rv) {
		rv = change(exchange);
		files_unlock(lock);
	}
	pthread_mutex_unlock(&token->mutex);
	if (exchange->reply_size)
		take_news(exchange, &is_unsaved);
	if (is_unsaved)
		instance_save(token);
	return rv;
}

/* ---- From beginning to end ----------------------------------------------- */

CK_RV exchange_do_call(struct token *token,
		       const struct exchange_request *request)
{
	struct exchange exchange;
	CK_RV rv = exchange_begin_with(&exchange, token, request);

	if (rv)
		return rv;
	rv = exchange_call(&exchange);
	exchange_end(&exchange);
	return rv;
}

CK_RV exchange_do_change(struct token *token,
			 const struct exchange_request *request)
{
	struct exchange exchange;
	CK_RV rv = exchange_begin_with(&exchange, token, request);

	if (rv)
		return rv;
	rv = exchange_change(&exchange);
	exchange_end(&exchange);
	return rv;
}

CK_RV exchange_do_output(struct token *token,
			 const struct exchange_request *request, void *out,
			 size_t *out_size)
{
	struct exchange exchange;
	CK_RV rv = exchange_begin_with(&exchange, token, request);

	if (rv)
		return rv;
	rv = exchange_call(&exchange);
	if (!rv)
		rv = exchange_output(&exchange, out, out_size);
	exchange_end(&exchange);
	return rv;
}
