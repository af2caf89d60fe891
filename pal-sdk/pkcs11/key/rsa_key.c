/* SPDX-License-Identifier: BSD-2-Clause */
/* Making and importing RSA keys. */
#include <mbedtls/pk.h>
#include <mbedtls/rsa.h>
#include <string.h>
#include "cryptoki.h"
#include "rsa.h"

#define EXPONENT 65537

static bool is_size(size_t bits)
{
	return bits == 2048 || bits == 3072 || bits == 4096;
}

static uint32_t add_public(const mbedtls_rsa_context *rsa, struct writer *to)
{
	uint8_t modulus[RSA_SIZE_MAX], exponent[RSA_SIZE_MAX], *first;
	size_t size = mbedtls_rsa_get_len(rsa), zeros = 0;

	if (mbedtls_rsa_export_raw(rsa, modulus, size, NULL, 0, NULL, 0, NULL,
				   0, exponent, size))
		return CKR_DEVICE_MEMORY;
	while (zeros < size - 1 && !exponent[zeros])
		zeros++;
	first = exponent + zeros;
	writer_add(to, CKA_MODULUS, modulus, size);
	writer_add(to, CKA_PUBLIC_EXPONENT, first, size - zeros);
	return CKR_OK;
}

static uint32_t add_private(const mbedtls_pk_context *pk, struct writer *to)
{
	uint8_t der[RSA_DER_MAX];
	int size = mbedtls_pk_write_key_der(pk, der, sizeof(der));
	uint32_t result;

	if (size <= 0)
		return CKR_DEVICE_MEMORY;
	result = add_public(mbedtls_pk_rsa(*pk), to);
	/* Written at the end of the buffer. */
	writer_add(to, OBJECT_RSA_DER, der + sizeof(der) - size, (size_t)size);
	explicit_bzero(der, sizeof(der));
	return result;
}

static uint32_t set_up(mbedtls_pk_context *pk)
{
	mbedtls_pk_init(pk);
	return mbedtls_pk_setup(pk,
				mbedtls_pk_info_from_type(MBEDTLS_PK_RSA)) ?
		       CKR_DEVICE_MEMORY :
		       CKR_OK;
}

uint32_t rsa_generate(uint32_t bits, struct writer *public,
		      struct writer *private)
{
	mbedtls_pk_context pk;
	uint32_t result;

	if (!is_size(bits))
		return CKR_KEY_SIZE_RANGE;
	result = set_up(&pk);
	if (!result && mbedtls_rsa_gen_key(mbedtls_pk_rsa(pk), rsa_random, NULL,
					   bits, EXPONENT))
		result = CKR_FUNCTION_FAILED;
	if (!result)
		result = add_public(mbedtls_pk_rsa(pk), public);
	if (!result)
		result = add_private(&pk, private);
	writer_add_number(public, CKA_MODULUS_BITS, bits);
	mbedtls_pk_free(&pk);
	return result;
}

uint32_t rsa_import_public(struct items template, struct writer *to)
{
	struct item modulus = {0}, exponent = {0};
	mbedtls_pk_context pk;
	uint32_t result;

	items_find(template, CKA_MODULUS, &modulus);
	items_find(template, CKA_PUBLIC_EXPONENT, &exponent);
	if (!modulus.size || !exponent.size)
		return CKR_TEMPLATE_INCOMPLETE;
	result = set_up(&pk);
	if (!result &&
	    (mbedtls_rsa_import_raw(mbedtls_pk_rsa(pk), modulus.bytes,
				    modulus.size, NULL, 0, NULL, 0, NULL, 0,
				    exponent.bytes, exponent.size) ||
	     mbedtls_rsa_complete(mbedtls_pk_rsa(pk)) ||
	     mbedtls_rsa_check_pubkey(mbedtls_pk_rsa(pk))))
		result = CKR_ATTRIBUTE_VALUE_INVALID;
	if (!result && !is_size(mbedtls_pk_get_bitlen(&pk)))
		result = CKR_KEY_SIZE_RANGE;
	if (!result)
		result = add_public(mbedtls_pk_rsa(pk), to);
	writer_add_number(to, CKA_MODULUS_BITS, mbedtls_pk_get_bitlen(&pk));
	mbedtls_pk_free(&pk);
	return result;
}

static uint32_t judge_private(mbedtls_pk_context *pk, struct writer *to)
{
	mbedtls_rsa_context *rsa = mbedtls_pk_rsa(*pk);

	if (mbedtls_rsa_complete(rsa) || mbedtls_rsa_check_privkey(rsa))
		return CKR_ATTRIBUTE_VALUE_INVALID;
	if (!is_size(mbedtls_pk_get_bitlen(pk)))
		return CKR_KEY_SIZE_RANGE;
	return add_private(pk, to);
}

/* Of N, P, Q, D and E those that are there; Mbed TLS finds the others. */
uint32_t rsa_import_private(struct items template, struct writer *to)
{
	static const uint32_t types[] = {CKA_MODULUS, CKA_PRIME_1, CKA_PRIME_2,
					 CKA_PRIVATE_EXPONENT,
					 CKA_PUBLIC_EXPONENT};
	struct item part[5] = {0};
	mbedtls_pk_context pk;
	uint32_t result;

	for (size_t i = 0; i < 5; i++) {
		items_find(template, types[i], &part[i]);
		if (part[i].size > RSA_SIZE_MAX)
			return CKR_ATTRIBUTE_VALUE_INVALID;
		if (!part[i].size)
			part[i].bytes = NULL;
	}
	if (!part[0].size || !part[3].size)
		return CKR_TEMPLATE_INCOMPLETE;
	result = set_up(&pk);
	if (!result &&
	    mbedtls_rsa_import_raw(mbedtls_pk_rsa(pk), part[0].bytes,
				   part[0].size, part[1].bytes, part[1].size,
				   part[2].bytes, part[2].size, part[3].bytes,
				   part[3].size, part[4].bytes, part[4].size))
		result = CKR_ATTRIBUTE_VALUE_INVALID;
	if (!result)
		result = judge_private(&pk, to);
	mbedtls_pk_free(&pk);
	return result;
}

uint32_t rsa_import_der(struct bytes der, struct writer *to)
{
	mbedtls_pk_context pk;
	uint32_t result = CKR_WRAPPED_KEY_INVALID;

	mbedtls_pk_init(&pk);
	if (!mbedtls_pk_parse_key(&pk, der.at, der.size, NULL, 0, rsa_random,
				  NULL) &&
	    mbedtls_pk_get_type(&pk) == MBEDTLS_PK_RSA)
		result = judge_private(&pk, to);
	mbedtls_pk_free(&pk);
	return result;
}
