/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Uses a key of a token that is there: token_sign TOKEN LABEL COMMAND TEXT
 *
 *	sign	writes the ECDSA signature of the text's SHA-256: r, then s
 *	verify	reads one, and says whether it is right: status 0
 *
 * The user's PIN is in PALISADE_PIN.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "pkcs11/token/token.h"

static struct token *token;
static CK_MECHANISM mechanism = {CKM_ECDSA_SHA256, NULL, 0};

static void need(CK_RV rv, const char *what)
{
	if (rv == CKR_OK)
		return;
	fprintf(stderr, "token_sign: %s: %s\n", what, token_error_text());
	exit(1);
}

static void open_token(const char *name)
{
	const char *pin = getenv("PALISADE_PIN");

	need(token_open(name, &token), name);
	if (pin)
		need(token_login(token, CKU_USER, pin, strlen(pin)), "login");
}

static CK_OBJECT_HANDLE find_key(CK_OBJECT_CLASS class, char *label)
{
	CK_ATTRIBUTE template[] = {
		{CKA_CLASS, &class, sizeof(class)},
		{CKA_LABEL, label, strlen(label)},
	};
	CK_OBJECT_HANDLE key = 0;
	size_t count;

	need(token_find(token, template, 2, &key, 1, &count), "search");
	if (count == 1)
		return key;
	fprintf(stderr, "token_sign: %zu keys are called %s\n", count, label);
	exit(1);
}

static void sign(char *label, const char *text)
{
	uint8_t signature[64];
	size_t size = sizeof(signature);

	need(token_operate(token, KEY_USE_SIGN, &mechanism,
			   find_key(CKO_PRIVATE_KEY, label), text, strlen(text),
			   signature, &size),
	     "signing");
	fwrite(signature, size, 1, stdout);
}

static void verify(char *label, const char *text)
{
	uint8_t signature[64];
	size_t size = fread(signature, 1, sizeof(signature), stdin);

	need(token_verify(token, &mechanism, find_key(CKO_PUBLIC_KEY, label),
			  text, strlen(text), signature, size),
	     "verifying");
}

int main(int argc, char **argv)
{
	if (argc != 5 ||
	    (strcmp(argv[3], "sign") && strcmp(argv[3], "verify"))) {
		fputs("usage: token_sign TOKEN LABEL sign|verify TEXT\n",
		      stderr);
		return 2;
	}
	open_token(argv[1]);
	if (!strcmp(argv[3], "sign"))
		sign(argv[2], argv[4]);
	else
		verify(argv[2], argv[4]);
	token_close(token);
	return 0;
}
