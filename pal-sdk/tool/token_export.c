/* SPDX-License-Identifier: BSD-2-Clause */
/* pal token export: what is public, as PEM. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "command.h"
#include "output_file.h"
#include "token_command.h"
#include "token_open.h"
#include "token_pem.h"
#include "token_spki.h"

static const struct option_rule rules[] = {
	{'o', "output", "FILE", "default: standard output"},
	{'c', "certificate", NULL, "the certificate, not the public key"},
	{'b', "backup-key", NULL,
	 "the key that backups for this token are "
	 "made for"},
	{'a', "audit-key", NULL, "the key that signs its audit record"},
	{0, NULL, NULL, NULL},
};

static const struct usage usage = {
	.synopsis = "pal token export [-o FILE] [-c] NAME LABEL\n"
		    "       pal token export [-o FILE] -b|-a NAME",
	.text = "Write the public key that is called LABEL (or has that ID), "
		"or a key of the token\nitself, as PEM.  No PIN is needed, and "
		"nothing private comes out.\n",
	.options = rules,
	.operand_count = 1,
	.takes_more = true,
};

enum what { PUBLIC_KEY, CERTIFICATE, BACKUP_KEY, AUDIT_KEY };

static char pem[TOKEN_PEM_SIZE];

static int get_certificate(struct token *token, const char *label)
{
	static uint8_t der[KEY_OBJECT_SIZE];
	CK_ATTRIBUTE value = {CKA_VALUE, der, sizeof(der)};
	CK_OBJECT_HANDLE object;
	CK_RV rv;

	if (token_find_one(token, CKO_CERTIFICATE, label, &object))
		return EXIT_FAILURE;
	rv = token_get_attributes(token, object, &value, 1);
	if (rv)
		return token_exit(token_name(token), rv);
	return token_pem_write("CERTIFICATE", der, value.ulValueLen, pem)
		       ? EXIT_FAILURE
		       : EXIT_SUCCESS;
}

static int get_public_key(struct token *token, const char *label)
{
	struct token_spki spki;
	CK_OBJECT_HANDLE object;

	if (token_find_one(token, CKO_PUBLIC_KEY, label, &object) ||
	    token_spki_of(token, object, &spki) ||
	    token_pem_write("PUBLIC KEY", spki.der, spki.size, pem))
		return EXIT_FAILURE;
	return EXIT_SUCCESS;
}

static int get_own_key(struct token *token, enum what what)
{
	struct key_token_info info;
	struct token_spki spki;
	CK_RV rv = token_info(token, &info);

	if (rv)
		return token_exit(token_name(token), rv);
	if (token_spki_of_point(what == BACKUP_KEY ? info.backup_key
						   : info.audit_key,
				&spki) ||
	    token_pem_write("PUBLIC KEY", spki.der, spki.size, pem))
		return EXIT_FAILURE;
	return EXIT_SUCCESS;
}

static int get(struct token *token, enum what what, const char *label)
{
	switch (what) {
	case PUBLIC_KEY:
		return get_public_key(token, label);
	case CERTIFICATE:
		return get_certificate(token, label);
	case BACKUP_KEY:
	case AUDIT_KEY:
		return get_own_key(token, what);
	}
	return EXIT_FAILURE;
}

static int export(enum what what, const char *name, const char *label,
		  const char *output)
{
	struct token *token;
	int status = token_open_ready(name, &token);

	if (status)
		return status;
	status = get(token, what, label);
	token_close(token);
	if (status)
		return status;
	if (output)
		return output_file_write(output, pem, strlen(pem));
	fputs(pem, stdout);
	return finish_output();
}

int token_command_export(int argc, char **argv)
{
	enum what what = PUBLIC_KEY;
	const char *output = NULL;
	int option;

	while ((option = option_next(argc, argv, &usage)) > 0) {
		if (option == 'o')
			output = optarg;
		if (option == 'c')
			what = CERTIFICATE;
		if (option == 'b')
			what = BACKUP_KEY;
		if (option == 'a')
			what = AUDIT_KEY;
	}
	if (option != OPTION_END)
		return option_exit(option);
	if (argc - optind !=
	    (what == BACKUP_KEY || what == AUDIT_KEY ? 1 : 2)) {
		report("export: a token, and the label of what to export; no "
		       "label with -a and -b");
		return EXIT_USAGE;
	}
	return export(what, argv[optind], argv[optind + 1], output);
}
