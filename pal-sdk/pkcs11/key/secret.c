/* SPDX-License-Identifier: BSD-2-Clause */
/* AES, HMAC, and values of secret keys. */
#include "secret.h"
#include <mbedtls/nist_kw.h>
#include <string.h>
#include "cryptoki.h"

psa_algorithm_t secret_algorithm(const struct recipe *recipe)
{
	switch (recipe->mechanism->family) {
	case KEY_AES_ECB:
		return PSA_ALG_ECB_NO_PADDING;
	case KEY_AES_CBC:
		return PSA_ALG_CBC_NO_PADDING;
	case KEY_AES_CBC_PAD:
		return PSA_ALG_CBC_PKCS7;
	case KEY_AES_CTR:
		return PSA_ALG_CTR;
	case KEY_AES_GCM:
		return PSA_ALG_AEAD_WITH_SHORTENED_TAG(PSA_ALG_GCM,
						       recipe->length);
	case KEY_AES_CMAC:
		return PSA_ALG_CMAC;
	case KEY_HMAC:
		return PSA_ALG_HMAC(mechanism_psa_hash(recipe->hash));
	default:
		return PSA_ALG_NONE;
	}
}

uint32_t secret_import(const struct object *key, const struct recipe *recipe,
		       psa_key_id_t *id)
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	bool is_hmac = recipe->mechanism->family == KEY_HMAC;
	struct item value = object_bytes(key, CKA_VALUE);

	psa_set_key_type(&attributes,
			 is_hmac ? PSA_KEY_TYPE_HMAC : PSA_KEY_TYPE_AES);
	psa_set_key_algorithm(&attributes, secret_algorithm(recipe));
	psa_set_key_usage_flags(&attributes,
				PSA_KEY_USAGE_ENCRYPT | PSA_KEY_USAGE_DECRYPT |
					PSA_KEY_USAGE_SIGN_MESSAGE |
					PSA_KEY_USAGE_VERIFY_MESSAGE);
	return psa_import_key(&attributes, value.bytes, value.size, id) ?
		       CKR_DEVICE_MEMORY :
		       CKR_OK;
}

static uint32_t gcm(const struct object *key, uint32_t purpose,
		    const struct recipe *recipe, struct bytes in, uint8_t *out,
		    size_t capacity, size_t *size)
{
	psa_algorithm_t algorithm = secret_algorithm(recipe);
	struct item iv = recipe->iv, extra = recipe->extra;
	bool is_encrypt = purpose == KEY_USE_ENCRYPT ||
			  purpose == KEY_USE_WRAP;
	psa_status_t status;
	psa_key_id_t id;

	if (!is_encrypt && in.size < recipe->length)
		return CKR_ENCRYPTED_DATA_LEN_RANGE;
	if (secret_import(key, recipe, &id))
		return CKR_DEVICE_MEMORY;
	status = is_encrypt ?
			 psa_aead_encrypt(id, algorithm, iv.bytes, iv.size,
					  extra.bytes, extra.size, in.at,
					  in.size, out, capacity, size) :
			 psa_aead_decrypt(id, algorithm, iv.bytes, iv.size,
					  extra.bytes, extra.size, in.at,
					  in.size, out, capacity, size);
	psa_destroy_key(id);
	if (status == PSA_ERROR_BUFFER_TOO_SMALL)
		return CKR_BUFFER_TOO_SMALL;
	if (status == PSA_ERROR_INSUFFICIENT_MEMORY)
		return CKR_DEVICE_MEMORY;
	if (status)
		return is_encrypt ? CKR_FUNCTION_FAILED :
				    CKR_ENCRYPTED_DATA_INVALID;
	return CKR_OK;
}

static uint32_t kw_error(int error, bool is_wrap)
{
	if (!error)
		return CKR_OK;
	if (error == MBEDTLS_ERR_CIPHER_AUTH_FAILED)
		return CKR_ENCRYPTED_DATA_INVALID;
	return is_wrap ? CKR_DATA_LEN_RANGE : CKR_ENCRYPTED_DATA_LEN_RANGE;
}

static uint32_t key_wrap(const struct object *key, uint32_t purpose,
			 const struct recipe *recipe, struct bytes in,
			 uint8_t *out, size_t capacity, size_t *size)
{
	bool is_wrap = purpose == KEY_USE_ENCRYPT || purpose == KEY_USE_WRAP;
	mbedtls_nist_kw_mode_t mode = recipe->mechanism->family == KEY_AES_KW ?
					      MBEDTLS_KW_MODE_KW :
					      MBEDTLS_KW_MODE_KWP;
	struct item value = object_bytes(key, CKA_VALUE);
	mbedtls_nist_kw_context context;
	int error;

	mbedtls_nist_kw_init(&context);
	error = mbedtls_nist_kw_setkey(&context, MBEDTLS_CIPHER_ID_AES,
				       value.bytes, (unsigned)value.size * 8,
				       is_wrap);
	if (!error && is_wrap)
		error = mbedtls_nist_kw_wrap(&context, mode, in.at, in.size,
					     out, size, capacity);
	else if (!error)
		error = mbedtls_nist_kw_unwrap(&context, mode, in.at, in.size,
					       out, size, capacity);
	mbedtls_nist_kw_free(&context);
	return kw_error(error, is_wrap);
}

