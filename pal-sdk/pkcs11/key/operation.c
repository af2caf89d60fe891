/* SPDX-License-Identifier: BSD-2-Clause */
/* Operations: PSA's own for what streams, gathering for what does not. */
#include "operation.h"
#include <stdlib.h>
#include <string.h>
#include "cryptoki.h"
#include "ec.h"
#include "rsa_cache.h"
#include "secret.h"

static uint32_t result_of(psa_status_t status)
{
	switch (status) {
	case PSA_SUCCESS:
		return CKR_OK;
	case PSA_ERROR_INSUFFICIENT_MEMORY:
		return CKR_DEVICE_MEMORY;
	case PSA_ERROR_BUFFER_TOO_SMALL:
		return CKR_BUFFER_TOO_SMALL;
	case PSA_ERROR_INVALID_SIGNATURE:
		return CKR_SIGNATURE_INVALID;
	default:
		return CKR_FUNCTION_FAILED;
	}
}

static enum engine engine_of(uint32_t purpose, const struct recipe *recipe)
{
	switch (recipe->mechanism->family) {
	case KEY_DIGEST:
		return ENGINE_HASH;
	case KEY_HMAC:
	case KEY_AES_CMAC:
		return ENGINE_MAC;
	case KEY_AES_ECB:
	case KEY_AES_CBC:
	case KEY_AES_CBC_PAD:
	case KEY_AES_CTR:
		return ENGINE_CIPHER;
	case KEY_AES_GCM:
		return purpose == KEY_USE_ENCRYPT ? ENGINE_AEAD : ENGINE_GATHER;
	case KEY_RSA_PKCS:
	case KEY_RSA_PSS:
	case KEY_ECDSA:
		return recipe->mechanism->hash != KEY_HASH_NONE ?
			       ENGINE_HASH_AND_SIGN :
			       ENGINE_GATHER;
	case KEY_RSA_RAW:
	case KEY_RSA_OAEP:
	case KEY_AES_KW:
	case KEY_AES_KWP:
		return ENGINE_GATHER;
	case KEY_RSA_GENERATE:
	case KEY_EC_GENERATE:
	case KEY_ECDH:
	case KEY_AES_GENERATE:
	case KEY_SECRET_GENERATE:
		break;
	}
	return ENGINE_NONE;
}

static psa_status_t begin_mac(struct operation *operation)
{
	psa_algorithm_t algorithm = secret_algorithm(&operation->recipe);

	return operation->purpose == KEY_USE_SIGN ?
		       psa_mac_sign_setup(&operation->mac, operation->psa_key,
					  algorithm) :
		       psa_mac_verify_setup(&operation->mac, operation->psa_key,
					    algorithm);
}

static psa_status_t begin_cipher(struct operation *operation)
{
	psa_algorithm_t algorithm = secret_algorithm(&operation->recipe);
	struct item iv = operation->recipe.iv;
	psa_status_t status =
		operation->purpose == KEY_USE_ENCRYPT ?
			psa_cipher_encrypt_setup(&operation->cipher,
						 operation->psa_key,
						 algorithm) :
			psa_cipher_decrypt_setup(&operation->cipher,
						 operation->psa_key, algorithm);

	if (!status && iv.size)
		status = psa_cipher_set_iv(&operation->cipher, iv.bytes,
					   iv.size);
	return status;
}

static psa_status_t begin_aead(struct operation *operation)
{
	const struct recipe *recipe = &operation->recipe;
	psa_status_t status = psa_aead_encrypt_setup(&operation->aead,
						     operation->psa_key,
						     secret_algorithm(recipe));

	if (!status)
		status = psa_aead_set_nonce(&operation->aead, recipe->iv.bytes,
					    recipe->iv.size);
	if (!status && recipe->extra.size)
		status = psa_aead_update_ad(&operation->aead,
					    recipe->extra.bytes,
					    recipe->extra.size);
	return status;
}

