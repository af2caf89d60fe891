/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * MBEDTLS_PSA_CRYPTO_CONFIG_FILE: the algorithms, key types and curves that PAL
 * authors get.  One rule decides: what is recommended today and needed for
 * signing, TLS and SSH keys, sealing and attestation is in; what is broken or
 * on its way out (MD5, DES, curves under 256 bits) is out.  SHA-1 is here for
 * OAEP, whose default it is, and for HMAC in old tokens.
 */
#ifndef CRYPTO_PSA_WANTED_H
#define CRYPTO_PSA_WANTED_H

#define PSA_WANT_ALG_SHA_1    1
#define PSA_WANT_ALG_SHA_224  1
#define PSA_WANT_ALG_SHA_256  1
#define PSA_WANT_ALG_SHA_384  1
#define PSA_WANT_ALG_SHA_512  1
#define PSA_WANT_ALG_SHA3_224 1
#define PSA_WANT_ALG_SHA3_256 1
#define PSA_WANT_ALG_SHA3_384 1
#define PSA_WANT_ALG_SHA3_512 1

#define PSA_WANT_ALG_HMAC		      1
#define PSA_WANT_ALG_CMAC		      1
#define PSA_WANT_ALG_HKDF		      1
#define PSA_WANT_ALG_HKDF_EXTRACT	      1
#define PSA_WANT_ALG_HKDF_EXPAND	      1
#define PSA_WANT_ALG_PBKDF2_HMAC	      1
#define PSA_WANT_ALG_PBKDF2_AES_CMAC_PRF_128 1

#define PSA_WANT_ALG_ECB_NO_PADDING 1
#define PSA_WANT_ALG_CBC_NO_PADDING 1
#define PSA_WANT_ALG_CBC_PKCS7	    1
#define PSA_WANT_ALG_CTR	    1
#define PSA_WANT_ALG_GCM	    1
#define PSA_WANT_ALG_CCM	    1

#define PSA_WANT_ALG_ECDSA		 1
#define PSA_WANT_ALG_DETERMINISTIC_ECDSA 1
#define PSA_WANT_ALG_ECDH		 1
#define PSA_WANT_ALG_RSA_PKCS1V15_SIGN	 1
#define PSA_WANT_ALG_RSA_PKCS1V15_CRYPT	 1
#define PSA_WANT_ALG_RSA_PSS		 1
#define PSA_WANT_ALG_RSA_OAEP		 1

#define PSA_WANT_ECC_SECP_R1_256    1
#define PSA_WANT_ECC_SECP_R1_384    1
#define PSA_WANT_ECC_SECP_R1_521    1
#define PSA_WANT_ECC_MONTGOMERY_255 1

#define PSA_WANT_KEY_TYPE_RAW_DATA	1
#define PSA_WANT_KEY_TYPE_DERIVE	1
#define PSA_WANT_KEY_TYPE_PASSWORD	1
#define PSA_WANT_KEY_TYPE_PASSWORD_HASH 1
#define PSA_WANT_KEY_TYPE_HMAC		1
#define PSA_WANT_KEY_TYPE_AES		1

#define PSA_WANT_KEY_TYPE_ECC_PUBLIC_KEY	1
#define PSA_WANT_KEY_TYPE_ECC_KEY_PAIR_BASIC	1
#define PSA_WANT_KEY_TYPE_ECC_KEY_PAIR_IMPORT	1
#define PSA_WANT_KEY_TYPE_ECC_KEY_PAIR_EXPORT	1
#define PSA_WANT_KEY_TYPE_ECC_KEY_PAIR_GENERATE 1
#define PSA_WANT_KEY_TYPE_ECC_KEY_PAIR_DERIVE	1

#define PSA_WANT_KEY_TYPE_RSA_PUBLIC_KEY	1
#define PSA_WANT_KEY_TYPE_RSA_KEY_PAIR_BASIC	1
#define PSA_WANT_KEY_TYPE_RSA_KEY_PAIR_IMPORT	1
#define PSA_WANT_KEY_TYPE_RSA_KEY_PAIR_EXPORT	1
#define PSA_WANT_KEY_TYPE_RSA_KEY_PAIR_GENERATE 1

#endif
