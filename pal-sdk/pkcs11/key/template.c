/* SPDX-License-Identifier: BSD-2-Clause */
/* The table of attributes, and what obeys it. */
#include "template.h"
#include <string.h>
#include "cryptoki.h"

enum kind { BOOL, NUMBER, BYTES, DATE, MECHANISMS };

/* Classes: bit n is class n. */
#define DATA	    (1u << CKO_DATA)
#define CERTIFICATE (1u << CKO_CERTIFICATE)
#define PUBLIC	    (1u << CKO_PUBLIC_KEY)
#define PRIVATE	    (1u << CKO_PRIVATE_KEY)
#define SECRET	    (1u << CKO_SECRET_KEY)
#define KEYS	    (PUBLIC | PRIVATE | SECRET)
#define ALL	    (DATA | CERTIFICATE | KEYS)

enum change {
	NEVER, /* a choice when it is made, and never after */
	COPY_ONLY, /* C_CopyObject may change it */
	FREE,
	DOWN, /* from TRUE to FALSE */
	UP, /* from FALSE to TRUE */
	OURS, /* nobody chooses: the PAL says */
	MATERIAL, /* key material, or what it is made by */
};

enum otherwise { ABSENT, EMPTY, NO, YES };

struct rule {
	uint32_t type;
	enum kind kind;
	uint32_t classes;
	enum change change;
	enum otherwise otherwise; /* what it is if nobody says */
};

