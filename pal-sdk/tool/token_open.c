/* SPDX-License-Identifier: BSD-2-Clause */
/* Opening tokens, logging in, finding and naming objects. */
#include "token_open.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include "command.h"
#include "hex.h"

int token_exit(const char *name, CK_RV rv)
{
	if (rv == CKR_OK)
		return EXIT_SUCCESS;
	report("token %s: %s", name, token_error_text());
	return rv == CKR_DEVICE_REMOVED ? EXIT_NO_HV : EXIT_FAILURE;
}

int token_open_ready(const char *name, struct token **out)
{
	struct key_token_info info;
	struct token *token;
	CK_RV rv = token_open(name, &token);

	if (rv)
		return token_exit(name, rv);
	rv = token_info(token, &info);
	if (!rv && (info.flags & CKF_TOKEN_INITIALIZED)) {
		*out = token;
		return EXIT_SUCCESS;
	}
	if (rv)
		token_exit(name, rv);
	else
		report("token %s: not begun: `pal token init %s` begins it",
		       name, name);
	token_close(token);
	return EXIT_FAILURE;
}

static int log_in(const char *name, struct token *token, CK_USER_TYPE user,
		  const struct pin_source *source)
{
	struct pin pin;
	CK_RV rv;

	if (pin_read(source, &pin))
		return EXIT_FAILURE;
	rv = token_login(token, user, pin.text, pin.size);
	pin_wipe(&pin);
	return token_exit(name, rv);
}

static int open_as(const char *name, CK_USER_TYPE user,
		   const struct pin_source *source, struct token **out)
{
	struct key_token_info info;
	struct token *token;
	int status = token_open_ready(name, &token);

	if (status)
		return status;
	status = token_exit(name, token_info(token, &info));
	if (!status && (user == CKU_SO || (info.flags & CKF_LOGIN_REQUIRED)))
		status = log_in(name, token, user, source);
	if (status)
		token_close(token);
	else
		*out = token;
	return status;
}

int token_open_user(const char *name, const char *pin_file, struct token **out)
{
	struct pin_source source = {"PIN", PIN_OF_USER, pin_file, false};

	return open_as(name, CKU_USER, &source, out);
}

int token_open_officer(const char *name, const char *pin_file,
		       struct token **out)
{
	struct pin_source source = {"SO-PIN", PIN_OF_OFFICER, pin_file, false};

	return open_as(name, CKU_SO, &source, out);
}

bool token_parse_id(const char *text, uint8_t id[TOKEN_ID_SIZE], size_t *size)
{
	size_t length = strlen(text);

	if (!length || length % 2 || length / 2 > TOKEN_ID_SIZE ||
	    !hex_read(text, length, id, length / 2))
		return false;
	*size = length / 2;
	return true;
}

static CK_RV find(struct token *token, CK_OBJECT_CLASS class, CK_ATTRIBUTE name,
		  CK_OBJECT_HANDLE *object, size_t *count)
{
	CK_ATTRIBUTE template[] = {
		{CKA_CLASS, &class, sizeof(class)},
		name,
	};

	return token_find(token, template, 2, object, 1, count);
}

int token_find_one(struct token *token, CK_OBJECT_CLASS class, const char *what,
		   CK_OBJECT_HANDLE *object)
{
	uint8_t id[TOKEN_ID_SIZE];
	CK_ATTRIBUTE label = {CKA_LABEL, (void *)(uintptr_t)what, strlen(what)};
	CK_ATTRIBUTE number = {CKA_ID, id, 0};
	size_t count = 0, id_size;
	CK_RV rv = find(token, class, label, object, &count);

	if (!rv && !count && token_parse_id(what, id, &id_size)) {
		number.ulValueLen = id_size;
		rv = find(token, class, number, object, &count);
	}
	if (rv)
		return token_exit(token_name(token), rv);
	if (count == 1)
		return EXIT_SUCCESS;
	if (count)
		report("token %s: %zu objects are called %s: name one by its "
		       "ID",
		       token_name(token), count, what);
	else
		report("token %s: nothing of that kind is called %s: "
		       "`pal token list %s` tells what is there",
		       token_name(token), what, token_name(token));
	return EXIT_FAILURE;
}

void token_name_of(struct token *token, CK_OBJECT_HANDLE object,
		   struct token_object_name *name)
{
	CK_ATTRIBUTE label = {CKA_LABEL, name->label, sizeof(name->label) - 1};
	CK_ATTRIBUTE id = {CKA_ID, name->id, sizeof(name->id)};

	memset(name, 0, sizeof(*name));
	if (token_get_attributes(token, object, &label, 1))
		name->label[0] = '\0';
	if (!token_get_attributes(token, object, &id, 1))
		name->id_size = id.ulValueLen;
}

/* ---- URIs ---------------------------------------------------------------- */

static void print_escaped(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		unsigned char byte = (unsigned char)text[i];

		if (isascii(byte) && (isalnum(byte) || strchr("-_.~", byte)))
			putchar(byte);
		else
			printf("%%%02X", byte);
	}
}

static const char *type_of(CK_OBJECT_CLASS class)
{
	switch (class) {
	case CKO_PRIVATE_KEY:
		return "private";
	case CKO_PUBLIC_KEY:
		return "public";
	case CKO_SECRET_KEY:
		return "secret-key";
	case CKO_CERTIFICATE:
		return "cert";
	default:
		return "data";
	}
}

void token_print_uri(struct token *token, CK_OBJECT_HANDLE object)
{
	struct key_summary summary = {.class = CKO_DATA};
	struct token_object_name name;
	struct key_token_info info;
	size_t size = sizeof(info.label);

	if (token_info(token, &info) || token_summary(token, object, &summary))
		return;
	token_name_of(token, object, &name);
	while (size && info.label[size - 1] == ' ')
		size--;
	printf("pkcs11:token=");
	print_escaped((const char *)info.label, size);
	if (name.id_size) {
		printf(";id=");
		for (size_t i = 0; i < name.id_size; i++)
			printf("%%%02X", name.id[i]);
	}
	if (*name.label) {
		printf(";object=");
		print_escaped(name.label, strlen(name.label));
	}
	printf(";type=%s\n", type_of(summary.class));
}
