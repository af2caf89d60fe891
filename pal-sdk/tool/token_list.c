/* SPDX-License-Identifier: BSD-2-Clause */
/* pal token list: the tokens of this machine, or the objects of one. */
#include <stdio.h>
#include <string.h>
#include "command.h"
#include "hex.h"
#include "json.h"
#include "token_command.h"
#include "token_open.h"

static const struct option_rule rules[] = {
	{'j', "json", NULL, "as JSON"},
	{'p', "pin-file", "FILE", "the user's PIN: first line of the file"},
	{'P', "public", NULL, "without a PIN: only what everybody may see"},
	{0, NULL, NULL, NULL},
};

static const struct usage usage = {
	.synopsis = "pal token list [--json] [--public] [--pin-file FILE] "
		    "[NAME]",
	.text = "Print the tokens of this machine, or the objects in the token "
		"NAME.\n",
	.options = rules,
	.operand_count = 0,
	.takes_more = true,
};

#define NAME_LIMIT 512

static int label_length(const struct key_token_info *info)
{
	int length = sizeof(info->label);

	while (length && info->label[length - 1] == ' ')
		length--;
	return length;
}

/* ---- Tokens -------------------------------------------------------------- */

static const char *state_of(const struct key_token_info *info)
{
	if (!(info->flags & CKF_TOKEN_INITIALIZED))
		return "not begun";
	if (!info->user_attempts)
		return "PIN locked";
	if (!(info->flags & CKF_LOGIN_REQUIRED))
		return "no PIN wanted";
	if (!(info->flags & CKF_USER_PIN_INITIALIZED))
		return "no PIN yet";
	return "ready";
}

static void print_token(const char *name, struct token *token,
			const struct key_token_info *info)
{
	printf("%-20s %-14s %4u objects  serial %.16s  label \"%.*s\"%s%s\n",
	       name, state_of(info), info->object_count,
	       (const char *)info->serial, label_length(info),
	       (const char *)info->label,
	       info->strength == KEY_STRENGTH_TPM
		       ? ""
		       : "  rollback noticed until reboot",
	       token_is_simulated(token) ? "  SIMULATED" : "");
	if (info->missing_count)
		printf("%-20s %u objects are damaged or gone\n", "",
		       info->missing_count);
}

static void print_token_json(const char *name, struct token *token,
			     const struct key_token_info *info)
{
	printf("{\"name\":");
	json_string(name, strlen(name));
	printf(",\"label\":");
	json_string((const char *)info->label, (size_t)label_length(info));
	printf(",\"serial\":\"%.16s\",\"state\":\"%s\",\"objects\":%u,"
	       "\"missing\":%u,\"user_attempts\":%u,\"so_attempts\":%u,"
	       "\"rollback\":\"%s\",\"simulated\":%s}",
	       (const char *)info->serial, state_of(info), info->object_count,
	       info->missing_count, info->user_attempts, info->so_attempts,
	       info->strength == KEY_STRENGTH_TPM ? "tpm" : "boot",
	       token_is_simulated(token) ? "true" : "false");
}

/* One that cannot be opened is in the list, with the reason. */
static int show_token(const char *name, bool is_json)
{
	struct key_token_info info;
	struct token *token = NULL;
	CK_RV rv = token_open(name, &token);

	if (!rv)
		rv = token_info(token, &info);
	if (!rv && is_json)
		print_token_json(name, token, &info);
	else if (!rv)
		print_token(name, token, &info);
	else if (!is_json)
		printf("%-20s %s\n", name, token_error_text());
	if (rv && is_json) {
		printf("{\"name\":");
		json_string(name, strlen(name));
		printf(",\"error\":");
		json_string(token_error_text(), strlen(token_error_text()));
		printf("}");
	}
	token_close(token);
	return rv ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int list_tokens(bool is_json)
{
	static char names[NAME_LIMIT][TOKEN_NAME_SIZE];
	int status = EXIT_SUCCESS;
	size_t count;
	CK_RV rv = token_list(names, NAME_LIMIT, &count);

	if (rv) {
		report("%s", token_error_text());
		return EXIT_FAILURE;
	}
	if (count > NAME_LIMIT)
		count = NAME_LIMIT;
	printf(is_json ? "[" : "");
	for (size_t i = 0; i < count; i++) {
		if (is_json && i)
			printf(",");
		if (show_token(names[i], is_json))
			status = EXIT_FAILURE;
	}
	printf(is_json ? "]\n" : "");
	return finish_output() ? EXIT_FAILURE : status;
}

/* ---- Objects ------------------------------------------------------------- */

static const char *class_text(const struct key_summary *summary)
{
	switch (summary->class) {
	case CKO_PRIVATE_KEY:
		return "private key";
	case CKO_PUBLIC_KEY:
		return "public key";
	case CKO_SECRET_KEY:
		return "secret key";
	case CKO_CERTIFICATE:
		return "certificate";
	default:
		return "data";
	}
}

static const char *type_text(const struct key_summary *summary)
{
	if (summary->class != CKO_PRIVATE_KEY &&
	    summary->class != CKO_PUBLIC_KEY &&
	    summary->class != CKO_SECRET_KEY)
		return "";
	switch (summary->key_type) {
	case CKK_RSA:
		return "RSA";
	case CKK_EC:
		return "EC";
	case CKK_AES:
		return "AES";
	default:
		return "secret";
	}
}

static void print_usage_words(uint32_t uses, const char *between)
{
	static const char *const words[] = {"sign",    "verify", "encrypt",
					    "decrypt", "digest", "wrap",
					    "unwrap",  "derive"};
	bool is_first = true;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (!(uses & 1U << i))
			continue;
		printf("%s%s", is_first ? "" : between, words[i]);
		is_first = false;
	}
}

