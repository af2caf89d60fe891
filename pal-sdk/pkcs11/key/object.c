/* SPDX-License-Identifier: BSD-2-Clause */
/* Objects and their attributes. */
#include "object.h"
#include <stdlib.h>
#include <string.h>
#include "cryptoki.h"
#include "curve.h"

struct item object_bytes(const struct object *object, uint32_t type)
{
	struct item item = {.type = type};

	items_find(object_items(object), type, &item);
	return item;
}

bool object_bool(const struct object *object, uint32_t type)
{
	struct item item = object_bytes(object, type);

	return item.bytes && item.size == 1 && item.bytes[0];
}

uint64_t object_number(const struct object *object, uint32_t type)
{
	uint64_t number = 0;

	items_copy(object_items(object), type, &number, sizeof(number));
	return number;
}

static uint32_t usage_of(const struct object *object)
{
	static const struct {
		uint32_t type, use;
	} uses[] = {
		{CKA_SIGN, KEY_USE_SIGN},	{CKA_VERIFY, KEY_USE_VERIFY},
		{CKA_ENCRYPT, KEY_USE_ENCRYPT}, {CKA_DECRYPT, KEY_USE_DECRYPT},
		{CKA_WRAP, KEY_USE_WRAP},	{CKA_UNWRAP, KEY_USE_UNWRAP},
		{CKA_DERIVE, KEY_USE_DERIVE},
	};
	uint32_t usage = 0;

	for (size_t i = 0; i < sizeof(uses) / sizeof(uses[0]); i++)
		if (object_bool(object, uses[i].type))
			usage |= uses[i].use;
	return usage;
}

/* Of a big-endian number. */
static uint32_t bits_of(struct item number)
{
	while (number.size && !number.bytes[0]) {
		number.bytes++;
		number.size--;
	}
	if (!number.size)
		return 0;
	return (uint32_t)(number.size * 8) -
	       (uint32_t)(__builtin_clz(number.bytes[0]) - 24);
}

static uint32_t key_bits(const struct object *object)
{
	const struct curve *curve;

	switch (object->summary.key_type) {
	case CKK_RSA:
		return bits_of(object_bytes(object, CKA_MODULUS));
	case CKK_EC:
		curve = curve_of(object_bytes(object, CKA_EC_PARAMS));
		return curve ? curve->bits : 0;
	default:
		return (uint32_t)object_bytes(object, CKA_VALUE).size * 8;
	}
}

static void summarize(struct object *object)
{
	struct key_summary *summary = &object->summary;

	summary->class = object_number(object, CKA_CLASS);
	summary->key_type = CK_UNAVAILABLE_INFORMATION;
	if (object_is_key(object)) {
		summary->key_type = object_number(object, CKA_KEY_TYPE);
		summary->bits = key_bits(object);
	}
	summary->usage = usage_of(object);
	summary->is_private = object_bool(object, CKA_PRIVATE);
	summary->is_token = object_bool(object, CKA_TOKEN);
	object->total = object_number(object, KEY_A_TOTAL);
	object->per_minute = object_number(object, KEY_A_PER_MINUTE);
}

struct object *object_make(struct items attributes)
{
	struct object *object;

	if (!items_count(attributes, CKA_CLASS))
		return NULL;
	object = calloc(1, sizeof(*object) + attributes.size);
	if (!object)
		return NULL;
	atomic_init(&object->references, 1);
	object->size = attributes.size;
	memcpy(object->bytes, attributes.bytes, attributes.size);
	summarize(object);
	return object;
}

struct object *object_take(struct object *object)
{
	atomic_fetch_add(&object->references, 1);
	return object;
}

void object_drop(struct object *object)
{
	if (object && atomic_fetch_sub(&object->references, 1) == 1) {
		explicit_bzero(object->bytes, object->size);
		free(object);
	}
}

bool object_may_tell(const struct object *object, uint32_t type)
{
	if (!object_is_secret(object))
		return true;
	switch (type) {
	case CKA_VALUE:
		return !object_bool(object, CKA_SENSITIVE) &&
		       object_bool(object, CKA_EXTRACTABLE);
	case CKA_PRIVATE_EXPONENT:
	case CKA_PRIME_1:
	case CKA_PRIME_2:
	case CKA_EXPONENT_1:
	case CKA_EXPONENT_2:
	case CKA_COEFFICIENT:
	case OBJECT_RSA_DER:
		return false;
	default:
		return true;
	}
}

bool object_matches(const struct object *object, struct items template)
{
	struct item wanted, have;

	while (items_next(&template, &wanted)) {
		have = object_bytes(object, wanted.type);
		if (!have.bytes || !wanted.bytes || have.size != wanted.size ||
		    !object_may_tell(object, wanted.type) ||
		    (have.size && memcmp(have.bytes, wanted.bytes, have.size)))
			return false;
	}
	return true;
}
