/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Low-level Mbed TLS, not PSA: that locks, and a lock held by a thread that
 * stops for good stays held.
 */
#include "seal.h"
#include <mbedtls/constant_time.h>
#include <mbedtls/gcm.h>
#include <mbedtls/hkdf.h>
#include <mbedtls/md.h>
#include <mbedtls/platform_util.h>
#include <stdatomic.h>
#include <string.h>
#include "abi/service.h"
#include "pal_seal.h"

#define KEY_SIZE   32
#define NONCE_SIZE 12
#define OVERHEAD   (SEAL_HEADER_SIZE + SEAL_TAG_SIZE)
#define HASH_SIZE  48

struct header {
	char magic[8];
	uint32_t binding;
	uint32_t security_version;
	uint32_t secret_size;
	uint32_t zero;
	uint8_t root_id[SEAL_ID_SIZE];
	uint8_t subject_id[SEAL_ID_SIZE];
	uint8_t salt[SEAL_SALT_SIZE];
};

_Static_assert(sizeof(struct header) == SEAL_HEADER_SIZE, "format");
_Static_assert(OVERHEAD == PAL_SEAL_OVERHEAD, "format");

struct subject {
	char label[16];
	uint32_t binding;
	uint32_t flags;
	uint8_t first[48]; /* measurement or signer */
	char second[32]; /* zeros or name */
};

_Static_assert(sizeof(struct subject) == SEAL_SUBJECT_SIZE, "format");

static const char magic[8] = "PALSEAL1";
static const char subject_label[16] = "palisade seal 1";
static const char root_label[] = "palisade root id";
static const uint8_t nonce[NONCE_SIZE];

#define LABEL_BYTES(label) (const uint8_t *)(label), sizeof(label) - 1

static const mbedtls_md_info_t *sha384(void)
{
	return mbedtls_md_info_from_type(MBEDTLS_MD_SHA384);
}

/* ---- The root ------------------------------------------------------------ */

static int take_root(struct seal *seal, const struct hv_root *root,
		     seal_random random)
{
	if (root->kind == HV_ROOT_EPHEMERAL) {
		seal->root.kind = HV_ROOT_EPHEMERAL;
		seal->root.size = HV_ROOT_SIZE_MAX;
		return random(seal->root.bytes, HV_ROOT_SIZE_MAX);
	}
	if (root->kind >= HV_ROOT_KINDS || root->size < HV_ROOT_SIZE_MIN ||
	    root->size > HV_ROOT_SIZE_MAX)
		return -1;
	seal->root = *root;
	return 0;
}

int seal_name_root(const struct hv_root *root, uint8_t id[SEAL_ID_SIZE])
{
	return mbedtls_hkdf(sha384(), NULL, 0, root->bytes, root->size,
			    LABEL_BYTES(root_label), id, SEAL_ID_SIZE)
		       ? NOTARY_ESERVICE
		       : 0;
}

int seal_start(struct seal *seal, const struct hv_root *root,
	       seal_random random)
{
	if (!take_root(seal, root, random) &&
	    !random(seal->salt_key, sizeof(seal->salt_key)) &&
	    !seal_name_root(&seal->root, seal->root_id))
		return 0;
	mbedtls_platform_zeroize(seal, sizeof(*seal));
	return NOTARY_ESERVICE;
}

/* ---- Keys ---------------------------------------------------------------- */

bool seal_subject(const struct pal_identity *caller, uint32_t binding,
		  uint8_t out[SEAL_SUBJECT_SIZE])
{
	static const uint8_t nobody[48];
	struct subject subject = {
		.binding = binding,
		.flags = caller->flags &
			 (PAL_IDENTITY_DEBUG | PAL_IDENTITY_SIMULATED),
	};

	memcpy(subject.label, subject_label, sizeof(subject.label));
	if (binding == PAL_SEAL_TO_MEASUREMENT) {
		memcpy(subject.first, caller->measurement, 48);
	} else {
		if (!memcmp(caller->signer, nobody, 48))
			return false;
		memcpy(subject.first, caller->signer, 48);
		memcpy(subject.second, caller->name, sizeof(caller->name));
	}
	memcpy(out, &subject, sizeof(subject));
	return true;
}

int seal_name_subject(const uint8_t subject[SEAL_SUBJECT_SIZE],
		      uint8_t id[SEAL_ID_SIZE])
{
	uint8_t hash[HASH_SIZE];

	if (mbedtls_md(sha384(), subject, SEAL_SUBJECT_SIZE, hash))
		return NOTARY_ESERVICE;
	memcpy(id, hash, SEAL_ID_SIZE);
	return 0;
}

