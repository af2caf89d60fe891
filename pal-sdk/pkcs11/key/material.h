/* SPDX-License-Identifier: BSD-2-Clause */
/* Key material of every class and type, judged and put in one form. */
#ifndef KEY_MATERIAL_H
#define KEY_MATERIAL_H

#include "rsa.h"

/*
 * Append the material that a template of C_CreateObject brings.
 * CKR_TEMPLATE_INCOMPLETE, CKR_ATTRIBUTE_VALUE_INVALID, CKR_KEY_SIZE_RANGE ...
 */
uint32_t material_import(uint64_t class, uint64_t key_type,
			 struct items template, struct writer *to);

/* The same of an unwrapped key: a secret, or a private key in PKCS #8. */
uint32_t material_unwrap(uint64_t class, uint64_t key_type, struct bytes key,
			 struct writer *to);

#endif /* KEY_MATERIAL_H */
