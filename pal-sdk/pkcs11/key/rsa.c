/* SPDX-License-Identifier: BSD-2-Clause */
/* RSA operations; rsa_key.c makes and imports keys. */
#include "rsa.h"
#include <mbedtls/rsa.h>
#include <string.h>
#include "cryptoki.h"
#include "rsa_cache.h"

int rsa_random(void *unused, unsigned char *to, size_t size)
{
	(void)unused;
	return psa_generate_random(to, size) ? MBEDTLS_ERR_RSA_RNG_FAILED : 0;
}

/* Choose the padding; returns CKR_OK or CKR_MECHANISM_PARAM_INVALID. */
static uint32_t choose(mbedtls_pk_context *pk, const struct recipe *recipe)
{
	bool is_v21 = recipe->mechanism->family == KEY_RSA_PSS ||
		      recipe->mechanism->family == KEY_RSA_OAEP;
	int error = mbedtls_rsa_set_padding(
		mbedtls_pk_rsa(*pk),
		is_v21 ? MBEDTLS_RSA_PKCS_V21 : MBEDTLS_RSA_PKCS_V15,
		is_v21 ? mechanism_md(recipe->hash) : MBEDTLS_MD_NONE);

	return error ? CKR_MECHANISM_PARAM_INVALID : CKR_OK;
}

/* The key's context, with its padding chosen, for rsa_cache_leave(). */
static uint32_t begin(const struct object *key, const struct recipe *recipe,
		      mbedtls_pk_context **pk)
{
	*pk = rsa_cache_take(key);
	return *pk ? choose(*pk, recipe) : CKR_DEVICE_MEMORY;
}

/* A raw operation takes a number as long as the modulus. */
static bool stretch(struct bytes in, size_t size, uint8_t *to)
{
	if (in.size > size)
		return false;
	memset(to, 0, size - in.size);
	memcpy(to + size - in.size, in.at, in.size);
	return true;
}

static uint32_t sign(mbedtls_rsa_context *rsa, const struct recipe *recipe,
		     struct bytes in, uint8_t *out)
{
	mbedtls_md_type_t md = mechanism_md(recipe->hash);
	size_t size = mbedtls_rsa_get_len(rsa);
	uint8_t number[RSA_SIZE_MAX];
	int error;

	switch (recipe->mechanism->family) {
	case KEY_RSA_PKCS:
		if (in.size + 11 > size)
			return CKR_DATA_LEN_RANGE;
		error = mbedtls_rsa_pkcs1_sign(rsa, rsa_random, NULL, md,
					       (unsigned)in.size, in.at, out);
		break;
	case KEY_RSA_PSS:
		error = mbedtls_rsa_rsassa_pss_sign_ext(
			rsa, rsa_random, NULL, md, (unsigned)in.size, in.at,
			(int)recipe->length, out);
		break;
	default:
		if (!stretch(in, size, number))
			return CKR_DATA_LEN_RANGE;
		error = mbedtls_rsa_private(rsa, rsa_random, NULL, number, out);
	}
	if (error == MBEDTLS_ERR_RSA_BAD_INPUT_DATA)
		return CKR_DATA_LEN_RANGE;
	return error ? CKR_FUNCTION_FAILED : CKR_OK;
}

uint32_t rsa_sign(const struct object *key, const struct recipe *recipe,
		  struct bytes in, uint8_t *out, size_t *size)
{
	mbedtls_pk_context *pk;
	uint32_t result = begin(key, recipe, &pk);

	if (!result)
		result = sign(mbedtls_pk_rsa(*pk), recipe, in, out);
	if (!result)
		*size = mbedtls_rsa_get_len(mbedtls_pk_rsa(*pk));
	rsa_cache_leave(pk);
	return result;
}

static uint32_t verify_raw(mbedtls_rsa_context *rsa, struct bytes in,
			   struct bytes signature)
{
	uint8_t number[RSA_SIZE_MAX], expected[RSA_SIZE_MAX];
	size_t size = mbedtls_rsa_get_len(rsa);

	if (!stretch(in, size, expected))
		return CKR_DATA_LEN_RANGE;
	if (mbedtls_rsa_public(rsa, signature.at, number) ||
	    memcmp(number, expected, size))
		return CKR_SIGNATURE_INVALID;
	return CKR_OK;
}

