/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys in files, and pages signed with them. */
#include "key.h"
#include <mbedtls/pem.h>
#include <mbedtls/pk.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/psa_util.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "host/file.h"
#include "notary/signature.h"
#include "pal_host.h"

#define FILE_LIMIT     65536
#define SIGN_ALGORITHM PSA_ALG_DETERMINISTIC_ECDSA(PSA_ALG_SHA_384)

static const char *parse_error(int status, const char *text)
{
	/* As PKCS #8 and SEC 1 have it. */
	if (strstr(text, "ENCRYPTED"))
		return "it is encrypted: `openssl pkey` decrypts it";
	if (status == MBEDTLS_ERR_PK_UNKNOWN_NAMED_CURVE)
		return "its curve is not P-256 or P-384";
	return "it is no key in PEM or DER, or a damaged one";
}

/* `text` has a zero after its `size` bytes, as the PEM parser wants it. */
static int parse(mbedtls_pk_context *pk, const unsigned char *text, size_t size)
{
	bool is_pem = strstr((const char *)text, "-----BEGIN ");
	size_t length = is_pem ? size + 1 : size;
	int status;

	if (is_pem && strstr((const char *)text, "PUBLIC KEY-----"))
		return mbedtls_pk_parse_public_key(pk, text, length);
	status = mbedtls_pk_parse_key(pk, text, length, NULL, 0,
				      mbedtls_psa_get_random,
				      MBEDTLS_PSA_RANDOM_STATE);
	if (status && !is_pem) {
		mbedtls_pk_free(pk);
		mbedtls_pk_init(pk);
		status = mbedtls_pk_parse_public_key(pk, text, length);
	}
	return status;
}

/* The rest of a key whose id, is_private and bits are there. */
static int complete(struct key *key)
{
	if (psa_export_public_key(key->id, key->public_key,
				  sizeof(key->public_key),
				  &key->public_size) != PSA_SUCCESS ||
	    signature_name_signer(key->public_key, key->public_size,
				  key->signer)) {
		psa_destroy_key(key->id);
		return -1;
	}
	return 0;
}

static void allow_signing(psa_key_attributes_t *attributes)
{
	psa_set_key_algorithm(attributes, SIGN_ALGORITHM);
	psa_set_key_usage_flags(attributes,
				PSA_KEY_USAGE_SIGN_HASH | PSA_KEY_USAGE_EXPORT);
}

static const char *import(mbedtls_pk_context *pk, struct key *out)
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	struct key key = {.is_private = true};

	if (mbedtls_pk_get_type(pk) != MBEDTLS_PK_ECKEY)
		return "it is no EC key";
	key.bits = mbedtls_pk_get_bitlen(pk);
	if (mbedtls_pk_get_psa_attributes(pk, PSA_KEY_USAGE_SIGN_HASH,
					  &attributes)) {
		key.is_private = false;
		if (mbedtls_pk_get_psa_attributes(pk, PSA_KEY_USAGE_VERIFY_HASH,
						  &attributes))
			return "it is no key for signatures";
	}
	if (PSA_KEY_TYPE_ECC_GET_FAMILY(psa_get_key_type(&attributes)) !=
		    PSA_ECC_FAMILY_SECP_R1 ||
	    (key.bits != 256 && key.bits != 384))
		return "its curve is not P-256 or P-384";
	if (key.is_private)
		allow_signing(&attributes);
	if (mbedtls_pk_import_into_psa(pk, &attributes, &key.id) ||
	    complete(&key))
		return "it is a damaged key";
	*out = key;
	return NULL;
}

