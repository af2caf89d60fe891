/* SPDX-License-Identifier: BSD-2-Clause */
/* pal token generate: a key that never was anywhere else. */
#include <stdio.h>
#include <string.h>
#include "command.h"
#include "token_command.h"
#include "token_open.h"
#include "token_template.h"

static const struct option_rule rules[] = {
	{'t', "type", "TYPE",
	 "p256 (the default), p384, p521, rsa2048, "
	 "rsa3072, rsa4096, aes128, aes256"},
	TOKEN_WISHES_RULES,
	{'p', "pin-file", "FILE", "the user's PIN: first line of the file"},
	{0, NULL, NULL, NULL},
};

static const struct usage usage = {
	.synopsis = "pal token generate [OPTIONS] NAME",
	.text = "Make a key in the token NAME and print the URI by which "
		"programs know it.  What it\nmay be used for, and how often, "
		"is settled now and never changes.\n",
	.options = rules,
	.operand_count = 1,
};

struct type {
	const char *name;
	CK_MECHANISM_TYPE mechanism;
	CK_ULONG size; /* bits of RSA, bytes of AES */
	CK_BYTE curve[10]; /* OBJECT IDENTIFIER in DER */
	CK_ULONG curve_size;
};

static const struct type types[] = {
	{"p256",
	 CKM_EC_KEY_PAIR_GEN,
	 0,
	 {6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7},
	 10},
	{"p384", CKM_EC_KEY_PAIR_GEN, 0, {6, 5, 0x2b, 0x81, 4, 0, 0x22}, 7},
	{"p521", CKM_EC_KEY_PAIR_GEN, 0, {6, 5, 0x2b, 0x81, 4, 0, 0x23}, 7},
	{"rsa2048", CKM_RSA_PKCS_KEY_PAIR_GEN, 2048, {0}, 0},
	{"rsa3072", CKM_RSA_PKCS_KEY_PAIR_GEN, 3072, {0}, 0},
	{"rsa4096", CKM_RSA_PKCS_KEY_PAIR_GEN, 4096, {0}, 0},
	{"aes128", CKM_AES_KEY_GEN, 16, {0}, 0},
	{"aes256", CKM_AES_KEY_GEN, 32, {0}, 0},
};

/* What such a key is usually for. */
static uint32_t usual_uses(const struct type *type)
{
	if (type->mechanism == CKM_AES_KEY_GEN)
		return KEY_USE_ENCRYPT | KEY_USE_DECRYPT;
	if (type->mechanism == CKM_RSA_PKCS_KEY_PAIR_GEN)
		return KEY_USE_SIGN | KEY_USE_DECRYPT;
	return KEY_USE_SIGN;
}

static const struct type *find_type(const char *name)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (!strcmp(name, types[i].name))
			return &types[i];
	report("generate: '%s' is no type of key: there are p256, p384, p521, "
	       "rsa2048, rsa3072, rsa4096, aes128, aes256",
	       name);
	return NULL;
}

static CK_RV make_pair(struct token *token, const struct type *type,
		       const struct token_wishes *wishes, CK_OBJECT_HANDLE *key)
{
	struct token_template public_half = {0}, private_half = {0};
	CK_MECHANISM mechanism = {type->mechanism, NULL, 0};
	CK_OBJECT_HANDLE public_key;

	token_wishes_put(wishes, CKO_PUBLIC_KEY, &public_half);
	token_wishes_put(wishes, CKO_PRIVATE_KEY, &private_half);
	if (type->size)
		token_template_number(&public_half, CKA_MODULUS_BITS,
				      type->size);
	else
		token_template_bytes(&public_half, CKA_EC_PARAMS, type->curve,
				     type->curve_size);
	return token_generate_pair(token, 0, &mechanism, public_half.attributes,
				   public_half.count, private_half.attributes,
				   private_half.count, &public_key, key);
}

static CK_RV make_secret(struct token *token, const struct type *type,
			 const struct token_wishes *wishes,
			 CK_OBJECT_HANDLE *key)
{
	struct token_template template = {0};
	CK_MECHANISM mechanism = {type->mechanism, NULL, 0};

	token_wishes_put(wishes, CKO_SECRET_KEY, &template);
	token_template_number(&template, CKA_VALUE_LEN, type->size);
	return token_generate_key(token, 0, &mechanism, template.attributes,
				  template.count, key);
}

static int generate(const char *name, const char *pin_file,
		    const struct type *type, struct token_wishes *wishes)
{
	struct token *token;
	CK_OBJECT_HANDLE key;
	int status = token_open_user(name, pin_file, &token);
	CK_RV rv;

	if (status)
		return status;
	if (token_wishes_complete(wishes, token)) {
		token_close(token);
		return EXIT_FAILURE;
	}
	rv = type->mechanism == CKM_AES_KEY_GEN
		     ? make_secret(token, type, wishes, &key)
		     : make_pair(token, type, wishes, &key);
	status = token_exit(name, rv);
	if (!status)
		token_print_uri(token, key);
	token_close(token);
	return status ? status : finish_output();
}

int token_command_generate(int argc, char **argv)
{
	const struct type *type = &types[0];
	struct token_wishes wishes = {0};
	const char *pin_file = NULL;
	int option;

	while ((option = option_next(argc, argv, &usage)) > 0) {
		if (option == 't')
			type = find_type(optarg);
		if (option == 'p')
			pin_file = optarg;
		if (!type || !token_wishes_take(&wishes, option, optarg))
			return EXIT_USAGE;
	}
	if (option != OPTION_END)
		return option_exit(option);
	if (!wishes.uses)
		wishes.uses = usual_uses(type);
	return generate(argv[optind], pin_file, type, &wishes);
}
