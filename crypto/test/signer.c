/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The smallest useful PAL, for the link test only: makes a P-256 key and signs
 * a hash with it.  It shows that a PAL needs nothing beyond libpalcrypto and
 * libpalc, and what such a PAL weighs.
 */
#include <psa/crypto.h>

long signer(const unsigned char *hash, size_t hash_size, unsigned char *out,
	    size_t out_size);

/* What the linker script of a PAL provides. */
char __pal_heap_start[65536];
extern char __pal_heap_end[];
__asm__(".globl __pal_heap_end\n"
	".set __pal_heap_end, __pal_heap_start + 65536");

long signer(const unsigned char *hash, size_t hash_size, unsigned char *out,
	    size_t out_size)
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	psa_algorithm_t algorithm = PSA_ALG_ECDSA(PSA_ALG_SHA_256);
	psa_key_id_t key = 0;
	psa_status_t status;
	size_t length = 0;

	psa_set_key_type(&attributes,
			 PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
	psa_set_key_bits(&attributes, 256);
	psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_HASH);
	psa_set_key_algorithm(&attributes, algorithm);

	status = psa_crypto_init();
	if (status == PSA_SUCCESS)
		status = psa_generate_key(&attributes, &key);
	if (status == PSA_SUCCESS)
		status = psa_sign_hash(key, algorithm, hash, hash_size, out,
				       out_size, &length);
	return status == PSA_SUCCESS ? (long)length : status;
}
