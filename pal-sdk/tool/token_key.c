/* SPDX-License-Identifier: BSD-2-Clause */
/* Parsed by Mbed TLS, taken apart into attributes. */
#include "token_key.h"
#include <mbedtls/asn1.h>
#include <mbedtls/ecp.h>
#include <mbedtls/pk.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/psa_util.h>
#include <mbedtls/rsa.h>
#include <psa/crypto.h>
#include <string.h>

/* The order of `numbers`; an EC key has its value in the first. */
static const CK_ATTRIBUTE_TYPE rsa_types[TOKEN_KEY_NUMBERS] = {
	CKA_MODULUS, CKA_PUBLIC_EXPONENT, CKA_PRIVATE_EXPONENT, CKA_PRIME_1,
	CKA_PRIME_2, CKA_EXPONENT_1,	  CKA_EXPONENT_2,	CKA_COEFFICIENT,
};

struct curve {
	mbedtls_ecp_group_id group;
	CK_BYTE oid[10];
	CK_ULONG oid_size;
	CK_ULONG bytes;
};

static const struct curve curves[] = {
	{MBEDTLS_ECP_DP_SECP256R1,
	 {6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7},
	 10,
	 32},
	{MBEDTLS_ECP_DP_SECP384R1, {6, 5, 0x2b, 0x81, 4, 0, 0x22}, 7, 48},
	{MBEDTLS_ECP_DP_SECP521R1, {6, 5, 0x2b, 0x81, 4, 0, 0x23}, 7, 66},
};

static int take_number(struct token_key *key, int which,
		       const mbedtls_mpi *number)
{
	key->sizes[which] = mbedtls_mpi_size(number);
	if (key->sizes[which] > TOKEN_KEY_NUMBER_SIZE)
		return -1;
	return mbedtls_mpi_write_binary(number, key->numbers[which],
					key->sizes[which]);
}

static const char *take_rsa(const mbedtls_rsa_context *rsa,
			    struct token_key *key)
{
	mbedtls_mpi numbers[TOKEN_KEY_NUMBERS];
	int status;

	for (int i = 0; i < TOKEN_KEY_NUMBERS; i++)
		mbedtls_mpi_init(&numbers[i]);
	status = mbedtls_rsa_export(rsa, &numbers[0], &numbers[3], &numbers[4],
				    &numbers[2], &numbers[1]);
	if (!status)
		status = mbedtls_rsa_export_crt(rsa, &numbers[5], &numbers[6],
						&numbers[7]);
	for (int i = 0; i < TOKEN_KEY_NUMBERS; i++) {
		if (!status)
			status = take_number(key, i, &numbers[i]);
		mbedtls_mpi_free(&numbers[i]);
	}
	key->is_rsa = true;
	return status ? "it is an RSA key of more than 4096 bits, or damaged"
		      : NULL;
}

static const char *take_point(const mbedtls_ecp_group *group,
			      const mbedtls_ecp_point *point,
			      struct token_key *key)
{
	size_t size;
	CK_BYTE *at = key->point;

	if (mbedtls_ecp_point_write_binary(
		    group, point, MBEDTLS_ECP_PF_UNCOMPRESSED, &size,
		    key->point + 3, sizeof(key->point) - 3))
		return "it has no public key with it";
	/* OCTET STRING; more than 127 bytes have a longer length. */
	*at++ = MBEDTLS_ASN1_OCTET_STRING;
	if (size > 127)
		*at++ = 0x81;
	*at++ = (CK_BYTE)size;
	memmove(at, key->point + 3, size);
	key->point_size = (CK_ULONG)(at - key->point) + size;
	return NULL;
}

static const char *take_ec(const mbedtls_ecp_keypair *pair,
			   struct token_key *key)
{
	const struct curve *curve = NULL;
	const char *wrong = "its curve is not P-256, P-384 or P-521";
	mbedtls_ecp_group group;
	mbedtls_ecp_point point;
	mbedtls_mpi value;

	mbedtls_ecp_group_init(&group);
	mbedtls_ecp_point_init(&point);
	mbedtls_mpi_init(&value);
	for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++)
		if (mbedtls_ecp_keypair_get_group_id(pair) == curves[i].group)
			curve = &curves[i];
	if (curve && !mbedtls_ecp_export(pair, &group, &value, &point)) {
		memcpy(key->curve, curve->oid, curve->oid_size);
		key->curve_size = curve->oid_size;
		key->sizes[0] = curve->bytes;
		wrong = mbedtls_mpi_write_binary(&value, key->numbers[0],
						 curve->bytes)
				? "it is damaged"
				: take_point(&group, &point, key);
	}
	mbedtls_ecp_group_free(&group);
	mbedtls_ecp_point_free(&point);
	mbedtls_mpi_free(&value);
	return wrong;
}