static int set_key(mbedtls_gcm_context *gcm, const struct seal *seal,
		   const uint8_t subject[SEAL_SUBJECT_SIZE],
		   const uint8_t salt[SEAL_SALT_SIZE])
{
	uint8_t key[KEY_SIZE];
	int err = mbedtls_hkdf(sha384(), salt, SEAL_SALT_SIZE,
			       seal->root.bytes, seal->root.size, subject,
			       SEAL_SUBJECT_SIZE, key, sizeof(key));

	if (!err)
		err = mbedtls_gcm_setkey(gcm, MBEDTLS_CIPHER_ID_AES, key,
					 8 * KEY_SIZE);
	mbedtls_platform_zeroize(key, sizeof(key));
	return err;
}

/* ---- Encryption ---------------------------------------------------------- */

struct message {
	const struct header *header;
	const uint8_t *subject;
	struct seal_bytes associated;
	struct seal_bytes in;
};

static int crypt(mbedtls_gcm_context *gcm, const struct message *message,
		 int mode, uint8_t *out, uint8_t tag[SEAL_TAG_SIZE])
{
	const struct seal_bytes *more = &message->associated;
	size_t size = 0, rest;
	int err = mbedtls_gcm_starts(gcm, mode, nonce, sizeof(nonce));

	if (!err)
		err = mbedtls_gcm_update_ad(gcm,
					    (const uint8_t *)message->header,
					    sizeof(*message->header));
	if (!err && more->size)
		err = mbedtls_gcm_update_ad(gcm, more->at, more->size);
	if (!err && message->in.size)
		err = mbedtls_gcm_update(gcm, message->in.at, message->in.size,
					 out, message->in.size, &size);
	if (!err)
		err = mbedtls_gcm_finish(gcm, NULL, 0, &rest, tag,
					 SEAL_TAG_SIZE);
	return err;
}

/* Returns 0 or NOTARY_ESERVICE. */
static int run(const struct seal *seal, const struct message *message, int mode,
	       uint8_t *out, uint8_t tag[SEAL_TAG_SIZE])
{
	mbedtls_gcm_context gcm;
	int err;

	mbedtls_gcm_init(&gcm);
	err = set_key(&gcm, seal, message->subject, message->header->salt);
	if (!err)
		err = crypt(&gcm, message, mode, out, tag);
	mbedtls_gcm_free(&gcm);
	return err ? NOTARY_ESERVICE : 0;
}

/* ---- Making -------------------------------------------------------------- */

static int fill_header(const struct seal *seal,
		       const struct pal_identity *caller, uint32_t binding,
		       size_t secret_size,
		       const uint8_t subject[SEAL_SUBJECT_SIZE],
		       struct header *header)
{
	*header = (struct header){
		.binding = binding,
		.security_version = caller->security_version,
		.secret_size = (uint32_t)secret_size,
	};
	memcpy(header->magic, magic, sizeof(magic));
	memcpy(header->root_id, seal->root_id, SEAL_ID_SIZE);
	return seal_name_subject(subject, header->subject_id);
}

static int hash_contents(mbedtls_md_context_t *md, const struct seal *seal,
			 uint64_t count, const struct message *message,
			 uint8_t hash[HASH_SIZE])
{
	const struct seal_bytes parts[] = {
		{&count, sizeof(count)},
		{message->header, sizeof(*message->header)},
		message->associated,
		message->in,
	};
	int err = mbedtls_md_hmac_starts(md, seal->salt_key,
					 sizeof(seal->salt_key));

	for (int i = 0; !err && i < 4; i++)
		err = mbedtls_md_hmac_update(md, parts[i].at, parts[i].size);
	return err ? err : mbedtls_md_hmac_finish(md, hash);
}

/* The header's salt is still zero. */
static int make_salt(struct seal *seal, const struct message *message,
		     uint8_t salt[SEAL_SALT_SIZE])
{
	uint8_t hash[HASH_SIZE];
	mbedtls_md_context_t md;
	int err;

	mbedtls_md_init(&md);
	err = mbedtls_md_setup(&md, sha384(), 1);
	if (!err)
		err = hash_contents(&md, seal,
				    atomic_fetch_add(&seal->salt_count, 1),
				    message, hash);
	mbedtls_md_free(&md);
	if (err)
		return NOTARY_ESERVICE;
	memcpy(salt, hash, SEAL_SALT_SIZE);
	return 0;
}

static long finish(const struct seal *seal, const struct message *message,
		   uint8_t *blob)
{
	uint8_t *body = blob + SEAL_HEADER_SIZE;
	int err = run(seal, message, MBEDTLS_GCM_ENCRYPT, body,
		      body + message->in.size);

	if (err)
		return err;
	memcpy(blob, message->header, SEAL_HEADER_SIZE);
	return (long)(OVERHEAD + message->in.size);
}

