/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Backups: a key on its way to one other token, which the SO has named before
 * there were any keys.
 *
 * A backup is a public point made for it alone, a nonce, and the attributes
 * that a template could have chosen with the key's material, encrypted to the
 * target.  Anybody can make one up; so what is restored has been neither always
 * sensitive nor never extractable, as with every import, and passes all of an
 * import's checks.
 */
#include <psa/crypto.h>
#include <string.h>
#include "cryptoki.h"
#include "keypair.h"
#include "material.h"
#include "serve.h"
#include "store.h"
#include "template.h"
#include "use.h"

#define NONCE_SIZE 12
#define TAG_SIZE   16
#define HEAD_SIZE  (8 + KEY_POINT_SIZE + NONCE_SIZE)

static const char magic[8] = "PALKEYB1";

static bool is_zero(const uint8_t *bytes, size_t size)
{
	uint8_t sum = 0;

	for (size_t i = 0; i < size; i++)
		sum |= bytes[i];
	return !sum;
}

/* Does the token hold a private or secret key? */
static bool has_keys(void)
{
	struct object *object;
	bool answer = false;

	for (uint64_t i = 0; i < KEY_OBJECT_COUNT; i++) {
		object = store_stored(i);
		answer |= object && object_is_secret(object);
		object_drop(object);
	}
	return answer || store_missing_count();
}

uint32_t serve_set_target(struct serve *serve)
{
	uint8_t target[KEY_POINT_SIZE];
	struct change change;
	uint32_t result;

	if (store_login() != LOGIN_SO)
		return CKR_USER_NOT_LOGGED_IN;
	if (!items_copy(serve->items, KEY_ITEM_TARGET, target,
			sizeof(target)) ||
	    !keypair_is_point(target))
		return CKR_ARGUMENTS_BAD;
	result = store_change_begin(&change, serve->epoch);
	if (result)
		return result;
	/* With the change lock held, nobody can store one meanwhile. */
	if (has_keys()) {
		store_change_cancel(&change);
		return CKR_ACTION_PROHIBITED;
	}
	memcpy(change.next->target, target, sizeof(target));
	result = store_change_end(&change, &serve->to);
	if (!result)
		serve->flags |= KEY_REPLY_PENDING;
	return result;
}

/* The point made for this backup, then the target's. */
static void join(uint8_t points[2 * KEY_POINT_SIZE], const uint8_t *first,
		 const uint8_t *second)
{
	memcpy(points, first, KEY_POINT_SIZE);
	memcpy(points + KEY_POINT_SIZE, second, KEY_POINT_SIZE);
}

static uint32_t encrypt(const struct state *state, struct items plain,
			uint8_t *out)
{
	uint8_t private[KEY_SECRET_SIZE], points[2 * KEY_POINT_SIZE];
	uint8_t *point = out + 8, *nonce = point + KEY_POINT_SIZE;
	psa_status_t status;
	psa_key_id_t key;
	uint32_t result;
	size_t written;

	memcpy(out, magic, sizeof(magic));
	if (psa_generate_random(nonce, NONCE_SIZE))
		return CKR_RANDOM_NO_RNG;
	result = keypair_generate(private, point);
	if (result)
		return result;
	join(points, point, state->target);
	result = keypair_agree(private, state->target, points, &key);
	explicit_bzero(private, sizeof(private));
	if (result)
		return result;
	status = psa_aead_encrypt(key, PSA_ALG_GCM, nonce, NONCE_SIZE, out,
				  HEAD_SIZE - NONCE_SIZE, plain.bytes,
				  plain.size, out + HEAD_SIZE,
				  plain.size + TAG_SIZE, &written);
	psa_destroy_key(key);
	return status ? CKR_DEVICE_MEMORY : CKR_OK;
}