const char *key_parse(const void *bytes, size_t size, struct key *key)
{
	mbedtls_pk_context pk;
	unsigned char *text;
	const char *wrong;
	int status;

	if (size > FILE_LIMIT)
		return "it is too large for a key";
	text = malloc(size + 1);
	if (!text || psa_crypto_init() != PSA_SUCCESS) {
		free(text);
		return "cryptography failed to start";
	}
	memcpy(text, bytes, size);
	text[size] = '\0';
	mbedtls_pk_init(&pk);
	status = parse(&pk, text, size);
	wrong = status ? parse_error(status, (char *)text) : import(&pk, key);
	mbedtls_pk_free(&pk);
	mbedtls_platform_zeroize(text, size);
	free(text);
	return wrong;
}

int key_read(const char *path, struct key *key, char *why, size_t size)
{
	const char *wrong;
	void *bytes;
	size_t file_size;

	if (file_read(path, &bytes, &file_size)) {
		snprintf(why, size, "%s", pal_error_text());
		return -1;
	}
	wrong = key_parse(bytes, file_size, key);
	mbedtls_platform_zeroize(bytes, file_size);
	free(bytes);
	if (wrong)
		snprintf(why, size, "%s: %s", path, wrong);
	return wrong ? -1 : 0;
}

int key_make(size_t bits, struct key *out)
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	struct key key = {.is_private = true, .bits = bits};

	psa_set_key_type(&attributes,
			 PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
	psa_set_key_bits(&attributes, bits);
	allow_signing(&attributes);
	if (psa_crypto_init() != PSA_SUCCESS ||
	    psa_generate_key(&attributes, &key.id) != PSA_SUCCESS ||
	    complete(&key))
		return -1;
	*out = key;
	return 0;
}

void key_close(struct key *key)
{
	psa_destroy_key(key->id);
	memset(key, 0, sizeof(*key));
}

int key_write_private(const struct key *key, char pem[KEY_PEM_SIZE])
{
	mbedtls_pk_context pk;
	int status;

	mbedtls_pk_init(&pk);
	status = mbedtls_pk_copy_from_psa(key->id, &pk);
	if (!status)
		status = mbedtls_pk_write_key_pem(&pk, (unsigned char *)pem,
						  KEY_PEM_SIZE);
	mbedtls_pk_free(&pk);
	return status ? -1 : 0;
}

int key_write_public(const struct key *key, char pem[KEY_PEM_SIZE])
{
	mbedtls_pk_context pk;
	int status;

	mbedtls_pk_init(&pk);
	status = mbedtls_pk_copy_public_from_psa(key->id, &pk);
	if (!status)
		status = mbedtls_pk_write_pubkey_pem(&pk, (unsigned char *)pem,
						     KEY_PEM_SIZE);
	mbedtls_pk_free(&pk);
	return status ? -1 : 0;
}

static void start_page(const struct key *key, struct pal_signature *page)
{
	memset(page, 0, sizeof(*page));
	page->magic = PAL_SIGNATURE_MAGIC;
	page->version = 1;
	page->algorithm =
		key->bits == 256 ? PAL_SIGNATURE_P256 : PAL_SIGNATURE_P384;
	page->key_size = (uint32_t)key->public_size;
	page->signature_size = (uint32_t)key->bits / 4;
	memcpy(page->key, key->public_key, key->public_size);
}

int key_sign(const struct key *key, const uint8_t digest[48],
	     struct pal_signature *page)
{
	struct pal_signature draft;
	size_t size;

	start_page(key, &draft);
	/* Not its whole room: PSA fills what it does not need with '!'. */
	if (psa_sign_hash(key->id, SIGN_ALGORITHM, digest, 48, draft.signature,
			  draft.signature_size, &size) != PSA_SUCCESS)
		return -1;
	*page = draft;
	return 0;
}

int key_wrap_signature(const struct key *key, const void *der, size_t size,
		       struct pal_signature *page)
{
	struct pal_signature draft;
	size_t raw_size;

	start_page(key, &draft);
	if (mbedtls_ecdsa_der_to_raw(key->bits, der, size, draft.signature,
				     sizeof(draft.signature), &raw_size) ||
	    raw_size != draft.signature_size)
		return -1;
	*page = draft;
	return 0;
}