/* What the end needs of the parameters, out of the request's reach. */
static uint32_t keep_parameters(struct operation *operation)
{
	struct recipe *recipe = &operation->recipe;
	size_t iv_size = recipe->iv.size, size = iv_size + recipe->extra.size;

	if (!size)
		return CKR_OK;
	operation->kept = malloc(size);
	if (!operation->kept)
		return CKR_DEVICE_MEMORY;
	if (iv_size)
		memcpy(operation->kept, recipe->iv.bytes, iv_size);
	if (recipe->extra.size)
		memcpy(operation->kept + iv_size, recipe->extra.bytes,
		       recipe->extra.size);
	recipe->iv.bytes = operation->kept;
	recipe->extra.bytes = operation->kept + iv_size;
	return CKR_OK;
}

uint32_t operation_begin(struct operation *operation, uint32_t purpose,
			 const struct recipe *recipe, struct object *key)
{
	psa_status_t status = PSA_SUCCESS;

	operation->engine = engine_of(purpose, recipe);
	operation->purpose = purpose;
	operation->recipe = *recipe;
	operation->key = key ? object_take(key) : NULL;
	switch (operation->engine) {
	case ENGINE_HASH:
	case ENGINE_HASH_AND_SIGN:
		return result_of(
			psa_hash_setup(&operation->hash,
				       mechanism_psa_hash(recipe->hash)));
	case ENGINE_GATHER:
		operation->gathered = malloc(KEY_GATHER_SIZE);
		return operation->gathered ? keep_parameters(operation) :
					     CKR_DEVICE_MEMORY;
	case ENGINE_MAC:
	case ENGINE_CIPHER:
	case ENGINE_AEAD:
		break;
	case ENGINE_NONE:
		return CKR_MECHANISM_INVALID;
	}
	if (secret_import(key, recipe, &operation->psa_key))
		return CKR_DEVICE_MEMORY;
	if (operation->engine == ENGINE_MAC)
		status = begin_mac(operation);
	else if (operation->engine == ENGINE_CIPHER)
		status = begin_cipher(operation);
	else
		status = begin_aead(operation);
	return status == PSA_ERROR_NOT_SUPPORTED ? CKR_MECHANISM_PARAM_INVALID :
						   result_of(status);
}

static uint32_t gather(struct operation *operation, struct bytes in)
{
	if (in.size > KEY_GATHER_SIZE - operation->gathered_size)
		return CKR_DATA_LEN_RANGE;
	if (in.size)
		memcpy(operation->gathered + operation->gathered_size, in.at,
		       in.size);
	operation->gathered_size += in.size;
	return CKR_OK;
}

uint32_t operation_update(struct operation *operation, struct bytes in,
			  uint8_t *out, size_t *size)
{
	size_t room = in.size + 16;

	*size = 0;
	switch (operation->engine) {
	case ENGINE_HASH:
	case ENGINE_HASH_AND_SIGN:
		return result_of(
			psa_hash_update(&operation->hash, in.at, in.size));
	case ENGINE_MAC:
		return result_of(
			psa_mac_update(&operation->mac, in.at, in.size));
	case ENGINE_CIPHER:
		return result_of(psa_cipher_update(
			&operation->cipher, in.at, in.size, out, room, size));
	case ENGINE_AEAD:
		return result_of(psa_aead_update(&operation->aead, in.at,
						 in.size, out, room, size));
	case ENGINE_GATHER:
		return gather(operation, in);
	case ENGINE_NONE:
		break;
	}
	return CKR_OPERATION_NOT_INITIALIZED;
}

/* Sign, verify, encrypt, decrypt: with the whole input, or its digest. */
static uint32_t use_pair(struct operation *operation, struct bytes in,
			 struct bytes signature, uint8_t *out, size_t *size)
{
	const struct object *key = operation->key;
	const struct recipe *recipe = &operation->recipe;
	bool is_ec = recipe->mechanism->family == KEY_ECDSA;

	switch (operation->purpose) {
	case KEY_USE_SIGN:
		return is_ec ? ec_sign(key, in, out, size) :
			       rsa_sign(key, recipe, in, out, size);
	case KEY_USE_VERIFY:
		return is_ec ? ec_verify(key, in, signature) :
			       rsa_verify(key, recipe, in, signature);
	case KEY_USE_ENCRYPT:
		return rsa_encrypt(key, recipe, in, out, size);
	default:
		return rsa_decrypt(key, recipe, in, out, size);
	}
}