static uint32_t write_backup(struct serve *serve, const struct state *state,
			     const struct object *object)
{
	struct item der = object_bytes(object, OBJECT_RSA_DER);
	struct writer plain;
	uint32_t result = CKR_DEVICE_MEMORY;
	uint8_t *out;

	if (serve_writer(&plain)) {
		template_choices(object, &plain);
		if (der.bytes)
			writer_add(&plain, der.type, der.bytes, der.size);
		out = writer_begin(&serve->to, KEY_ITEM_BACKUP,
				   HEAD_SIZE + plain.size + TAG_SIZE);
		if (!plain.is_full && out)
			result = encrypt(state, writer_items(&plain), out);
		if (out)
			writer_end(&serve->to,
				   result ? 0 :
					    HEAD_SIZE + plain.size + TAG_SIZE);
	}
	serve_free(&plain);
	return result;
}

uint32_t serve_backup(struct serve *serve)
{
	const struct use use = {.purpose = KEY_USE_WRAP,
				.mechanism = KEY_M_BACKUP,
				.time = serve->request->time,
				.epoch = serve->epoch};
	struct object *object;
	struct state head;
	uint32_t result = store_get(serve->request->object, &object);

	if (result)
		return result;
	result = store_state(&head);
	if (!result && is_zero(head.target, sizeof(head.target)))
		result = KEY_R_NO_TARGET;
	/* Is it this token's key, and its target? */
	if (!result && store_epoch() != serve->epoch)
		result = KEY_R_STALE;
	/* Its operations would be counted twice. */
	if (!result && object_is_limited(object))
		result = CKR_ACTION_PROHIBITED;
	if (!result && object_is_secret(object))
		result = serve_spend(serve, object, &use);
	if (!result)
		result = write_backup(serve, &head, object);
	explicit_bzero(&head, STATE_HEAD_SIZE);
	object_drop(object);
	return result;
}

static uint32_t decrypt(const struct state *state, struct item backup,
			struct writer *plain)
{
	uint8_t points[2 * KEY_POINT_SIZE];
	const uint8_t *point;
	psa_status_t status;
	psa_key_id_t key;
	uint32_t result;

	if (backup.size < HEAD_SIZE + TAG_SIZE ||
	    backup.size > HEAD_SIZE + TAG_SIZE + KEY_OBJECT_SIZE ||
	    memcmp(backup.bytes, magic, sizeof(magic)))
		return KEY_R_ALTERED;
	point = backup.bytes + sizeof(magic);
	join(points, point, state->backup_public);
	result = keypair_agree(state->backup_private, point, points, &key);
	if (result)
		return KEY_R_ALTERED;
	status = psa_aead_decrypt(key, PSA_ALG_GCM, point + KEY_POINT_SIZE,
				  NONCE_SIZE, backup.bytes,
				  HEAD_SIZE - NONCE_SIZE,
				  backup.bytes + HEAD_SIZE,
				  backup.size - HEAD_SIZE, plain->bytes,
				  plain->capacity, &plain->size);
	psa_destroy_key(key);
	return status || !items_are_whole(writer_items(plain)) ? KEY_R_ALTERED :
								 CKR_OK;
}

static uint32_t rebuild(struct items rest, struct writer *to)
{
	struct making making = {.origin = CREATED,
				.class = UINT64_MAX,
				.key_type = UINT64_MAX,
				.template = serve_template(&rest)};
	struct item der;
	uint32_t result;

	items_copy(making.template, CKA_CLASS, &making.class, 8);
	items_copy(making.template, CKA_KEY_TYPE, &making.key_type, 8);
	result = template_apply(&making, to);
	if (result)
		return result;
	if (items_find(rest, OBJECT_RSA_DER, &der))
		return material_unwrap(making.class, making.key_type,
				       (struct bytes){der.bytes, der.size}, to);
	return material_import(making.class, making.key_type, making.template,
			       to);
}

uint32_t serve_restore(struct serve *serve)
{
	struct writer plain = {0}, attributes = {0};
	struct state head;
	uint32_t result = store_state(&head);

	if (!result && !(serve_writer(&plain) && serve_writer(&attributes)))
		result = CKR_DEVICE_MEMORY;
	if (!result)
		result = decrypt(&head, serve_item(serve, KEY_ITEM_BACKUP),
				 &plain);
	explicit_bzero(&head, STATE_HEAD_SIZE);
	if (!result)
		result = rebuild(writer_items(&plain), &attributes);
	if (!result)
		result = serve_add_object(serve, &attributes, &serve->value);
	serve_free(&plain);
	serve_free(&attributes);
	return result;
}