static const struct rule rules[] = {
	{CKA_CLASS, NUMBER, ALL, OURS, ABSENT},
	{CKA_TOKEN, BOOL, ALL, COPY_ONLY, NO},
	{CKA_PRIVATE, BOOL, DATA | CERTIFICATE | PUBLIC, COPY_ONLY, NO},
	{CKA_PRIVATE, BOOL, PRIVATE | SECRET, COPY_ONLY, YES},
	{CKA_MODIFIABLE, BOOL, ALL, NEVER, YES},
	{CKA_COPYABLE, BOOL, ALL, DOWN, YES},
	{CKA_DESTROYABLE, BOOL, ALL, NEVER, YES},
	{CKA_LABEL, BYTES, ALL, FREE, EMPTY},

	{CKA_APPLICATION, BYTES, DATA, FREE, EMPTY},
	{CKA_OBJECT_ID, BYTES, DATA, FREE, EMPTY},
	{CKA_VALUE, BYTES, DATA, FREE, EMPTY},

	{CKA_CERTIFICATE_TYPE, NUMBER, CERTIFICATE, NEVER, ABSENT},
	{CKA_VALUE, BYTES, CERTIFICATE, NEVER, EMPTY},
	{CKA_ISSUER, BYTES, CERTIFICATE, FREE, EMPTY},
	{CKA_SERIAL_NUMBER, BYTES, CERTIFICATE, FREE, EMPTY},
	{CKA_CERTIFICATE_CATEGORY, NUMBER, CERTIFICATE, NEVER, ABSENT},
	{CKA_URL, BYTES, CERTIFICATE, FREE, ABSENT},
	{CKA_CHECK_VALUE, BYTES, CERTIFICATE, NEVER, ABSENT},
	{CKA_TRUSTED, BOOL, CERTIFICATE | PUBLIC | SECRET, OURS, NO},
	{CKA_SUBJECT, BYTES, CERTIFICATE | PUBLIC | PRIVATE, FREE, EMPTY},
	{CKA_ID, BYTES, CERTIFICATE | KEYS, FREE, EMPTY},
	{CKA_START_DATE, DATE, CERTIFICATE | KEYS, NEVER, EMPTY},
	{CKA_END_DATE, DATE, CERTIFICATE | KEYS, NEVER, EMPTY},
	{CKA_PUBLIC_KEY_INFO, BYTES, CERTIFICATE | PUBLIC | PRIVATE, NEVER,
	 ABSENT},

	{CKA_KEY_TYPE, NUMBER, KEYS, OURS, ABSENT},
	{CKA_LOCAL, BOOL, KEYS, OURS, ABSENT},
	{CKA_KEY_GEN_MECHANISM, NUMBER, KEYS, OURS, ABSENT},
	{CKA_ALLOWED_MECHANISMS, MECHANISMS, KEYS, NEVER, ABSENT},
	{KEY_A_TOTAL, NUMBER, PRIVATE | SECRET, NEVER, ABSENT},
	{KEY_A_PER_MINUTE, NUMBER, PRIVATE | SECRET, NEVER, ABSENT},
	{CKA_ENCRYPT, BOOL, PUBLIC | SECRET, DOWN, YES},
	{CKA_DECRYPT, BOOL, PRIVATE | SECRET, DOWN, YES},
	{CKA_SIGN, BOOL, PRIVATE | SECRET, DOWN, YES},
	{CKA_VERIFY, BOOL, PUBLIC | SECRET, DOWN, YES},
	{CKA_SIGN_RECOVER, BOOL, PRIVATE, OURS, NO},
	{CKA_VERIFY_RECOVER, BOOL, PUBLIC, OURS, NO},
	{CKA_WRAP, BOOL, PUBLIC | SECRET, DOWN, NO},
	{CKA_UNWRAP, BOOL, PRIVATE | SECRET, DOWN, NO},
	{CKA_DERIVE, BOOL, KEYS, DOWN, NO},
	{CKA_SENSITIVE, BOOL, PRIVATE | SECRET, UP, YES},
	{CKA_EXTRACTABLE, BOOL, PRIVATE | SECRET, DOWN, NO},
	{CKA_ALWAYS_SENSITIVE, BOOL, PRIVATE | SECRET, OURS, ABSENT},
	{CKA_NEVER_EXTRACTABLE, BOOL, PRIVATE | SECRET, OURS, ABSENT},
	{CKA_WRAP_WITH_TRUSTED, BOOL, PRIVATE | SECRET, UP, NO},
	{CKA_ALWAYS_AUTHENTICATE, BOOL, PRIVATE, OURS, NO},

	{CKA_VALUE, BYTES, PRIVATE | SECRET, MATERIAL, ABSENT},
	{CKA_VALUE_LEN, NUMBER, SECRET, MATERIAL, ABSENT},
	{CKA_MODULUS, BYTES, PUBLIC | PRIVATE, MATERIAL, ABSENT},
	{CKA_MODULUS_BITS, NUMBER, PUBLIC, MATERIAL, ABSENT},
	{CKA_PUBLIC_EXPONENT, BYTES, PUBLIC | PRIVATE, MATERIAL, ABSENT},
	{CKA_PRIVATE_EXPONENT, BYTES, PRIVATE, MATERIAL, ABSENT},
	{CKA_PRIME_1, BYTES, PRIVATE, MATERIAL, ABSENT},
	{CKA_PRIME_2, BYTES, PRIVATE, MATERIAL, ABSENT},
	{CKA_EXPONENT_1, BYTES, PRIVATE, MATERIAL, ABSENT},
	{CKA_EXPONENT_2, BYTES, PRIVATE, MATERIAL, ABSENT},
	{CKA_COEFFICIENT, BYTES, PRIVATE, MATERIAL, ABSENT},
	{CKA_EC_PARAMS, BYTES, PUBLIC | PRIVATE, MATERIAL, ABSENT},
	{CKA_EC_POINT, BYTES, PUBLIC | PRIVATE, MATERIAL, ABSENT},
};

#define RULE_COUNT (sizeof(rules) / sizeof(rules[0]))

static const struct rule *rule_of(uint32_t type, uint64_t class)
{
	for (size_t i = 0; i < RULE_COUNT; i++)
		if (rules[i].type == type && (rules[i].classes & 1u << class))
			return &rules[i];
	return NULL;
}

static bool is_date(struct item item)
{
	for (size_t i = 0; i < item.size; i++)
		if (item.bytes[i] < '0' || item.bytes[i] > '9')
			return false;
	return item.size == 0 || item.size == 8;
}

static bool is_of_kind(struct item item, enum kind kind)
{
	if (!item.bytes)
		return false;
	switch (kind) {
	case BOOL:
		return item.size == 1 && item.bytes[0] <= 1;
	case NUMBER:
		return item.size == 8;
	case BYTES:
		return true;
	case DATE:
		return is_date(item);
	case MECHANISMS:
		return item.size % 8 == 0;
	}
	return false;
}