static uint64_t number_of(struct token *token, CK_OBJECT_HANDLE object,
			  CK_ATTRIBUTE_TYPE type)
{
	CK_ULONG value = 0;
	CK_ATTRIBUTE attribute = {type, &value, sizeof(value)};

	return token_get_attributes(token, object, &attribute, 1) ? 0 : value;
}

static void print_object(struct token *token, CK_OBJECT_HANDLE object,
			 const struct key_summary *summary)
{
	uint64_t total = number_of(token, object, KEY_A_TOTAL);
	uint64_t rate = number_of(token, object, KEY_A_PER_MINUTE);
	struct token_object_name name;
	char id[2 * TOKEN_ID_SIZE + 1];

	token_name_of(token, object, &name);
	hex_write(id, name.id, name.id_size);
	printf("%-12s %-6s %4u  id %-8s %-20s ", class_text(summary),
	       type_text(summary), summary->bits, id, name.label);
	print_usage_words(summary->usage, ",");
	if (total)
		printf("  at most %llu times", (unsigned long long)total);
	if (rate)
		printf("  at most %llu a minute", (unsigned long long)rate);
	printf("\n");
}

static void print_object_json(struct token *token, CK_OBJECT_HANDLE object,
			      const struct key_summary *summary)
{
	struct token_object_name name;
	char id[2 * TOKEN_ID_SIZE + 1];

	token_name_of(token, object, &name);
	hex_write(id, name.id, name.id_size);
	printf("{\"handle\":%lu,\"class\":\"%s\",\"type\":\"%s\",\"bits\":%u,"
	       "\"id\":\"%s\",\"label\":",
	       object, class_text(summary), type_text(summary), summary->bits,
	       id);
	json_string(name.label, strlen(name.label));
	printf(",\"uses\":[");
	if (summary->usage) {
		printf("\"");
		print_usage_words(summary->usage, "\",\"");
		printf("\"");
	}
	printf("],\"total\":%llu,\"per_minute\":%llu}",
	       (unsigned long long)number_of(token, object, KEY_A_TOTAL),
	       (unsigned long long)number_of(token, object, KEY_A_PER_MINUTE));
}

static CK_RV print_objects(struct token *token, bool is_json)
{
	static CK_OBJECT_HANDLE handles[TOKEN_FIND_MAX];
	struct key_summary summary;
	size_t count;
	CK_RV rv = token_find(token, NULL, 0, handles, TOKEN_FIND_MAX, &count);

	if (rv)
		return rv;
	printf(is_json ? "[" : "");
	for (size_t i = 0; i < count && i < TOKEN_FIND_MAX; i++) {
		rv = token_summary(token, handles[i], &summary);
		if (rv)
			return rv;
		if (is_json && i)
			printf(",");
		if (is_json)
			print_object_json(token, handles[i], &summary);
		else
			print_object(token, handles[i], &summary);
	}
	printf(is_json ? "]\n" : "");
	return CKR_OK;
}

static int list_objects(const char *name, const char *pin_file, bool is_public,
			bool is_json)
{
	struct token *token;
	int status = is_public ? token_open_ready(name, &token)
			       : token_open_user(name, pin_file, &token);

	if (status)
		return status;
	status = token_exit(name, print_objects(token, is_json));
	token_close(token);
	return status ? status : finish_output();
}

int token_command_list(int argc, char **argv)
{
	bool is_json = false, is_public = false;
	const char *pin_file = NULL;
	int option;

	while ((option = option_next(argc, argv, &usage)) > 0) {
		if (option == 'j')
			is_json = true;
		if (option == 'P')
			is_public = true;
		if (option == 'p')
			pin_file = optarg;
	}
	if (option != OPTION_END)
		return option_exit(option);
	if (argc - optind > 1) {
		report("list: one token at most");
		return EXIT_USAGE;
	}
	if (optind == argc)
		return list_tokens(is_json);
	return list_objects(argv[optind], pin_file, is_public, is_json);
}