static uint32_t verify(mbedtls_rsa_context *rsa, const struct recipe *recipe,
		       struct bytes in, struct bytes signature)
{
	mbedtls_md_type_t md = mechanism_md(recipe->hash);
	int error;

	if (signature.size != mbedtls_rsa_get_len(rsa))
		return CKR_SIGNATURE_LEN_RANGE;
	switch (recipe->mechanism->family) {
	case KEY_RSA_PKCS:
		error = mbedtls_rsa_pkcs1_verify(rsa, md, (unsigned)in.size,
						 in.at, signature.at);
		break;
	case KEY_RSA_PSS:
		error = mbedtls_rsa_rsassa_pss_verify_ext(
			rsa, md, (unsigned)in.size, in.at, md,
			(int)recipe->length, signature.at);
		break;
	default:
		return verify_raw(rsa, in, signature);
	}
	return error ? CKR_SIGNATURE_INVALID : CKR_OK;
}

uint32_t rsa_verify(const struct object *key, const struct recipe *recipe,
		    struct bytes in, struct bytes signature)
{
	mbedtls_pk_context *pk;
	uint32_t result = begin(key, recipe, &pk);

	if (!result)
		result = verify(mbedtls_pk_rsa(*pk), recipe, in, signature);
	rsa_cache_leave(pk);
	return result;
}

static uint32_t encrypt(mbedtls_rsa_context *rsa, const struct recipe *recipe,
			struct bytes in, uint8_t *out)
{
	uint8_t number[RSA_SIZE_MAX];
	int error;

	switch (recipe->mechanism->family) {
	case KEY_RSA_PKCS:
		error = mbedtls_rsa_pkcs1_encrypt(rsa, rsa_random, NULL,
						  in.size, in.at, out);
		break;
	case KEY_RSA_OAEP:
		error = mbedtls_rsa_rsaes_oaep_encrypt(
			rsa, rsa_random, NULL, recipe->extra.bytes,
			recipe->extra.size, in.size, in.at, out);
		break;
	default:
		if (!stretch(in, mbedtls_rsa_get_len(rsa), number))
			return CKR_DATA_LEN_RANGE;
		error = mbedtls_rsa_public(rsa, number, out);
	}
	if (error == MBEDTLS_ERR_RSA_RNG_FAILED)
		return CKR_RANDOM_NO_RNG;
	return error ? CKR_DATA_LEN_RANGE : CKR_OK;
}

uint32_t rsa_encrypt(const struct object *key, const struct recipe *recipe,
		     struct bytes in, uint8_t *out, size_t *size)
{
	mbedtls_pk_context *pk;
	uint32_t result = begin(key, recipe, &pk);

	if (!result)
		result = encrypt(mbedtls_pk_rsa(*pk), recipe, in, out);
	if (!result)
		*size = mbedtls_rsa_get_len(mbedtls_pk_rsa(*pk));
	rsa_cache_leave(pk);
	return result;
}

static uint32_t decrypt(mbedtls_rsa_context *rsa, const struct recipe *recipe,
			struct bytes in, uint8_t *out, size_t *size)
{
	size_t modulus_size = mbedtls_rsa_get_len(rsa);
	int error;

	if (in.size != modulus_size)
		return CKR_ENCRYPTED_DATA_LEN_RANGE;
	switch (recipe->mechanism->family) {
	case KEY_RSA_PKCS:
		error = mbedtls_rsa_pkcs1_decrypt(rsa, rsa_random, NULL, size,
						  in.at, out, modulus_size);
		break;
	case KEY_RSA_OAEP:
		error = mbedtls_rsa_rsaes_oaep_decrypt(
			rsa, rsa_random, NULL, recipe->extra.bytes,
			recipe->extra.size, size, in.at, out, modulus_size);
		break;
	default:
		error = mbedtls_rsa_private(rsa, rsa_random, NULL, in.at, out);
		*size = modulus_size;
	}
	/* One error for all: a padding oracle would live on differences. */
	return error ? CKR_ENCRYPTED_DATA_INVALID : CKR_OK;
}

uint32_t rsa_decrypt(const struct object *key, const struct recipe *recipe,
		     struct bytes in, uint8_t *out, size_t *size)
{
	mbedtls_pk_context *pk;
	uint32_t result = begin(key, recipe, &pk);

	if (!result)
		result = decrypt(mbedtls_pk_rsa(*pk), recipe, in, out, size);
	rsa_cache_leave(pk);
	return result;
}