static bool is_true(struct items list, uint32_t type)
{
	uint8_t value = 0;

	return items_copy(list, type, &value, 1) && value;
}

/* An attribute that the PAL says may be there if it says the same. */
static uint32_t judge_ours(const struct rule *rule, struct item item,
			   const struct making *making)
{
	uint64_t value = rule->otherwise == YES;

	if (rule->type == CKA_CLASS)
		value = making->class;
	else if (rule->type == CKA_KEY_TYPE)
		value = making->key_type;
	else if (rule->otherwise == ABSENT)
		return CKR_ATTRIBUTE_READ_ONLY;
	if (memcmp(&value, item.bytes, item.size))
		return rule->kind == BOOL ? CKR_ATTRIBUTE_VALUE_INVALID :
					    CKR_TEMPLATE_INCONSISTENT;
	return CKR_OK;
}

static uint32_t judge_item(const struct making *making, struct item item)
{
	const struct rule *rule = rule_of(item.type, making->class);

	if (!rule)
		return CKR_ATTRIBUTE_TYPE_INVALID;
	if (!is_of_kind(item, rule->kind))
		return CKR_ATTRIBUTE_VALUE_INVALID;
	if (items_count(making->template, item.type) > 1)
		return CKR_TEMPLATE_INCONSISTENT;
	if (rule->change == OURS)
		return judge_ours(rule, item, making);
	if (item.type == CKA_EXTRACTABLE && item.bytes[0] &&
	    making->origin == UNWRAPPED &&
	    !object_bool(making->base, CKA_EXTRACTABLE))
		return CKR_TEMPLATE_INCONSISTENT;
	if (making->class != CKO_PRIVATE_KEY)
		return CKR_OK;
	if ((item.type == CKA_SENSITIVE && !item.bytes[0]) ||
	    (item.type == CKA_EXTRACTABLE && item.bytes[0]))
		return CKR_TEMPLATE_INCONSISTENT;
	return CKR_OK;
}

/* What a key unwraps, it would also decrypt, out into the open. */
static bool unwraps(const struct making *making)
{
	return is_true(making->template, CKA_UNWRAP) ||
	       is_true(making->template, CKA_WRAP);
}

static void add_otherwise(const struct making *making, const struct rule *rule,
			  struct writer *to)
{
	if (rule->type == CKA_DECRYPT && unwraps(making)) {
		writer_add_bool(to, CKA_DECRYPT, false);
		return;
	}
	switch (rule->otherwise) {
	case ABSENT:
		break;
	case EMPTY:
		writer_add(to, rule->type, NULL, 0);
		break;
	case NO:
	case YES:
		writer_add_bool(to, rule->type, rule->otherwise == YES);
		break;
	}
}

/* Where it has been: what CKA_ALWAYS_SENSITIVE and its like promise. */
static void add_history(const struct making *making, struct writer *to)
{
	bool is_sensitive = is_true(writer_items(to), CKA_SENSITIVE);
	bool is_extractable = is_true(writer_items(to), CKA_EXTRACTABLE);
	bool was_sensitive = making->origin == GENERATED;
	bool was_never_out = making->origin == GENERATED;

	if (making->origin == DERIVED) {
		was_sensitive = object_bool(making->base, CKA_ALWAYS_SENSITIVE);
		was_never_out =
			object_bool(making->base, CKA_NEVER_EXTRACTABLE);
	}
	writer_add_bool(to, CKA_ALWAYS_SENSITIVE,
			was_sensitive && is_sensitive);
	writer_add_bool(to, CKA_NEVER_EXTRACTABLE,
			was_never_out && !is_extractable);
}

static void add_ours(const struct making *making, struct writer *to)
{
	bool is_generated = making->origin == GENERATED;

	writer_add_number(to, CKA_CLASS, making->class);
	if (making->class < CKO_PUBLIC_KEY)
		return;
	writer_add_number(to, CKA_KEY_TYPE, making->key_type);
	writer_add_bool(to, CKA_LOCAL, is_generated);
	writer_add_number(to, CKA_KEY_GEN_MECHANISM,
			  is_generated ? making->mechanism :
					 CK_UNAVAILABLE_INFORMATION);
	if (making->class != CKO_PUBLIC_KEY)
		add_history(making, to);
}

