/* SPDX-License-Identifier: BSD-2-Clause */
/* pal token remove: keys, certificates, whole tokens.  There is no way back. */
#include <stdio.h>
#include <string.h>
#include "command.h"
#include "token_command.h"
#include "token_open.h"

static const struct option_rule rules[] = {
	{'t', "token", NULL, "the whole token, with all that is in it"},
	{'p', "pin-file", "FILE", "the user's PIN: first line of the file"},
	{0, NULL, NULL, NULL},
};

static const struct usage usage = {
	.synopsis = "pal token remove [-p FILE] NAME LABEL\n"
		    "       pal token remove --token NAME",
	.text = "Destroy everything in the token NAME that is called LABEL or "
		"has that ID: private\nand public key, certificate.  Or the "
		"token itself.\n",
	.options = rules,
	.operand_count = 1,
	.takes_more = true,
};

static CK_RV destroy_matching(struct token *token, CK_ATTRIBUTE attribute,
			      size_t *destroyed)
{
	static CK_OBJECT_HANDLE objects[TOKEN_FIND_MAX];
	size_t count;
	CK_RV rv = token_find(token, &attribute, 1, objects, TOKEN_FIND_MAX,
			      &count);

	for (size_t i = 0; i < count && i < TOKEN_FIND_MAX && !rv; i++) {
		rv = token_destroy_object(token, objects[i]);
		*destroyed += !rv;
	}
	return rv;
}

static int remove_object(const char *name, const char *what,
			 const char *pin_file)
{
	CK_ATTRIBUTE label = {CKA_LABEL, (void *)(uintptr_t)what, strlen(what)};
	uint8_t id[TOKEN_ID_SIZE];
	CK_ATTRIBUTE number = {CKA_ID, id, 0};
	struct token *token;
	size_t count = 0, id_size;
	int status = token_open_user(name, pin_file, &token);
	CK_RV rv;

	if (status)
		return status;
	rv = destroy_matching(token, label, &count);
	if (!rv && !count && token_parse_id(what, id, &id_size)) {
		number.ulValueLen = id_size;
		rv = destroy_matching(token, number, &count);
	}
	token_close(token);
	if (rv)
		return token_exit(name, rv);
	if (count)
		return EXIT_SUCCESS;
	report("token %s: nothing is called %s: `pal token list %s` tells what "
	       "is there",
	       name, what, name);
	return EXIT_FAILURE;
}

int token_command_remove(int argc, char **argv)
{
	const char *pin_file = NULL;
	bool is_token = false;
	int option;

	while ((option = option_next(argc, argv, &usage)) > 0) {
		if (option == 't')
			is_token = true;
		if (option == 'p')
			pin_file = optarg;
	}
	if (option != OPTION_END)
		return option_exit(option);
	if (argc - optind != (is_token ? 1 : 2)) {
		report("remove: a token and a label, or --token and a token");
		return EXIT_USAGE;
	}
	if (is_token)
		return token_exit(argv[optind], token_remove(argv[optind]));
	return remove_object(argv[optind], argv[optind + 1], pin_file);
}