uint32_t secret_at_once(const struct object *key, uint32_t purpose,
			const struct recipe *recipe, struct bytes in,
			uint8_t *out, size_t capacity, size_t *size)
{
	if (recipe->mechanism->family == KEY_AES_GCM)
		return gcm(key, purpose, recipe, in, out, capacity, size);
	return key_wrap(key, purpose, recipe, in, out, capacity, size);
}

uint32_t secret_judge_size(uint64_t key_type, size_t size)
{
	if (key_type == CKK_AES)
		return size == 16 || size == 24 || size == 32 ?
			       CKR_OK :
			       CKR_KEY_SIZE_RANGE;
	return size && size <= SECRET_SIZE_MAX ? CKR_OK : CKR_KEY_SIZE_RANGE;
}

uint32_t secret_add(uint64_t key_type, struct bytes value, struct writer *to)
{
	uint32_t result = secret_judge_size(key_type, value.size);

	if (result)
		return result;
	writer_add(to, CKA_VALUE, value.at, value.size);
	writer_add_number(to, CKA_VALUE_LEN, value.size);
	return CKR_OK;
}

uint32_t secret_generate(uint64_t key_type, struct items template,
			 struct writer *to)
{
	uint8_t value[SECRET_SIZE_MAX];
	uint64_t size;
	uint32_t result;

	if (!items_copy(template, CKA_VALUE_LEN, &size, sizeof(size)))
		return CKR_TEMPLATE_INCOMPLETE;
	result = secret_judge_size(key_type, (size_t)size);
	if (!result && psa_generate_random(value, (size_t)size))
		result = CKR_RANDOM_NO_RNG;
	if (!result)
		result = secret_add(key_type,
				    (struct bytes){value, (size_t)size}, to);
	explicit_bzero(value, sizeof(value));
	return result;
}

/* ANSI X9.63 (SEC 1, 3.6.1): hashes of secret, counter and shared data. */
static uint32_t x963(psa_algorithm_t hash, struct bytes shared,
		     struct item extra, uint8_t *out, size_t size)
{
	uint8_t block[PSA_HASH_MAX_SIZE], counter[4] = {0};
	psa_status_t status = PSA_SUCCESS;
	size_t block_size, take;

	for (size_t done = 0; !status && done < size; done += take) {
		psa_hash_operation_t operation = PSA_HASH_OPERATION_INIT;

		counter[3]++; /* at most 512 / 20 of them */
		status = psa_hash_setup(&operation, hash);
		if (!status)
			status = psa_hash_update(&operation, shared.at,
						 shared.size);
		if (!status)
			status = psa_hash_update(&operation, counter, 4);
		if (!status && extra.size)
			status = psa_hash_update(&operation, extra.bytes,
						 extra.size);
		if (!status)
			status = psa_hash_finish(&operation, block,
						 sizeof(block), &block_size);
		psa_hash_abort(&operation);
		if (status)
			break;
		take = size - done < block_size ? size - done : block_size;
		memcpy(out + done, block, take);
	}
	explicit_bzero(block, sizeof(block));
	return status ? CKR_DEVICE_MEMORY : CKR_OK;
}

static psa_algorithm_t kdf_hash(uint64_t kdf)
{
	switch (kdf) {
	case 2: /* CKD_SHA1_KDF */
		return PSA_ALG_SHA_1;
	case 5: /* CKD_SHA224_KDF and so on */
		return PSA_ALG_SHA_224;
	case 6:
		return PSA_ALG_SHA_256;
	case 7:
		return PSA_ALG_SHA_384;
	case 8:
		return PSA_ALG_SHA_512;
	default:
		return PSA_ALG_NONE;
	}
}

uint32_t secret_derive(uint64_t key_type, struct items template,
		       const struct recipe *recipe, struct bytes shared,
		       struct writer *to)
{
	psa_algorithm_t hash = kdf_hash(recipe->kdf);
	uint8_t value[SECRET_SIZE_MAX];
	uint64_t size = shared.size;
	uint32_t result;

	if (recipe->kdf != CKD_NULL && !hash)
		return CKR_MECHANISM_PARAM_INVALID;
	if (!items_copy(template, CKA_VALUE_LEN, &size, sizeof(size)) &&
	    (hash || key_type == CKK_AES))
		size = 32;
	result = secret_judge_size(key_type, (size_t)size);
	if (result)
		return result;
	if (!hash) {
		/* The standard cuts the leading end off. */
		if (size > shared.size)
			return CKR_KEY_SIZE_RANGE;
		shared.at += shared.size - size;
		shared.size = (size_t)size;
		return secret_add(key_type, shared, to);
	}
	result = x963(hash, shared, recipe->extra, value, (size_t)size);
	if (!result)
		result = secret_add(key_type,
				    (struct bytes){value, (size_t)size}, to);
	explicit_bzero(value, sizeof(value));
	return result;
}
