/* SPDX-License-Identifier: BSD-2-Clause */
/* ECDSA and ECDH. */
#include "ec.h"
#include <mbedtls/pk.h>
#include <string.h>
#include "cryptoki.h"

static psa_key_attributes_t attributes_of(const struct curve *curve,
					  psa_key_type_t type,
					  psa_algorithm_t algorithm)
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;

	psa_set_key_type(&attributes, type);
	psa_set_key_bits(&attributes, curve->bits);
	psa_set_key_algorithm(&attributes, algorithm);
	psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_HASH |
						     PSA_KEY_USAGE_VERIFY_HASH |
						     PSA_KEY_USAGE_DERIVE |
						     PSA_KEY_USAGE_EXPORT);
	return attributes;
}

static psa_status_t import_private(const struct curve *curve,
				   struct item value,
				   psa_algorithm_t algorithm, psa_key_id_t *key)
{
	psa_key_attributes_t attributes = attributes_of(
		curve, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1),
		algorithm);

	return psa_import_key(&attributes, value.bytes, value.size, key);
}

static psa_status_t import_public(const struct curve *curve,
				  const uint8_t *point, psa_key_id_t *key)
{
	psa_key_attributes_t attributes = attributes_of(
		curve, PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1),
		PSA_ALG_ECDSA_ANY);

	psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_VERIFY_HASH);
	return psa_import_key(&attributes, point, curve_point_size(curve), key);
}

static const struct curve *curve_in(const struct object *key)
{
	return curve_of(object_bytes(key, CKA_EC_PARAMS));
}

/* Longer digests are cut, as FIPS 186-5 says; PSA cuts by itself. */
uint32_t ec_sign(const struct object *key, struct bytes in, uint8_t *out,
		 size_t *size)
{
	psa_key_id_t id;
	psa_status_t status;

	if (!in.size || in.size > PSA_HASH_MAX_SIZE)
		return CKR_DATA_LEN_RANGE;
	if (import_private(curve_in(key), object_bytes(key, CKA_VALUE),
			   PSA_ALG_ECDSA_ANY, &id))
		return CKR_DEVICE_MEMORY;
	status = psa_sign_hash(id, PSA_ALG_ECDSA_ANY, in.at, in.size, out,
			       EC_SIGNATURE_MAX, size);
	psa_destroy_key(id);
	return status ? CKR_FUNCTION_FAILED : CKR_OK;
}

uint32_t ec_verify(const struct object *key, struct bytes in,
		   struct bytes signature)
{
	const struct curve *curve = curve_in(key);
	psa_key_id_t id;
	psa_status_t status;

	if (!in.size || in.size > PSA_HASH_MAX_SIZE)
		return CKR_DATA_LEN_RANGE;
	if (signature.size != 2 * curve->number_size)
		return CKR_SIGNATURE_LEN_RANGE;
	if (import_public(curve,
			  curve_point(curve, object_bytes(key, CKA_EC_POINT)),
			  &id))
		return CKR_DEVICE_MEMORY;
	status = psa_verify_hash(id, PSA_ALG_ECDSA_ANY, in.at, in.size,
				 signature.at, signature.size);
	psa_destroy_key(id);
	return status ? CKR_SIGNATURE_INVALID : CKR_OK;
}

uint32_t ec_agree(const struct object *key, struct item peer, uint8_t *out,
		  size_t *size)
{
	const struct curve *curve = curve_in(key);
	const uint8_t *point = curve_point(curve, peer);
	psa_key_id_t id;
	psa_status_t status;

	if (!point)
		return CKR_MECHANISM_PARAM_INVALID;
	if (import_private(curve, object_bytes(key, CKA_VALUE), PSA_ALG_ECDH,
			   &id))
		return CKR_DEVICE_MEMORY;
	status = psa_raw_key_agreement(PSA_ALG_ECDH, id, point,
				       curve_point_size(curve), out,
				       CURVE_NUMBER_MAX, size);
	psa_destroy_key(id);
	return status ? CKR_MECHANISM_PARAM_INVALID : CKR_OK;
}

/* Append a private key that PSA has: curve, point, value. */
static uint32_t add_private(psa_key_id_t id, const struct curve *curve,
			    uint8_t point[CURVE_POINT_MAX], struct writer *to)
{
	uint8_t value[CURVE_NUMBER_MAX];
	size_t point_size, value_size;
	uint32_t result = CKR_OK;

	if (psa_export_public_key(id, point, CURVE_POINT_MAX, &point_size) ||
	    psa_export_key(id, value, sizeof(value), &value_size)) {
		result = CKR_DEVICE_MEMORY;
	} else {
		curve_add(to, curve, point);
		writer_add(to, CKA_VALUE, value, value_size);
	}
	explicit_bzero(value, sizeof(value));
	return result;
}

