/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Templates: which attributes an object of a class has, which of them a caller
 * may choose when it is made and change afterwards, and what they are if he
 * says nothing.  Key material is not judged here (material.h).
 */
#ifndef KEY_TEMPLATE_H
#define KEY_TEMPLATE_H

#include "object.h"

enum origin { CREATED, GENERATED, DERIVED, UNWRAPPED };

struct making {
	enum origin origin;
	uint64_t class, key_type;
	uint64_t mechanism; /* that generates it */
	struct items template;
	const struct object *base; /* it is derived from, or unwrapped with */
};

/*
 * Judge a template and append all attributes but key material to `to`.
 * Returns CKR_OK, CKR_ATTRIBUTE_TYPE_INVALID, CKR_ATTRIBUTE_VALUE_INVALID,
 * CKR_ATTRIBUTE_READ_ONLY, CKR_TEMPLATE_INCONSISTENT.
 *
 * Private keys are always sensitive and never extractable, and what is
 * unwrapped is extractable only if the key that unwraps it is; who asks for
 * something else gets CKR_TEMPLATE_INCONSISTENT.  A key that wraps or unwraps
 * decrypts only if the template says so.
 */
uint32_t template_apply(const struct making *making, struct writer *to);

/*
 * The attributes of `object` with the changes of a template, for
 * C_SetAttributeValue.  Errors as above, CKR_ACTION_PROHIBITED.
 */
uint32_t template_change(const struct object *object, struct items changes,
			 struct writer *to);

/* The same for C_CopyObject, which may also change CKA_TOKEN and CKA_PRIVATE. */
uint32_t template_copy(const struct object *object, struct items changes,
		       struct writer *to);

/*
 * The attributes of `object` that template_apply() and an import would take: so
 * that the object can be made anew elsewhere.
 */
void template_choices(const struct object *object, struct writer *to);

#endif /* KEY_TEMPLATE_H */