const char *token_key_parse(const char *text, struct token_key *key)
{
	mbedtls_pk_context pk;
	const char *wrong;

	memset(key, 0, sizeof(*key));
	if (strstr(text, "ENCRYPTED"))
		return "it is encrypted: `openssl pkey` decrypts it";
	if (psa_crypto_init() != PSA_SUCCESS)
		return "cryptography failed to start";
	mbedtls_pk_init(&pk);
	if (mbedtls_pk_parse_key(
		    &pk, (const unsigned char *)text, strlen(text) + 1, NULL, 0,
		    mbedtls_psa_get_random, MBEDTLS_PSA_RANDOM_STATE))
		wrong = "it is neither a private key nor a certificate in PEM, "
			"or its curve is none of P-256, P-384, P-521";
	else if (mbedtls_pk_get_type(&pk) == MBEDTLS_PK_RSA)
		wrong = take_rsa(mbedtls_pk_rsa(pk), key);
	else
		wrong = take_ec(mbedtls_pk_ec(pk), key);
	mbedtls_pk_free(&pk);
	if (wrong)
		token_key_wipe(key);
	return wrong;
}

void token_key_put(const struct token_key *key,
		   struct token_template *public_half,
		   struct token_template *private_half)
{
	CK_KEY_TYPE type = key->is_rsa ? CKK_RSA : CKK_EC;

	token_template_number(public_half, CKA_CLASS, CKO_PUBLIC_KEY);
	token_template_number(private_half, CKA_CLASS, CKO_PRIVATE_KEY);
	token_template_number(public_half, CKA_KEY_TYPE, type);
	token_template_number(private_half, CKA_KEY_TYPE, type);
	if (!key->is_rsa) {
		token_template_bytes(public_half, CKA_EC_PARAMS, key->curve,
				     key->curve_size);
		token_template_bytes(private_half, CKA_EC_PARAMS, key->curve,
				     key->curve_size);
		token_template_bytes(public_half, CKA_EC_POINT, key->point,
				     key->point_size);
		token_template_bytes(private_half, CKA_VALUE, key->numbers[0],
				     key->sizes[0]);
		return;
	}
	for (int i = 0; i < TOKEN_KEY_NUMBERS; i++) {
		if (i < 2)
			token_template_bytes(public_half, rsa_types[i],
					     key->numbers[i], key->sizes[i]);
		token_template_bytes(private_half, rsa_types[i],
				     key->numbers[i], key->sizes[i]);
	}
}

void token_key_wipe(struct token_key *key)
{
	mbedtls_platform_zeroize(key, sizeof(*key));
}

/* ---- Certificates -------------------------------------------------------- */

#define SEQUENCE (MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE)

/* The element at *at, whole, if it has the tag; *at is behind it then. */
static bool take_element(unsigned char **at, const unsigned char *end, int tag,
			 const unsigned char **element, size_t *element_size)
{
	unsigned char *start = *at;
	size_t size;

	if (mbedtls_asn1_get_tag(at, end, &size, tag))
		return false;
	*at += size;
	*element = start;
	*element_size = (size_t)(*at - start);
	return true;
}

/* RFC 5280: version, serial number, algorithm, issuer, validity, subject. */
void token_certificate_names(const uint8_t *der, size_t size,
			     struct token_template *to)
{
	unsigned char *at = (unsigned char *)(uintptr_t)der;
	const unsigned char *end = der + size;
	const unsigned char *serial, *issuer, *subject, *other;
	size_t serial_size, issuer_size, subject_size, other_size, inner;

	if (mbedtls_asn1_get_tag(&at, end, &inner, SEQUENCE) ||
	    mbedtls_asn1_get_tag(&at, end, &inner, SEQUENCE))
		return;
	take_element(&at, end,
		     MBEDTLS_ASN1_CONTEXT_SPECIFIC | MBEDTLS_ASN1_CONSTRUCTED,
		     &other, &other_size);
	if (!take_element(&at, end, MBEDTLS_ASN1_INTEGER, &serial,
			  &serial_size) ||
	    !take_element(&at, end, SEQUENCE, &other, &other_size) ||
	    !take_element(&at, end, SEQUENCE, &issuer, &issuer_size) ||
	    !take_element(&at, end, SEQUENCE, &other, &other_size) ||
	    !take_element(&at, end, SEQUENCE, &subject, &subject_size))
		return;
	token_template_bytes(to, CKA_SERIAL_NUMBER, serial, serial_size);
	token_template_bytes(to, CKA_ISSUER, issuer, issuer_size);
	token_template_bytes(to, CKA_SUBJECT, subject, subject_size);
}
