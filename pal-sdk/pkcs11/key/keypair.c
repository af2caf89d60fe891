/* SPDX-License-Identifier: BSD-2-Clause */
/* P-256 for the token's own purposes. */
#include "keypair.h"
#include <string.h>
#include "cryptoki.h"

static psa_key_attributes_t attributes_of(psa_key_type_t type,
					  psa_algorithm_t algorithm)
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;

	psa_set_key_type(&attributes, type);
	psa_set_key_bits(&attributes, 256);
	psa_set_key_algorithm(&attributes, algorithm);
	psa_set_key_usage_flags(&attributes,
				PSA_KEY_USAGE_EXPORT | PSA_KEY_USAGE_SIGN_HASH |
					PSA_KEY_USAGE_SIGN_MESSAGE |
					PSA_KEY_USAGE_DERIVE |
					PSA_KEY_USAGE_ENCRYPT |
					PSA_KEY_USAGE_DECRYPT);
	return attributes;
}

#define PAIR PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1)
#define SIGN PSA_ALG_ECDSA(PSA_ALG_SHA_256)
#define AGREE                                                                  \
	PSA_ALG_KEY_AGREEMENT(PSA_ALG_ECDH, PSA_ALG_HKDF(PSA_ALG_SHA_256))

uint32_t keypair_generate(uint8_t private[KEY_SECRET_SIZE],
			  uint8_t public[KEY_POINT_SIZE])
{
	psa_key_attributes_t attributes = attributes_of(PAIR, SIGN);
	psa_key_id_t id;
	psa_status_t status = psa_generate_key(&attributes, &id);
	size_t size;

	if (status)
		return CKR_FUNCTION_FAILED;
	status = psa_export_key(id, private, KEY_SECRET_SIZE, &size);
	if (!status)
		status = psa_export_public_key(id, public, KEY_POINT_SIZE,
					       &size);
	psa_destroy_key(id);
	return status ? CKR_FUNCTION_FAILED : CKR_OK;
}

uint32_t keypair_sign(const uint8_t private[KEY_SECRET_SIZE], const void *bytes,
		      size_t size, uint8_t signature[64])
{
	psa_key_attributes_t attributes = attributes_of(PAIR, SIGN);
	psa_key_id_t id;
	psa_status_t status =
		psa_import_key(&attributes, private, KEY_SECRET_SIZE, &id);
	size_t written;

	if (status)
		return CKR_DEVICE_MEMORY;
	status = psa_sign_message(id, SIGN, bytes, size, signature, 64,
				  &written);
	psa_destroy_key(id);
	return status ? CKR_FUNCTION_FAILED : CKR_OK;
}

static psa_status_t derive(psa_key_derivation_operation_t *operation,
			   psa_key_id_t pair,
			   const uint8_t other[KEY_POINT_SIZE],
			   const uint8_t points[2 * KEY_POINT_SIZE],
			   psa_key_id_t *key)
{
	psa_key_attributes_t attributes =
		attributes_of(PSA_KEY_TYPE_AES, PSA_ALG_GCM);
	psa_status_t status = psa_key_derivation_setup(
		operation, AGREE);

	if (!status)
		status = psa_key_derivation_key_agreement(
			operation, PSA_KEY_DERIVATION_INPUT_SECRET, pair, other,
			KEY_POINT_SIZE);
	if (!status)
		status = psa_key_derivation_input_bytes(
			operation, PSA_KEY_DERIVATION_INPUT_INFO, points,
			2 * KEY_POINT_SIZE);
	if (!status)
		status = psa_key_derivation_output_key(&attributes, operation,
						       key);
	return status;
}

uint32_t keypair_agree(const uint8_t private[KEY_SECRET_SIZE],
		       const uint8_t other[KEY_POINT_SIZE],
		       const uint8_t points[2 * KEY_POINT_SIZE],
		       psa_key_id_t *key)
{
	psa_key_derivation_operation_t operation =
		PSA_KEY_DERIVATION_OPERATION_INIT;
	psa_key_attributes_t attributes = attributes_of(PAIR, AGREE);
	psa_key_id_t pair;
	psa_status_t status =
		psa_import_key(&attributes, private, KEY_SECRET_SIZE, &pair);

	if (status)
		return CKR_DEVICE_MEMORY;
	status = derive(&operation, pair, other, points, key);
	psa_key_derivation_abort(&operation);
	psa_destroy_key(pair);
	return status ? CKR_ARGUMENTS_BAD : CKR_OK;
}

bool keypair_is_point(const uint8_t point[KEY_POINT_SIZE])
{
	psa_key_attributes_t attributes = attributes_of(
		PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1), SIGN);
	psa_key_id_t id;

	psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_VERIFY_HASH);
	if (psa_import_key(&attributes, point, KEY_POINT_SIZE, &id))
		return false;
	psa_destroy_key(id);
	return true;
}
