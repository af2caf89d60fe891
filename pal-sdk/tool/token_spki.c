/* SPDX-License-Identifier: BSD-2-Clause */
/* DER of public keys, written from its end, as the library does it. */
#include "token_spki.h"
#include <mbedtls/asn1write.h>
#include <mbedtls/oid.h>
#include <stdlib.h>
#include <string.h>
#include "command.h"
#include "host/file.h"
#include "pal_host.h"
#include "token_pem.h"

#define NUMBER_SIZE 520 /* of RSA-4096, with room to spare */

/* What is written so far lies at `at`, up to the end of the room. */
struct der {
	uint8_t *start;
	uint8_t *at;
	bool has_failed;
};

static void note(struct der *der, int written)
{
	der->has_failed |= written < 0;
}

static size_t size_since(const struct der *der, const uint8_t *end)
{
	return (size_t)(end - der->at);
}

/* Wrap all from `at` to `end` in a tag. */
static void wrap(struct der *der, const uint8_t *end, unsigned char tag)
{
	size_t size = size_since(der, end);

	note(der, mbedtls_asn1_write_len(&der->at, der->start, size));
	note(der, mbedtls_asn1_write_tag(&der->at, der->start, tag));
}

static void put(struct der *der, const void *bytes, size_t size)
{
	note(der,
	     mbedtls_asn1_write_raw_buffer(&der->at, der->start, bytes, size));
}

/* An unsigned number: a zero before its highest bit. */
static void put_number(struct der *der, const uint8_t *bytes, size_t size)
{
	const uint8_t *end = der->at;
	const uint8_t zero = 0;

	put(der, bytes, size);
	if (size && bytes[0] & 0x80)
		put(der, &zero, 1);
	wrap(der, end, MBEDTLS_ASN1_INTEGER);
}

static void put_oid(struct der *der, const char *oid, size_t size)
{
	note(der, mbedtls_asn1_write_oid(&der->at, der->start, oid, size));
}

/* All from `at` to the end is the key's own part. */
static void put_bits(struct der *der, const uint8_t *end)
{
	const uint8_t unused = 0;

	put(der, &unused, 1);
	wrap(der, end, MBEDTLS_ASN1_BIT_STRING);
}

#define SEQUENCE (MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE)

static void put_rsa(struct der *der, const CK_ATTRIBUTE *modulus,
		    const CK_ATTRIBUTE *exponent)
{
	const uint8_t *end = der->at, *middle;

	put_number(der, exponent->pValue, exponent->ulValueLen);
	put_number(der, modulus->pValue, modulus->ulValueLen);
	wrap(der, end, SEQUENCE);
	put_bits(der, end);
	middle = der->at;
	note(der, mbedtls_asn1_write_null(&der->at, der->start));
	put_oid(der, MBEDTLS_OID_PKCS1_RSA,
		MBEDTLS_OID_SIZE(MBEDTLS_OID_PKCS1_RSA));
	wrap(der, middle, SEQUENCE);
	wrap(der, end, SEQUENCE);
}

/* parameters: DER of the curve's OID. */
static void put_ec(struct der *der, const void *parameters,
		   size_t parameters_size, const void *point, size_t point_size)
{
	const uint8_t *end = der->at, *middle;

	put(der, point, point_size);
	put_bits(der, end);
	middle = der->at;
	put(der, parameters, parameters_size);
	put_oid(der, MBEDTLS_OID_EC_ALG_UNRESTRICTED,
		MBEDTLS_OID_SIZE(MBEDTLS_OID_EC_ALG_UNRESTRICTED));
	wrap(der, middle, SEQUENCE);
	wrap(der, end, SEQUENCE);
}

static struct der begin(struct token_spki *spki)
{
	return (struct der){spki->room, spki->room + sizeof(spki->room), false};
}

static int finish(const struct der *der, struct token_spki *spki)
{
	if (der->has_failed) {
		report("the public key is too large to be written");
		return -1;
	}
	spki->der = der->at;
	spki->size = size_since(der, spki->room + sizeof(spki->room));
	return 0;
}

/* CKA_EC_POINT is an OCTET STRING around the point. */
static bool open_octets(CK_ATTRIBUTE *point)
{
	unsigned char *at = point->pValue;
	const unsigned char *end = at + point->ulValueLen;
	size_t size;

	if (mbedtls_asn1_get_tag(&at, end, &size, MBEDTLS_ASN1_OCTET_STRING))
		return false;
	point->pValue = at;
	point->ulValueLen = size;
	return true;
}

int token_spki_of(struct token *token, CK_OBJECT_HANDLE object,
		  struct token_spki *spki)
{
	uint8_t first[NUMBER_SIZE], second[NUMBER_SIZE];
	struct der writer = begin(spki);
	CK_ATTRIBUTE rsa[] = {{CKA_MODULUS, first, sizeof(first)},
			      {CKA_PUBLIC_EXPONENT, second, sizeof(second)}};
	CK_ATTRIBUTE ec[] = {{CKA_EC_PARAMS, first, sizeof(first)},
			     {CKA_EC_POINT, second, sizeof(second)}};

	if (!token_get_attributes(token, object, rsa, 2)) {
		put_rsa(&writer, &rsa[0], &rsa[1]);
	} else if (!token_get_attributes(token, object, ec, 2) &&
		   open_octets(&ec[1])) {
		put_ec(&writer, ec[0].pValue, ec[0].ulValueLen, ec[1].pValue,
		       ec[1].ulValueLen);
	} else {
		report("token %s: %s", token_name(token), token_error_text());
		return -1;
	}
	return finish(&writer, spki);
}

static const uint8_t p256[] = {6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7};

int token_spki_of_point(const uint8_t point[TOKEN_POINT_SIZE],
			struct token_spki *spki)
{
	struct der writer = begin(spki);

	put_ec(&writer, p256, sizeof(p256), point, TOKEN_POINT_SIZE);
	return finish(&writer, spki);
}

/* What is before the point is the same in every such file. */
static int take_point(const uint8_t *der, size_t size,
		      uint8_t point[TOKEN_POINT_SIZE])
{
	struct token_spki model;

	if (size < TOKEN_POINT_SIZE)
		return -1;
	memcpy(point, der + size - TOKEN_POINT_SIZE, TOKEN_POINT_SIZE);
	if (token_spki_of_point(point, &model) || model.size != size ||
	    memcmp(model.der, der, size) != 0)
		return -1;
	return 0;
}

int token_spki_read_point(const char *path, uint8_t point[TOKEN_POINT_SIZE])
{
	uint8_t der[1024];
	size_t der_size = sizeof(der), size;
	void *bytes;
	char *text;
	int status = -1;

	if (file_read(path, &bytes, &size)) {
		report("%s", pal_error_text());
		return -1;
	}
	text = strndup(bytes, size);
	if (text && !token_pem_read("PUBLIC KEY", text, der, &der_size))
		status = take_point(der, der_size, point);
	free(text);
	free(bytes);
	if (status)
		report("%s: it is no P-256 public key in PEM", path);
	return status;
}
