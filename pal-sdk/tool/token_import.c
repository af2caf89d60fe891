/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pal token import: a private key or a certificate that is in a file.  A key
 * that was in a file was outside; CKA_LOCAL and its like will say so.
 */
#include <mbedtls/pk.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/psa_util.h>
#include <psa/crypto.h>
#include <stdio.h>
#include <string.h>
#include "command.h"
#include "host/file.h"
#include "pal_host.h"
#include "token_command.h"
#include "token_key.h"
#include "token_open.h"
#include "token_pem.h"
#include "token_template.h"

#define FILE_LIMIT 65536

static const struct option_rule rules[] = {
	TOKEN_WISHES_RULES,
	{'p', "pin-file", "FILE", "the user's PIN: first line of the file"},
	{0, NULL, NULL, NULL},
};

static const struct usage usage = {
	.synopsis = "pal token import [OPTIONS] NAME FILE",
	.text = "Put the private key or the certificate in FILE (PEM) into the "
		"token NAME.  The file\nstays; while it does, so does the key "
		"outside of the token.  A certificate belongs\nto the key with "
		"the same ID: give --id.\n",
	.options = rules,
	.operand_count = 2,
};

static CK_RV put_certificate(struct token *token, const uint8_t *der,
			     size_t size, const struct token_wishes *wishes,
			     CK_OBJECT_HANDLE *object)
{
	struct token_template template = {0};

	token_template_number(&template, CKA_CLASS, CKO_CERTIFICATE);
	token_template_number(&template, CKA_CERTIFICATE_TYPE, CKC_X_509);
	token_template_bool(&template, CKA_TOKEN, true);
	token_template_bytes(&template, CKA_ID, wishes->id, wishes->id_size);
	if (wishes->label)
		token_template_bytes(&template, CKA_LABEL, wishes->label,
				     strlen(wishes->label));
	token_template_bytes(&template, CKA_VALUE, der, size);
	token_certificate_names(der, size, &template);
	return token_create_object(token, 0, template.attributes,
				   template.count, object);
}

static CK_RV put_key(struct token *token, struct token_key *key,
		     const struct token_wishes *wishes,
		     CK_OBJECT_HANDLE *object)
{
	struct token_template public_half = {0}, private_half = {0};
	CK_OBJECT_HANDLE public_key;
	CK_RV rv;

	token_wishes_put(wishes, CKO_PUBLIC_KEY, &public_half);
	token_wishes_put(wishes, CKO_PRIVATE_KEY, &private_half);
	token_key_put(key, &public_half, &private_half);
	rv = token_create_object(token, 0, private_half.attributes,
				 private_half.count, object);
	if (rv)
		return rv;
	return token_create_object(token, 0, public_half.attributes,
				   public_half.count, &public_key);
}

/* text has a zero behind it. */
static int import_text(struct token *token, const char *path, const char *text,
		       const struct token_wishes *wishes)
{
	static uint8_t der[FILE_LIMIT];
	size_t size = sizeof(der);
	CK_OBJECT_HANDLE object;
	struct token_key key;
	const char *wrong;
	CK_RV rv;

	if (!token_pem_read("CERTIFICATE", text, der, &size)) {
		rv = put_certificate(token, der, size, wishes, &object);
	} else {
		wrong = token_key_parse(text, &key);
		if (wrong) {
			report("%s: %s", path, wrong);
			return EXIT_FAILURE;
		}
		rv = put_key(token, &key, wishes, &object);
		token_key_wipe(&key);
	}
	if (rv)
		return token_exit(token_name(token), rv);
	token_print_uri(token, object);
	return finish_output();
}

static int import(struct token *token, const char *path,
		  struct token_wishes *wishes)
{
	int status = EXIT_FAILURE;
	void *bytes;
	char *text;
	size_t size;

	if (token_wishes_complete(wishes, token))
		return EXIT_FAILURE;
	if (file_read(path, &bytes, &size)) {
		report("%s", pal_error_text());
		return EXIT_FAILURE;
	}
	text = size < FILE_LIMIT ? calloc(1, size + 1) : NULL;
	if (text) {
		memcpy(text, bytes, size);
		status = import_text(token, path, text, wishes);
		mbedtls_platform_zeroize(text, size);
		free(text);
	} else {
		report("%s: too large for a key or certificate", path);
	}
	mbedtls_platform_zeroize(bytes, size);
	free(bytes);
	return status;
}

int token_command_import(int argc, char **argv)
{
	struct token_wishes wishes = {0};
	const char *pin_file = NULL;
	struct token *token;
	int option, status;

	while ((option = option_next(argc, argv, &usage)) > 0) {
		if (option == 'p')
			pin_file = optarg;
		if (!token_wishes_take(&wishes, option, optarg))
			return EXIT_USAGE;
	}
	if (option != OPTION_END)
		return option_exit(option);
	status = token_open_user(argv[optind], pin_file, &token);
	if (status)
		return status;
	status = import(token, argv[optind + 1], &wishes);
	token_close(token);
	return status;
}
