/* SPDX-License-Identifier: BSD-2-Clause */
/* Checking signature pages. */
#include "signature.h"
#include <psa/crypto.h>
#include <string.h>

struct curve {
	uint32_t algorithm;
	uint32_t key_size;
	uint32_t signature_size;
	size_t bits;
};

static const struct curve curves[] = {
	{PAL_SIGNATURE_P256, 65, 64, 256},
	{PAL_SIGNATURE_P384, 97, 96, 384},
};

static bool is_zero(const void *bytes, size_t size)
{
	const unsigned char *byte = bytes;

	for (size_t i = 0; i < size; i++)
		if (byte[i])
			return false;
	return true;
}

static const struct curve *find_curve(uint32_t algorithm)
{
	for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++)
		if (curves[i].algorithm == algorithm)
			return &curves[i];
	return NULL;
}

bool signature_is_absent(const struct pal_signature *page)
{
	return is_zero(page, sizeof(*page));
}

int signature_check_form(const struct pal_signature *page)
{
	const struct curve *curve = find_curve(page->algorithm);
	size_t key, signature;

	if (page->magic != PAL_SIGNATURE_MAGIC || page->version != 1 ||
	    !curve || page->key_size != curve->key_size ||
	    page->signature_size != curve->signature_size)
		return NOTARY_ESIGNATURE;
	key = curve->key_size;
	signature = curve->signature_size;
	if (page->key[0] != 4 ||
	    !is_zero(page->key + key, sizeof(page->key) - key) ||
	    !is_zero(page->signature + signature,
		     sizeof(page->signature) - signature) ||
	    !is_zero(page->zero, sizeof(page->zero)))
		return NOTARY_ESIGNATURE;
	return 0;
}

/* PSA refuses a point that is not on the curve. */
static int import_key(const struct pal_signature *page,
		      const struct curve *curve, psa_key_id_t *key)
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	psa_status_t status;

	psa_set_key_type(&attributes,
			 PSA_KEY_TYPE_ECC_PUBLIC_KEY(PSA_ECC_FAMILY_SECP_R1));
	psa_set_key_bits(&attributes, curve->bits);
	psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_VERIFY_HASH);
	psa_set_key_algorithm(&attributes, PSA_ALG_ECDSA(PSA_ALG_SHA_384));
	status = psa_import_key(&attributes, page->key, page->key_size, key);
	if (status == PSA_ERROR_INVALID_ARGUMENT)
		return NOTARY_ESIGNATURE;
	return status == PSA_SUCCESS ? 0 : NOTARY_ECRYPTO;
}

static int verify_with(psa_key_id_t key, const struct pal_signature *page,
		       const uint8_t digest[PAL_MEASUREMENT_SIZE])
{
	switch (psa_verify_hash(key, PSA_ALG_ECDSA(PSA_ALG_SHA_384), digest,
				PAL_MEASUREMENT_SIZE, page->signature,
				page->signature_size)) {
	case PSA_SUCCESS:
		return 0;
	case PSA_ERROR_INVALID_SIGNATURE:
		return NOTARY_EFORGED;
	default:
		return NOTARY_ECRYPTO;
	}
}

int signature_name_signer(const uint8_t *key, size_t key_size,
			  uint8_t signer[48])
{
	uint8_t result[48];
	size_t size;

	if (psa_hash_compute(PSA_ALG_SHA_384, key, key_size, result,
			     sizeof(result), &size) != PSA_SUCCESS)
		return NOTARY_ECRYPTO;
	memcpy(signer, result, sizeof(result));
	return 0;
}

int signature_verify(const struct pal_signature *page,
		     const uint8_t digest[PAL_MEASUREMENT_SIZE],
		     uint8_t signer[48])
{
	psa_key_id_t key;
	int status;

	if (signature_is_absent(page)) {
		memset(signer, 0, 48);
		return 0;
	}
	status = signature_check_form(page);
	if (status)
		return status;
	status = import_key(page, find_curve(page->algorithm), &key);
	if (status)
		return status;
	status = verify_with(key, page, digest);
	if (psa_destroy_key(key) != PSA_SUCCESS && !status)
		status = NOTARY_ECRYPTO;
	return status ? status
		      : signature_name_signer(page->key, page->key_size,
					      signer);
}