uint32_t template_apply(const struct making *making, struct writer *to)
{
	struct items rest = making->template;
	struct item item;
	uint32_t result;

	if (making->class > CKO_SECRET_KEY)
		return CKR_ATTRIBUTE_VALUE_INVALID;
	while (items_next(&rest, &item)) {
		result = judge_item(making, item);
		if (result)
			return result;
	}
	for (size_t i = 0; i < RULE_COUNT; i++) {
		if (!(rules[i].classes & 1u << making->class) ||
		    rules[i].change == MATERIAL)
			continue;
		if (rules[i].change != OURS &&
		    items_find(making->template, rules[i].type, &item))
			writer_add(to, item.type, item.bytes, item.size);
		else
			add_otherwise(making, &rules[i], to);
	}
	add_ours(making, to);
	return to->is_full ? CKR_DEVICE_MEMORY : CKR_OK;
}

static uint32_t judge_change(const struct object *object, struct item item,
			     bool is_copy)
{
	const struct rule *rule = rule_of(item.type, object->summary.class);
	struct item old = object_bytes(object, item.type);

	if (!rule)
		return CKR_ATTRIBUTE_TYPE_INVALID;
	if (!is_of_kind(item, rule->kind))
		return CKR_ATTRIBUTE_VALUE_INVALID;
	if (rule->change != MATERIAL && old.bytes && old.size == item.size &&
	    (!old.size || !memcmp(old.bytes, item.bytes, old.size)))
		return CKR_OK; /* no change at all */
	switch (rule->change) {
	case FREE:
		return CKR_OK;
	case DOWN:
		return item.bytes[0] ? CKR_ATTRIBUTE_READ_ONLY : CKR_OK;
	case UP:
		return item.bytes[0] ? CKR_OK : CKR_ATTRIBUTE_READ_ONLY;
	case COPY_ONLY:
		if (!is_copy || (item.type == CKA_PRIVATE && !item.bytes[0]))
			return CKR_TEMPLATE_INCONSISTENT;
		return CKR_OK;
	case NEVER:
	case OURS:
	case MATERIAL:
		break;
	}
	return CKR_ATTRIBUTE_READ_ONLY;
}

static uint32_t change(const struct object *object, struct items changes,
		       bool is_copy, struct writer *to)
{
	struct items rest = changes;
	struct item item, changed;
	uint32_t result;

	while (items_next(&rest, &item)) {
		result = judge_change(object, item, is_copy);
		if (!result && items_count(changes, item.type) > 1)
			result = CKR_TEMPLATE_INCONSISTENT;
		if (result)
			return result;
	}
	rest = object_items(object);
	while (items_next(&rest, &item)) {
		if (items_find(changes, item.type, &changed))
			item = changed;
		writer_add(to, item.type, item.bytes, item.size);
	}
	/* Attributes that it did not have yet (CKA_URL). */
	while (items_next(&changes, &item))
		if (!object_bytes(object, item.type).bytes)
			writer_add(to, item.type, item.bytes, item.size);
	return to->is_full ? CKR_DEVICE_MEMORY : CKR_OK;
}

uint32_t template_change(const struct object *object, struct items changes,
			 struct writer *to)
{
	if (!object_bool(object, CKA_MODIFIABLE))
		return CKR_ACTION_PROHIBITED;
	return change(object, changes, false, to);
}

uint32_t template_copy(const struct object *object, struct items changes,
		       struct writer *to)
{
	/* A copy would have its limits anew. */
	if (!object_bool(object, CKA_COPYABLE) || object_is_limited(object))
		return CKR_ACTION_PROHIBITED;
	return change(object, changes, true, to);
}

void template_choices(const struct object *object, struct writer *to)
{
	struct items rest = object_items(object);
	const struct rule *rule;
	struct item item;

	while (items_next(&rest, &item)) {
		rule = rule_of(item.type, object->summary.class);
		if (!rule || item.type == CKA_MODULUS_BITS ||
		    item.type == CKA_VALUE_LEN)
			continue;
		if (rule->change != OURS || item.type == CKA_CLASS ||
		    item.type == CKA_KEY_TYPE)
			writer_add(to, item.type, item.bytes, item.size);
	}
}
