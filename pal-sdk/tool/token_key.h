/* SPDX-License-Identifier: BSD-2-Clause */
/* Private keys of files, as attributes of PKCS#11. */
#ifndef TOOL_TOKEN_KEY_H
#define TOOL_TOKEN_KEY_H

#include "token_template.h"

#define TOKEN_KEY_NUMBER_SIZE 512 /* of RSA-4096 */
#define TOKEN_KEY_NUMBERS     8

/* Numbers as they stand in the attributes, most significant byte first. */
struct token_key {
	bool is_rsa;
	CK_BYTE numbers[TOKEN_KEY_NUMBERS][TOKEN_KEY_NUMBER_SIZE];
	CK_ULONG sizes[TOKEN_KEY_NUMBERS];
	CK_BYTE curve[16]; /* OBJECT IDENTIFIER in DER */
	CK_ULONG curve_size;
	CK_BYTE point[160]; /* OCTET STRING in DER */
	CK_ULONG point_size;
};

/*
 * RSA, or EC on P-256, P-384, P-521, as PKCS #8, PKCS #1 or SEC 1 in PEM;
 * text ends with a zero.  Returns NULL, or what is wrong with it.
 */
const char *token_key_parse(const char *text, struct token_key *key);

/* Add class, type and numbers of both halves; key must stay where it is. */
void token_key_put(const struct token_key *key,
		   struct token_template *public_half,
		   struct token_template *private_half);

void token_key_wipe(struct token_key *key);

/* Add subject, issuer and serial number of a certificate, if it has them. */
void token_certificate_names(const uint8_t *der, size_t size,
			     struct token_template *to);

#endif /* TOOL_TOKEN_KEY_H */
