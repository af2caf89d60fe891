/* SPDX-License-Identifier: BSD-2-Clause */
/* New objects: created, copied, generated. */
#include <string.h>
#include "cryptoki.h"
#include "ec.h"
#include "material.h"
#include "secret.h"
#include "serve.h"
#include "store.h"
#include "template.h"

/* A number in the template, or what it is without. */
static uint64_t number_in(struct items template, uint32_t type,
			  uint64_t otherwise)
{
	uint64_t number;

	return items_copy(template, type, &number, sizeof(number)) ? number :
								     otherwise;
}

uint32_t serve_create(struct serve *serve)
{
	struct items rest = serve->items;
	struct making making = {.origin = CREATED,
				.template = serve_template(&rest)};
	struct writer attributes;
	uint32_t result;

	making.class = number_in(making.template, CKA_CLASS, UINT64_MAX);
	making.key_type = number_in(making.template, CKA_KEY_TYPE, UINT64_MAX);
	if (making.class == UINT64_MAX ||
	    (making.class >= CKO_PUBLIC_KEY && making.key_type == UINT64_MAX))
		return CKR_TEMPLATE_INCOMPLETE;
	if (!serve_writer(&attributes))
		return CKR_DEVICE_MEMORY;
	result = template_apply(&making, &attributes);
	if (!result)
		result = material_import(making.class, making.key_type,
					 making.template, &attributes);
	if (!result)
		result = serve_add_object(serve, &attributes, &serve->value);
	serve_free(&attributes);
	return result;
}

uint32_t serve_copy(struct serve *serve)
{
	struct items rest = serve->items;
	struct items changes = serve_template(&rest);
	struct writer attributes;
	struct object *object;
	uint32_t result = store_get(serve->request->object, &object);

	if (result)
		return result;
	result = CKR_DEVICE_MEMORY;
	if (serve_writer(&attributes)) {
		result = template_copy(object, changes, &attributes);
		if (!result)
			result = serve_add_object(serve, &attributes,
						  &serve->value);
	}
	serve_free(&attributes);
	object_drop(object);
	return result;
}

/* May this user have private objects?  Asked before the long work. */
static uint32_t judge_login(struct items template, bool otherwise)
{
	uint8_t is_private = otherwise;

	items_copy(template, CKA_PRIVATE, &is_private, sizeof(is_private));
	return !is_private || store_is_private_open() ? CKR_OK :
							CKR_USER_NOT_LOGGED_IN;
}

uint32_t serve_generate(struct serve *serve)
{
	struct items rest = serve->items;
	struct making making = {
		.origin = GENERATED,
		.class = CKO_SECRET_KEY,
		.template = serve_template(&rest),
	};
	struct writer attributes;
	struct recipe recipe;
	uint32_t result =
		mechanism_read(serve->items, KEY_MAKES_KEY, &recipe);

	if (!result)
		result = judge_login(making.template, true);
	if (result)
		return result;
	making.mechanism = recipe.mechanism->type;
	making.key_type = recipe.mechanism->family == KEY_AES_GENERATE ?
				  CKK_AES :
				  CKK_GENERIC_SECRET;
	if (items_count(making.template, CKA_VALUE))
		return CKR_TEMPLATE_INCONSISTENT;
	if (!serve_writer(&attributes))
		return CKR_DEVICE_MEMORY;
	result = template_apply(&making, &attributes);
	if (!result)
		result = secret_generate(making.key_type, making.template,
					 &attributes);
	if (!result)
		result = serve_add_object(serve, &attributes, &serve->value);
	serve_free(&attributes);
	return result;
}

/* A pair that is being made: what both halves need. */
struct pair {
	struct making public, private;
	struct writer public_attributes, private_attributes;
};

static bool brings_material(struct items template)
{
	return items_count(template, CKA_VALUE) ||
	       items_count(template, CKA_MODULUS) ||
	       items_count(template, CKA_EC_POINT) ||
	       items_count(template, CKA_PRIVATE_EXPONENT);
}

static uint32_t generate(struct pair *pair, const struct recipe *recipe)
{
	struct items template = pair->public.template;
	static const uint8_t f4[] = {1, 0, 1};
	struct item exponent = {.size = sizeof(f4), .bytes = f4};

	if (recipe->mechanism->family == KEY_EC_GENERATE)
		return ec_generate(template, &pair->public_attributes,
				   &pair->private_attributes);
	items_find(template, CKA_PUBLIC_EXPONENT, &exponent);
	while (exponent.size && !exponent.bytes[0]) {
		exponent.bytes++;
		exponent.size--;
	}
	if (exponent.size != sizeof(f4) ||
	    memcmp(exponent.bytes, f4, sizeof(f4)))
		return CKR_ATTRIBUTE_VALUE_INVALID;
	if (!items_count(template, CKA_MODULUS_BITS))
		return CKR_TEMPLATE_INCOMPLETE;
	return rsa_generate(
		(uint32_t)number_in(template, CKA_MODULUS_BITS, 0),
		&pair->public_attributes, &pair->private_attributes);
}

static uint32_t make_pair(struct serve *serve, struct pair *pair,
			  const struct recipe *recipe)
{
	uint32_t result =
		template_apply(&pair->public, &pair->public_attributes);

	if (!result)
		result = template_apply(&pair->private,
					&pair->private_attributes);
	if (!result && (brings_material(pair->public.template) ||
			brings_material(pair->private.template)))
		result = CKR_TEMPLATE_INCONSISTENT;
	if (!result)
		result = generate(pair, recipe);
	if (!result)
		result = serve_add_object(serve, &pair->private_attributes,
					  &serve->second);
	if (!result)
		result = serve_add_object(serve, &pair->public_attributes,
					  &serve->value);
	return result;
}

uint32_t serve_generate_pair(struct serve *serve)
{
	struct items rest = serve->items;
	struct pair pair = {
		.public = {.origin = GENERATED, .class = CKO_PUBLIC_KEY},
		.private = {.origin = GENERATED, .class = CKO_PRIVATE_KEY},
	};
	struct recipe recipe;
	uint32_t result =
		mechanism_read(serve->items, KEY_MAKES_PAIR, &recipe);

	pair.public.template = serve_template(&rest);
	pair.private.template = serve_template(&rest);
	if (!result)
		result = judge_login(pair.public.template, false);
	if (!result)
		result = judge_login(pair.private.template, true);
	if (result)
		return result;
	pair.public.mechanism = recipe.mechanism->type;
	pair.private.mechanism = recipe.mechanism->type;
	pair.public.key_type = recipe.mechanism->family == KEY_EC_GENERATE ?
				       CKK_EC :
				       CKK_RSA;
	pair.private.key_type = pair.public.key_type;
	result = CKR_DEVICE_MEMORY;
	if (serve_writer(&pair.public_attributes) &&
	    serve_writer(&pair.private_attributes))
		result = make_pair(serve, &pair, &recipe);
	serve_free(&pair.public_attributes);
	serve_free(&pair.private_attributes);
	return result;
}