uint32_t ec_generate(struct items template, struct writer *public,
		     struct writer *private)
{
	struct item parameters = {0};
	uint8_t point[CURVE_POINT_MAX];
	psa_key_attributes_t attributes;
	const struct curve *curve;
	psa_key_id_t id;
	uint32_t result;

	if (!items_find(template, CKA_EC_PARAMS, &parameters))
		return CKR_TEMPLATE_INCOMPLETE;
	curve = curve_of(parameters);
	if (!curve)
		return CKR_CURVE_NOT_SUPPORTED;
	attributes = attributes_of(
		curve, PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1),
		PSA_ALG_ECDSA_ANY);
	if (psa_generate_key(&attributes, &id))
		return CKR_FUNCTION_FAILED;
	result = add_private(id, curve, point, private);
	if (!result)
		curve_add(public, curve, point);
	psa_destroy_key(id);
	return result;
}

uint32_t ec_import_public(struct items template, struct writer *to)
{
	struct item parameters = {0}, encoded = {0};
	const struct curve *curve;
	const uint8_t *point;
	psa_key_id_t id;

	if (!items_find(template, CKA_EC_PARAMS, &parameters) ||
	    !items_find(template, CKA_EC_POINT, &encoded))
		return CKR_TEMPLATE_INCOMPLETE;
	curve = curve_of(parameters);
	if (!curve)
		return CKR_CURVE_NOT_SUPPORTED;
	point = curve_point(curve, encoded);
	if (!point || import_public(curve, point, &id))
		return CKR_ATTRIBUTE_VALUE_INVALID;
	psa_destroy_key(id);
	curve_add(to, curve, point);
	return CKR_OK;
}

uint32_t ec_import_private(struct items template, struct writer *to)
{
	struct item parameters = {0}, value = {0};
	uint8_t padded[CURVE_NUMBER_MAX] = {0}, point[CURVE_POINT_MAX];
	const struct curve *curve;
	struct item number;
	psa_key_id_t id;
	uint32_t result;

	if (!items_find(template, CKA_EC_PARAMS, &parameters) ||
	    !items_find(template, CKA_VALUE, &value))
		return CKR_TEMPLATE_INCOMPLETE;
	curve = curve_of(parameters);
	if (!curve)
		return CKR_CURVE_NOT_SUPPORTED;
	if (!value.size || value.size > curve->number_size)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	number = (struct item){.bytes = padded, .size = curve->number_size};
	memcpy(padded + curve->number_size - value.size, value.bytes,
	       value.size);
	result = CKR_ATTRIBUTE_VALUE_INVALID;
	if (!import_private(curve, number, PSA_ALG_ECDSA_ANY, &id)) {
		result = add_private(id, curve, point, to);
		psa_destroy_key(id);
	}
	explicit_bzero(padded, sizeof(padded));
	return result;
}

/* Its attributes as the library sees them are those of a key that signs. */
static bool read_attributes(mbedtls_pk_context *pk,
			    psa_key_attributes_t *attributes)
{
	if (mbedtls_pk_get_type(pk) != MBEDTLS_PK_ECKEY ||
	    mbedtls_pk_get_psa_attributes(pk, PSA_KEY_USAGE_SIGN_HASH,
					  attributes) ||
	    psa_get_key_type(attributes) !=
		    PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1))
		return false;
	psa_set_key_usage_flags(attributes, PSA_KEY_USAGE_EXPORT);
	return curve_of_bits(psa_get_key_bits(attributes));
}

uint32_t ec_import_der(struct bytes der, struct writer *to)
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	uint8_t point[CURVE_POINT_MAX];
	uint32_t result = CKR_WRAPPED_KEY_INVALID;
	mbedtls_pk_context pk;
	psa_key_id_t id;

	mbedtls_pk_init(&pk);
	if (!mbedtls_pk_parse_key(&pk, der.at, der.size, NULL, 0, rsa_random,
				  NULL) &&
	    read_attributes(&pk, &attributes) &&
	    !mbedtls_pk_import_into_psa(&pk, &attributes, &id)) {
		result = add_private(
			id, curve_of_bits(psa_get_key_bits(&attributes)), point,
			to);
		psa_destroy_key(id);
	}
	mbedtls_pk_free(&pk);
	return result;
}