static uint32_t finish_gathered(struct operation *operation,
				struct bytes signature, uint8_t *out,
				size_t capacity, size_t *size)
{
	struct bytes in = {operation->gathered, operation->gathered_size};
	enum key_family family = operation->recipe.mechanism->family;

	if (family == KEY_AES_GCM || family == KEY_AES_KW ||
	    family == KEY_AES_KWP)
		return secret_at_once(operation->key, operation->purpose,
				      &operation->recipe, in, out, capacity,
				      size);
	/* RSA wants room for the modulus, whatever comes out. */
	if (capacity < RSA_SIZE_MAX)
		return CKR_BUFFER_TOO_SMALL;
	return use_pair(operation, in, signature, out, size);
}

static uint32_t finish_hashed(struct operation *operation,
			      struct bytes signature, uint8_t *out,
			      size_t capacity, size_t *size)
{
	uint8_t digest[PSA_HASH_MAX_SIZE];
	struct bytes in = {digest, 0};
	psa_status_t status = psa_hash_finish(&operation->hash, digest,
					      sizeof(digest), &in.size);

	if (status)
		return result_of(status);
	if (capacity < RSA_SIZE_MAX)
		return CKR_BUFFER_TOO_SMALL;
	return use_pair(operation, in, signature, out, size);
}

static uint32_t finish_mac(struct operation *operation, struct bytes signature,
			   uint8_t *out, size_t capacity, size_t *size)
{
	if (operation->purpose == KEY_USE_SIGN)
		return result_of(psa_mac_sign_finish(&operation->mac, out,
						     capacity, size));
	return result_of(psa_mac_verify_finish(&operation->mac, signature.at,
					       signature.size));
}

static uint32_t finish_cipher(struct operation *operation, uint8_t *out,
			      size_t capacity, size_t *size)
{
	psa_status_t status = psa_cipher_finish(&operation->cipher, out,
						capacity, size);
	bool is_encrypt = operation->purpose == KEY_USE_ENCRYPT;

	/* Not whole blocks; or padding, which the length alone must explain. */
	if (status == PSA_ERROR_INVALID_ARGUMENT)
		return is_encrypt ? CKR_DATA_LEN_RANGE :
				    CKR_ENCRYPTED_DATA_LEN_RANGE;
	if (status == PSA_ERROR_INVALID_PADDING)
		return CKR_ENCRYPTED_DATA_INVALID;
	return result_of(status);
}

static uint32_t finish_aead(struct operation *operation, uint8_t *out,
			    size_t capacity, size_t *size)
{
	uint8_t tag[16];
	size_t tag_size;
	psa_status_t status = psa_aead_finish(&operation->aead, out, capacity,
					      size, tag, sizeof(tag),
					      &tag_size);

	if (status)
		return result_of(status);
	if (capacity - *size < tag_size)
		return CKR_BUFFER_TOO_SMALL;
	memcpy(out + *size, tag, tag_size);
	*size += tag_size;
	return CKR_OK;
}

uint32_t operation_finish(struct operation *operation, struct bytes signature,
			  uint8_t *out, size_t capacity, size_t *size)
{
	*size = 0;
	switch (operation->engine) {
	case ENGINE_HASH:
		return result_of(psa_hash_finish(&operation->hash, out,
						 capacity, size));
	case ENGINE_HASH_AND_SIGN:
		return finish_hashed(operation, signature, out, capacity, size);
	case ENGINE_MAC:
		return finish_mac(operation, signature, out, capacity, size);
	case ENGINE_CIPHER:
		return finish_cipher(operation, out, capacity, size);
	case ENGINE_AEAD:
		return finish_aead(operation, out, capacity, size);
	case ENGINE_GATHER:
		return finish_gathered(operation, signature, out, capacity,
				       size);
	case ENGINE_NONE:
		break;
	}
	return CKR_OPERATION_NOT_INITIALIZED;
}

void operation_end(struct operation *operation)
{
	psa_hash_abort(&operation->hash);
	psa_mac_abort(&operation->mac);
	psa_cipher_abort(&operation->cipher);
	psa_aead_abort(&operation->aead);
	psa_destroy_key(operation->psa_key);
	object_drop(operation->key);
	rsa_cache_sweep();
	free(operation->kept);
	if (operation->gathered)
		explicit_bzero(operation->gathered, operation->gathered_size);
	free(operation->gathered);
	explicit_bzero(operation, sizeof(*operation));
}
