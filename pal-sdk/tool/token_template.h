/* SPDX-License-Identifier: BSD-2-Clause */
/* Templates that are put together from options: what a new object shall be. */
#ifndef TOOL_TOKEN_TEMPLATE_H
#define TOOL_TOKEN_TEMPLATE_H

#include <stdbool.h>
#include "pkcs11/token/token.h"
#include "token_open.h"

#define TOKEN_TEMPLATE_LIMIT 32

/* Values that are no longer than a number are kept in `values`. */
struct token_template {
	CK_ATTRIBUTE attributes[TOKEN_TEMPLATE_LIMIT];
	CK_ULONG values[TOKEN_TEMPLATE_LIMIT];
	CK_ULONG count;
};

/* The bytes must stay where they are. */
void token_template_bytes(struct token_template *to, CK_ATTRIBUTE_TYPE type,
			  const void *bytes, size_t size);
void token_template_bool(struct token_template *to, CK_ATTRIBUTE_TYPE type,
			 bool value);
void token_template_number(struct token_template *to, CK_ATTRIBUTE_TYPE type,
			   CK_ULONG value);

/* How a new key is called, and what its owner allows; by options. */
struct token_wishes {
	const char *label;
	uint8_t id[TOKEN_ID_SIZE];
	size_t id_size;
	uint32_t uses; /* KEY_USE_*; 0: what the type is usually for */
	uint64_t total, per_minute; /* 0: no limit */
	CK_DATE until;
	bool has_until;
};

/* Options that every command with wishes has; see token_wishes_take(). */
#define TOKEN_WISHES_RULES                                                     \
	{'l', "label", "TEXT", "what programs call it"},                       \
		{'i', "id", "HEX", "its ID; default: a random one"},           \
		{'u', "use", "WORDS",                                          \
		 "sign,decrypt,derive,wrap,unwrap,encrypt,verify"},            \
		{'m', "most", "NUMBER", "operations in all, ever"},            \
		{'r', "per-minute", "NUMBER", "operations in a minute"},       \
	{                                                                      \
		'e', "until", "DATE", "YYYY-MM-DD, the last day of its use"    \
	}

/*
 * Take one of those options.  Returns false after a message if its argument is
 * wrong.  Other letters are left alone.
 */
bool token_wishes_take(struct token_wishes *wishes, int option,
		       const char *argument);

/* A random ID, if none was wished.  Returns 0, or -1 after a message. */
int token_wishes_complete(struct token_wishes *wishes, struct token *token);

/*
 * Put what was wished into the template of one half of a pair, or of a secret
 * key: uses that it cannot have are left out.
 */
void token_wishes_put(const struct token_wishes *wishes, CK_OBJECT_CLASS class,
		      struct token_template *to);

#endif /* TOOL_TOKEN_TEMPLATE_H */
