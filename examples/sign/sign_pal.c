/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signs with a key that exists only here: made at the first call, never
 * exported, wiped when the PAL ends.
 */
#include <pal.h>
#include <psa/crypto.h>
#include <string.h>
#include "sign.h"

PAL_NAME("sign");
PAL_FUNCTIONS(SIGN_FUNCTIONS);

#define NUMBER_SIZE 32 /* of P-256: r, s and the coordinates */
#define POINT_SIZE  (1 + 2 * NUMBER_SIZE)

static psa_key_id_t key;
static psa_hash_operation_t hash;

/* Make the key unless there is one. */
static psa_status_t need_key(void)
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	psa_status_t status = psa_crypto_init();

	if (status != PSA_SUCCESS || key)
		return status;
	psa_set_key_type(&attributes,
			 PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
	psa_set_key_bits(&attributes, 256);
	psa_set_key_algorithm(&attributes, PSA_ALG_ECDSA(PSA_ALG_SHA_256));
	psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_HASH);
	return psa_generate_key(&attributes, &key);
}

int sign_public_key(struct sign_key *reply)
{
	/* RFC 5480: id-ecPublicKey, secp256r1, then the point's bit string */
	static const unsigned char prefix[] = {
		0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48,
		0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
		0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
	};
	size_t size;

	memcpy(reply->der, prefix, sizeof(prefix));
	if (need_key() != PSA_SUCCESS ||
	    psa_export_public_key(key, reply->der + sizeof(prefix), POINT_SIZE,
				  &size) != PSA_SUCCESS)
		return SIGN_ECRYPTO;
	return 0;
}

int sign_begin(void)
{
	if (need_key() != PSA_SUCCESS || psa_hash_abort(&hash) != PSA_SUCCESS ||
	    psa_hash_setup(&hash, PSA_ALG_SHA_256) != PSA_SUCCESS)
		return SIGN_ECRYPTO;
	return 0;
}

int sign_update(const void *in, size_t in_size)
{
	return psa_hash_update(&hash, in, in_size) == PSA_SUCCESS ? 0
								  : SIGN_EORDER;
}

/* DER INTEGER of an unsigned number; returns the first byte after it. */
static unsigned char *put_integer(unsigned char *to,
				  const unsigned char *number)
{
	size_t size = NUMBER_SIZE, sign;

	for (; size > 1 && !*number; size--)
		number++;
	sign = *number >> 7;
	*to++ = 0x02;
	*to++ = (unsigned char)(size + sign);
	if (sign)
		*to++ = 0;
	memcpy(to, number, size);
	return to + size;
}

int sign_finish(void *out, size_t out_capacity, size_t *out_size)
{
	unsigned char digest[32], pair[2 * NUMBER_SIZE];
	unsigned char *der = out, *end;
	size_t size;

	if (out_capacity < SIGN_SIGNATURE_MAX)
		return SIGN_ESIZE;
	if (psa_hash_finish(&hash, digest, sizeof(digest), &size))
		return SIGN_EORDER;
	if (psa_sign_hash(key, PSA_ALG_ECDSA(PSA_ALG_SHA_256), digest, size,
			  pair, sizeof(pair), &size))
		return SIGN_ECRYPTO;
	end = put_integer(put_integer(der + 2, pair), pair + NUMBER_SIZE);
	der[0] = 0x30;
	der[1] = (unsigned char)(end - der - 2);
	*out_size = (size_t)(end - der);
	return 0;
}
