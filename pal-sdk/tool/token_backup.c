/* SPDX-License-Identifier: BSD-2-Clause */
/* pal token backup, restore: keys on their way to another machine's token. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "command.h"
#include "host/file.h"
#include "output_file.h"
#include "pal_host.h"
#include "token_command.h"
#include "token_open.h"
#include "token_pem.h"
#include "token_template.h"

#define KIND "PALISADE KEY BACKUP"

static const struct option_rule backup_rules[] = {
	{'o', "output", "FILE", "where it goes (must be given)"},
	{'p', "pin-file", "FILE", "the user's PIN: first line of the file"},
	{0, NULL, NULL, NULL},
};

static const struct usage backup_usage = {
	.synopsis = "pal token backup [-p FILE] -o FILE NAME LABEL",
	.text = "Write the private or secret key LABEL, encrypted for the one "
		"token that was named when\nthis one was made: `pal token init "
		"--backup-to`.\n",
	.options = backup_rules,
	.operand_count = 2,
};

static int find_key(struct token *token, const char *label,
		    CK_OBJECT_HANDLE *key)
{
	CK_OBJECT_CLASS secret = CKO_SECRET_KEY;
	CK_ATTRIBUTE template[] = {
		{CKA_CLASS, &secret, sizeof(secret)},
		{CKA_LABEL, (void *)(uintptr_t)label, strlen(label)},
	};
	size_t count = 0;

	if (!token_find(token, template, 2, key, 1, &count) && count == 1)
		return EXIT_SUCCESS;
	return token_find_one(token, CKO_PRIVATE_KEY, label, key);
}

static int backup(const char *name, const char *label, const char *pin_file,
		  const char *output)
{
	static uint8_t bytes[KEY_CALL_SIZE];
	static char pem[TOKEN_PEM_SIZE];
	size_t size = sizeof(bytes);
	CK_OBJECT_HANDLE key;
	struct token *token;
	int status = token_open_user(name, pin_file, &token);

	if (status)
		return status;
	status = find_key(token, label, &key);
	if (!status)
		status = token_exit(name,
				    token_backup(token, key, bytes, &size));
	token_close(token);
	if (status)
		return status;
	return token_pem_write(KIND, bytes, size, pem)
		       ? EXIT_FAILURE
		       : output_file_write(output, pem, strlen(pem));
}

int token_command_backup(int argc, char **argv)
{
	const char *pin_file = NULL, *output = NULL;
	int option;

	while ((option = option_next(argc, argv, &backup_usage)) > 0) {
		if (option == 'o')
			output = optarg;
		if (option == 'p')
			pin_file = optarg;
	}
	if (option != OPTION_END)
		return option_exit(option);
	if (output)
		return backup(argv[optind], argv[optind + 1], pin_file, output);
	report("backup: say with -o where it goes");
	return EXIT_USAGE;
}

static const struct option_rule restore_rules[] = {
	{'p', "pin-file", "FILE", "the user's PIN: first line of the file"},
	{0, NULL, NULL, NULL},
};

static const struct usage restore_usage = {
	.synopsis = "pal token restore [-p FILE] NAME FILE",
	.text = "Take a key that `pal token backup` wrote for this token.\n",
	.options = restore_rules,
	.operand_count = 2,
};

/* A file may be anything; a backup is PEM with our words in it. */
static int read_backup(const char *path, uint8_t *bytes, size_t *size)
{
	size_t file_size;
	void *file;
	char *text;
	int status = -1;

	if (file_read(path, &file, &file_size)) {
		report("%s", pal_error_text());
		return -1;
	}
	text = strndup(file, file_size);
	if (text)
		status = token_pem_read(KIND, text, bytes, size);
	if (status)
		report("%s: it is no backup of a key", path);
	free(text);
	free(file);
	return status;
}

/* Programs look for the public half, which no backup has. */
static CK_RV add_public_half(struct token *token, CK_OBJECT_HANDLE key)
{
	static uint8_t label[KEY_OBJECT_SIZE], id[KEY_OBJECT_SIZE];
	static uint8_t first[1024], second[1024];
	struct token_template template = {0};
	struct key_summary summary;
	CK_OBJECT_HANDLE public_key;
	CK_RV rv = token_summary(token, key, &summary);

	if (rv || summary.class != CKO_PRIVATE_KEY)
		return rv;
	bool is_rsa = summary.key_type == CKK_RSA;
	CK_ATTRIBUTE parts[] = {
		{CKA_LABEL, label, sizeof(label)},
		{CKA_ID, id, sizeof(id)},
		{is_rsa ? CKA_MODULUS : CKA_EC_PARAMS, first, sizeof(first)},
		{is_rsa ? CKA_PUBLIC_EXPONENT : CKA_EC_POINT, second,
		 sizeof(second)},
	};

	rv = token_get_attributes(token, key, parts, 4);
	if (rv)
		return rv;
	token_template_number(&template, CKA_CLASS, CKO_PUBLIC_KEY);
	token_template_number(&template, CKA_KEY_TYPE, summary.key_type);
	token_template_bool(&template, CKA_TOKEN, true);
	for (size_t i = 0; i < 4; i++)
		token_template_bytes(&template, parts[i].type, parts[i].pValue,
				     parts[i].ulValueLen);
	return token_create_object(token, 0, template.attributes,
				   template.count, &public_key);
}

static int restore(const char *name, const char *path, const char *pin_file)
{
	static uint8_t bytes[KEY_CALL_SIZE];
	size_t size = sizeof(bytes);
	CK_OBJECT_HANDLE key;
	struct token *token;
	int status;

	if (read_backup(path, bytes, &size))
		return EXIT_FAILURE;
	status = token_open_user(name, pin_file, &token);
	if (status)
		return status;
	status = token_exit(name, token_restore(token, bytes, size, &key));
	if (!status)
		status = token_exit(name, add_public_half(token, key));
	if (!status)
		token_print_uri(token, key);
	token_close(token);
	return status ? status : finish_output();
}

int token_command_restore(int argc, char **argv)
{
	const char *pin_file = NULL;
	int option;

	while ((option = option_next(argc, argv, &restore_usage)) > 0)
		if (option == 'p')
			pin_file = optarg;
	if (option != OPTION_END)
		return option_exit(option);
	return restore(argv[optind], argv[optind + 1], pin_file);
}