static int begin(const struct seal *seal, const struct pal_identity *caller,
		 uint32_t binding, size_t secret_size,
		 uint8_t subject[SEAL_SUBJECT_SIZE], struct header *header)
{
	if (!seal->root.size)
		return NOTARY_ESERVICE;
	if (binding != PAL_SEAL_TO_MEASUREMENT &&
	    binding != PAL_SEAL_TO_SIGNER)
		return NOTARY_EINVAL;
	if (!seal_subject(caller, binding, subject))
		return NOTARY_ENOSIGNER;
	return fill_header(seal, caller, binding, secret_size, subject, header);
}

long seal_make(struct seal *seal, const struct pal_identity *caller,
	       uint32_t binding, struct seal_bytes associated,
	       struct seal_bytes secret, void *blob, size_t capacity)
{
	uint8_t subject[SEAL_SUBJECT_SIZE];
	struct header header;
	const struct message message = {&header, subject, associated, secret};
	int err = begin(seal, caller, binding, secret.size, subject, &header);

	if (!err && (capacity < OVERHEAD || secret.size > capacity - OVERHEAD))
		err = NOTARY_EROOM;
	if (!err)
		err = make_salt(seal, &message, header.salt);
	return err ? err : finish(seal, &message, blob);
}

long seal_make_with(const struct seal *seal, const struct pal_identity *caller,
		    uint32_t binding, const uint8_t salt[SEAL_SALT_SIZE],
		    struct seal_bytes associated, struct seal_bytes secret,
		    void *blob)
{
	uint8_t subject[SEAL_SUBJECT_SIZE];
	struct header header;
	const struct message message = {&header, subject, associated, secret};
	int err = begin(seal, caller, binding, secret.size, subject, &header);

	if (err)
		return err;
	memcpy(header.salt, salt, SEAL_SALT_SIZE);
	return finish(seal, &message, blob);
}

/* ---- Opening ------------------------------------------------------------- */

static bool read_header(struct seal_bytes blob, struct header *header)
{
	if (blob.size < OVERHEAD)
		return false;
	memcpy(header, blob.at, sizeof(*header));
	return !memcmp(header->magic, magic, sizeof(magic)) && !header->zero &&
	       (header->binding == PAL_SEAL_TO_MEASUREMENT ||
		header->binding == PAL_SEAL_TO_SIGNER) &&
	       header->secret_size == blob.size - OVERHEAD;
}

/* All of this is known to everybody, and authenticated afterwards. */
static int judge_header(const struct seal *seal,
			const struct pal_identity *caller,
			const struct header *header,
			uint8_t subject[SEAL_SUBJECT_SIZE])
{
	uint8_t id[SEAL_ID_SIZE];

	if (memcmp(header->root_id, seal->root_id, SEAL_ID_SIZE))
		return NOTARY_EROOT;
	if (!seal_subject(caller, header->binding, subject))
		return NOTARY_EOTHER;
	if (seal_name_subject(subject, id))
		return NOTARY_ESERVICE;
	if (memcmp(header->subject_id, id, SEAL_ID_SIZE))
		return NOTARY_EOTHER;
	/* Bound to the measurement, it has no other version. */
	return header->security_version > caller->security_version
		       ? NOTARY_ENEWER
		       : 0;
}

long seal_open(const struct seal *seal, const struct pal_identity *caller,
	       struct seal_bytes associated, struct seal_bytes blob,
	       void *secret, size_t capacity)
{
	const uint8_t *body = (const uint8_t *)blob.at + SEAL_HEADER_SIZE;
	uint8_t subject[SEAL_SUBJECT_SIZE], tag[SEAL_TAG_SIZE];
	struct header header;
	struct message message = {&header, subject, associated, {body, 0}};
	int err;

	if (!seal->root.size)
		return NOTARY_ESERVICE;
	if (!read_header(blob, &header))
		return NOTARY_EFORMAT;
	err = judge_header(seal, caller, &header, subject);
	if (err)
		return err;
	if (header.secret_size > capacity)
		return NOTARY_EROOM;
	message.in.size = header.secret_size;
	err = run(seal, &message, MBEDTLS_GCM_DECRYPT, secret, tag);
	if (!err && mbedtls_ct_memcmp(tag, body + header.secret_size,
				      SEAL_TAG_SIZE))
		err = NOTARY_EALTERED;
	if (!err)
		return header.secret_size;
	mbedtls_platform_zeroize(secret, header.secret_size);
	return err;
}
