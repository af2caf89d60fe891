/* SPDX-License-Identifier: BSD-2-Clause */
/* Opening a token and keeping its state the newest. */
#include "instance.h"
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "carrier.h"
#include "exchange.h"
#include "failure.h"
#include "files.h"

/* Of the package, and of `make install`. */
#define DEFAULT_PAL "/usr/lib/palisade/key.pal"
#define LOCAL_PAL   "/usr/local/lib/palisade/key.pal"

/* ---- What is known of objects -------------------------------------------- */

static struct key_summary *place_of(struct token *token, uint64_t handle)
{
	return &token->cache[handle % CACHE_SIZE];
}

void instance_remember(struct token *token, const struct key_summary *summary)
{
	pthread_mutex_lock(&token->cache_mutex);
	*place_of(token, summary->handle) = *summary;
	pthread_mutex_unlock(&token->cache_mutex);
}

void instance_forget(struct token *token, uint64_t handle)
{
	pthread_mutex_lock(&token->cache_mutex);
	if (place_of(token, handle)->handle == handle)
		*place_of(token, handle) = (struct key_summary){0};
	pthread_mutex_unlock(&token->cache_mutex);
}

void instance_forget_all(struct token *token)
{
	pthread_mutex_lock(&token->cache_mutex);
	memset(token->cache, 0, sizeof(token->cache));
	pthread_mutex_unlock(&token->cache_mutex);
}

CK_RV token_summary(struct token *token, CK_OBJECT_HANDLE object,
		    struct key_summary *summary)
{
	struct key_summary known;
	struct exchange exchange;
	CK_RV rv;

	pthread_mutex_lock(&token->cache_mutex);
	known = *place_of(token, object);
	pthread_mutex_unlock(&token->cache_mutex);
	if (object && known.handle == object) {
		*summary = known;
		return CKR_OK;
	}
	rv = exchange_begin(&exchange, token);
	if (rv)
		return rv;
	exchange_add(&exchange, KEY_OP_SUMMARY)->object = object;
	rv = exchange_call(&exchange);
	if (!rv && !items_copy(exchange.items, KEY_ITEM_SUMMARY, summary,
			       sizeof(*summary)))
		rv = failure_of_key(KEY_R_BAD_REQUEST);
	exchange_end(&exchange);
	return rv;
}

/* ---- Loading ------------------------------------------------------------- */

static CK_RV load_object(struct token *token,
			 const struct key_object_name *name)
{
	uint8_t blob[sizeof(*name) + KEY_OBJECT_SIZE + 64];
	char path[FILES_PATH_SIZE];
	struct exchange exchange;
	size_t size;
	CK_RV rv;

	files_object_path(name, path);
	memcpy(blob, name, sizeof(*name));
	/* One that cannot be read is missing; the others are there. */
	if (files_read(token->folder, path, blob + sizeof(*name),
		       sizeof(blob) - sizeof(*name), &size))
		return CKR_OK;
	rv = exchange_begin(&exchange, token);
	if (rv)
		return rv;
	exchange_add(&exchange, KEY_OP_LOAD_OBJECT);
	exchange_item(&exchange, KEY_ITEM_OBJECT, blob, sizeof(*name) + size);
	rv = exchange_raw(&exchange);
	if (exchange.head.result == KEY_R_ALTERED)
		rv = CKR_OK;
	exchange_end(&exchange);
	return rv;
}

static CK_RV end_loading(struct token *token)
{
	struct exchange exchange;
	CK_RV rv = exchange_begin(&exchange, token);

	if (rv)
		return rv;
	exchange_add(&exchange, KEY_OP_LOAD_END);
	rv = carrier_call(&exchange);
	exchange_end(&exchange);
	instance_forget_all(token);
	return rv;
}

