/* SPDX-License-Identifier: BSD-2-Clause */
/* From options to attributes. */
#include "token_template.h"
#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include "command.h"

static void add(struct token_template *to, CK_ATTRIBUTE_TYPE type,
		const void *bytes, size_t size)
{
	to->attributes[to->count++] =
		(CK_ATTRIBUTE){type, (void *)(uintptr_t)bytes, size};
}

void token_template_bytes(struct token_template *to, CK_ATTRIBUTE_TYPE type,
			  const void *bytes, size_t size)
{
	add(to, type, bytes, size);
}

/* The first byte of a number is as good as a CK_BBOOL. */
void token_template_bool(struct token_template *to, CK_ATTRIBUTE_TYPE type,
			 bool value)
{
	to->values[to->count] = value;
	add(to, type, &to->values[to->count], sizeof(CK_BBOOL));
}

void token_template_number(struct token_template *to, CK_ATTRIBUTE_TYPE type,
			   CK_ULONG value)
{
	to->values[to->count] = value;
	add(to, type, &to->values[to->count], sizeof(value));
}

/* ---- Options ------------------------------------------------------------- */

struct use {
	const char *word;
	uint32_t use;
	CK_ATTRIBUTE_TYPE attribute;
};

static const struct use uses[] = {
	{"sign", KEY_USE_SIGN, CKA_SIGN},
	{"verify", KEY_USE_VERIFY, CKA_VERIFY},
	{"encrypt", KEY_USE_ENCRYPT, CKA_ENCRYPT},
	{"decrypt", KEY_USE_DECRYPT, CKA_DECRYPT},
	{"wrap", KEY_USE_WRAP, CKA_WRAP},
	{"unwrap", KEY_USE_UNWRAP, CKA_UNWRAP},
	{"derive", KEY_USE_DERIVE, CKA_DERIVE},
};

#define USE_COUNT (sizeof(uses) / sizeof(uses[0]))

static bool take_uses(struct token_wishes *wishes, const char *words)
{
	while (*words) {
		size_t length = strcspn(words, ",");
		size_t i;

		for (i = 0; i < USE_COUNT; i++)
			if (strlen(uses[i].word) == length &&
			    !strncmp(words, uses[i].word, length))
				break;
		if (i == USE_COUNT) {
			report("'%.*s' is no use of a key: there are sign, "
			       "verify, encrypt, decrypt, wrap, unwrap, derive",
			       (int)length, words);
			return false;
		}
		wishes->uses |= uses[i].use;
		words += length + (words[length] == ',');
	}
	return true;
}

static unsigned number_of(const char *digits, size_t count)
{
	unsigned number = 0;

	while (count--)
		number = 10 * number + (unsigned)(*digits++ - '0');
	return number;
}

/* Eight digits. */
static bool is_day(const char *digits)
{
	static const unsigned days[] = {31, 28, 31, 30, 31, 30,
					31, 31, 30, 31, 30, 31};
	unsigned year = number_of(digits, 4);
	unsigned month = number_of(digits + 4, 2);
	unsigned day = number_of(digits + 6, 2);
	bool is_leap = (year % 4 == 0 && year % 100) || year % 400 == 0;

	return month >= 1 && month <= 12 && day >= 1 &&
	       day <= days[month - 1] + (month == 2 && is_leap);
}

/* CK_DATE has the digits without what is between them. */
static bool take_date(struct token_wishes *wishes, const char *text)
{
	char digits[9];
	size_t count = 0;

	for (size_t i = 0; text[i]; i++) {
		bool is_dash = (i == 4 || i == 7) && text[i] == '-';

		if (!is_dash && !isdigit((unsigned char)text[i]))
			break;
		if (!is_dash && count < 8)
			digits[count++] = text[i];
	}
	if (count != 8 || strlen(text) != 10 || !is_day(digits)) {
		report("'%s' is no date as YYYY-MM-DD", text);
		return false;
	}
	memcpy(&wishes->until, digits, 8);
	wishes->has_until = true;
	return true;
}

static bool take_number(const char *text, uint64_t *number)
{
	if (parse_number(text, UINT32_MAX, number) && *number)
		return true;
	report("'%s' is no number of operations", text);
	return false;
}

bool token_wishes_take(struct token_wishes *wishes, int option,
		       const char *argument)
{
	switch (option) {
	case 'l':
		wishes->label = argument;
		return true;
	case 'i':
		if (token_parse_id(argument, wishes->id, &wishes->id_size))
			return true;
		report("'%s' is no ID: 1 to %d bytes in hexadecimal", argument,
		       TOKEN_ID_SIZE);
		return false;
	case 'u':
		return take_uses(wishes, argument);
	case 'm':
		return take_number(argument, &wishes->total);
	case 'r':
		return take_number(argument, &wishes->per_minute);
	case 'e':
		return take_date(wishes, argument);
	default:
		return true;
	}
}

int token_wishes_complete(struct token_wishes *wishes, struct token *token)
{
	if (wishes->id_size)
		return 0;
	wishes->id_size = 8;
	return token_exit(token_name(token),
			  token_random(token, wishes->id, wishes->id_size))
		       ? -1
		       : 0;
}

/* The other half of a pair undoes what this one does. */
static uint32_t uses_of(uint32_t wished, CK_OBJECT_CLASS class)
{
	const uint32_t of_private = KEY_USE_SIGN | KEY_USE_DECRYPT |
				    KEY_USE_UNWRAP | KEY_USE_DERIVE;
	uint32_t mirrored = 0;

	if (class == CKO_SECRET_KEY)
		return wished;
	if (class == CKO_PRIVATE_KEY)
		return wished & of_private;
	if (wished & (KEY_USE_SIGN | KEY_USE_VERIFY))
		mirrored |= KEY_USE_VERIFY;
	if (wished & (KEY_USE_DECRYPT | KEY_USE_ENCRYPT))
		mirrored |= KEY_USE_ENCRYPT;
	if (wished & (KEY_USE_UNWRAP | KEY_USE_WRAP))
		mirrored |= KEY_USE_WRAP;
	return mirrored;
}

/* Which uses an object of that class can have at all. */
static bool can_have(CK_OBJECT_CLASS class, uint32_t use)
{
	return uses_of(~0U, class) & use;
}

void token_wishes_put(const struct token_wishes *wishes, CK_OBJECT_CLASS class,
		      struct token_template *to)
{
	uint32_t wanted = uses_of(wishes->uses, class);
	bool is_public = class == CKO_PUBLIC_KEY;

	token_template_bool(to, CKA_TOKEN, true);
	token_template_bytes(to, CKA_ID, wishes->id, wishes->id_size);
	if (wishes->label)
		token_template_bytes(to, CKA_LABEL, wishes->label,
				     strlen(wishes->label));
	for (size_t i = 0; i < USE_COUNT && wishes->uses; i++)
		if (can_have(class, uses[i].use))
			token_template_bool(to, uses[i].attribute,
					    wanted & uses[i].use);
	if (is_public)
		return;
	if (wishes->total)
		token_template_number(to, KEY_A_TOTAL, wishes->total);
	if (wishes->per_minute)
		token_template_number(to, KEY_A_PER_MINUTE, wishes->per_minute);
	if (wishes->has_until)
		token_template_bytes(to, CKA_END_DATE, &wishes->until,
				     sizeof(wishes->until));
}