static CK_RV load_objects(struct token *token, const struct exchange *exchange,
			  bool is_alone)
{
	struct key_object_name names[KEY_OBJECT_COUNT];
	struct item wanted = {0};
	CK_RV rv = CKR_OK;
	size_t count;

	items_find(exchange->items, KEY_ITEM_WANTED, &wanted);
	count = wanted.size / sizeof(names[0]);
	if (count > KEY_OBJECT_COUNT)
		return failure_of_key(KEY_R_BAD_REQUEST);
	memcpy(names, wanted.bytes, count * sizeof(names[0]));
	/* These are all there are: what else is there is rubbish. */
	if (!token->is_swept && is_alone && exchange->head.second == count)
		files_sweep(token->folder, names, count);
	token->is_swept = true;
	for (size_t i = 0; !rv && i < count; i++)
		rv = load_object(token, &names[i]);
	return rv ? rv : end_loading(token);
}

CK_RV instance_load_locked(struct token *token, bool is_alone)
{
	struct exchange exchange;
	uint8_t *blob;
	size_t size;
	CK_RV rv = exchange_begin(&exchange, token);

	if (rv)
		return rv;
	exchange_add(&exchange, KEY_OP_LOAD);
	blob = malloc(KEY_CALL_SIZE);
	rv = blob ? files_read(token->folder, FILES_TOKEN, blob,
			       KEY_CALL_SIZE - 256, &size) :
		    failure(CKR_HOST_MEMORY, "out of memory");
	if (!rv && size) {
		exchange_item(&exchange, KEY_ITEM_TOKEN, blob, size);
		rv = exchange_raw(&exchange);
		if (!rv)
			rv = load_objects(token, &exchange, is_alone);
	}
	free(blob);
	exchange_end(&exchange);
	return rv;
}

CK_RV instance_load(struct token *token)
{
	CK_RV rv;
	int lock;

	pthread_mutex_lock(&token->mutex);
	rv = token->is_swept ? files_lock_shared(token->folder, &lock) :
			       files_lock(token->folder, &lock);
	if (!rv) {
		rv = instance_load_locked(token, !token->is_swept);
		files_unlock(lock);
	}
	pthread_mutex_unlock(&token->mutex);
	return rv;
}

CK_RV instance_save(struct token *token)
{
	struct exchange exchange;
	CK_RV rv = exchange_begin(&exchange, token);

	if (rv)
		return rv;
	exchange_add(&exchange, KEY_OP_SAVE);
	rv = exchange_change(&exchange);
	exchange_end(&exchange);
	return rv;
}

/* ---- Opening ------------------------------------------------------------- */

static const char *pal_path(void)
{
	const char *path = secure_getenv("PALISADE_KEY_PAL");

	if (path && *path)
		return path;
	return access(DEFAULT_PAL, F_OK) && !access(LOCAL_PAL, F_OK)
		       ? LOCAL_PAL
		       : DEFAULT_PAL;
}

static CK_RV start_pal(struct token *token)
{
	int status = pal_open(pal_path(), &token->pal);

	if (status)
		return failure_of_pal(status);
	if (pal_arg_size(token->pal) < KEY_CALL_SIZE)
		return failure_of_key(KEY_R_BAD_REQUEST);
	return instance_load(token);
}

CK_RV token_open(const char *name, struct token **out)
{
	struct token *token = calloc(1, sizeof(*token));
	CK_RV rv;

	if (!token)
		return failure(CKR_HOST_MEMORY, "out of memory");
	pthread_mutex_init(&token->mutex, NULL);
	pthread_mutex_init(&token->cache_mutex, NULL);
	rv = files_open(name, &token->folder);
	if (rv) {
		free(token);
		return rv;
	}
	snprintf(token->name, sizeof(token->name), "%s", name);
	rv = start_pal(token);
	if (rv) {
		token_close(token);
		return rv;
	}
	*out = token;
	return CKR_OK;
}

void token_close(struct token *token)
{
	if (!token)
		return;
	pal_close(token->pal);
	close(token->folder);
	free(token);
}

const char *token_name(const struct token *token)
{
	return token->name;
}

bool token_is_simulated(const struct token *token)
{
	return pal_is_simulated(token->pal);
}
