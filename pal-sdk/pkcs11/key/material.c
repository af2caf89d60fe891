/* SPDX-License-Identifier: BSD-2-Clause */
/* Which importer is whose. */
#include "material.h"
#include "cryptoki.h"
#include "ec.h"
#include "secret.h"

static uint32_t import_secret(uint64_t key_type, struct items template,
			      struct writer *to)
{
	struct item value = {0};

	if (!items_find(template, CKA_VALUE, &value))
		return CKR_TEMPLATE_INCOMPLETE;
	if (items_count(template, CKA_VALUE_LEN))
		return CKR_TEMPLATE_INCONSISTENT;
	return secret_add(key_type, (struct bytes){value.bytes, value.size},
			  to) ?
		       CKR_ATTRIBUTE_VALUE_INVALID :
		       CKR_OK;
}

static uint32_t judge_certificate(struct items template)
{
	struct item value = {0};
	uint64_t type;

	if (!items_find(template, CKA_VALUE, &value) || !value.size ||
	    !items_copy(template, CKA_CERTIFICATE_TYPE, &type, sizeof(type)))
		return CKR_TEMPLATE_INCOMPLETE;
	return type == CKC_X_509 ? CKR_OK : CKR_ATTRIBUTE_VALUE_INVALID;
}

uint32_t material_import(uint64_t class, uint64_t key_type,
			 struct items template, struct writer *to)
{
	if (class == CKO_DATA)
		return CKR_OK;
	if (class == CKO_CERTIFICATE)
		return judge_certificate(template);
	if (class == CKO_SECRET_KEY &&
	    (key_type == CKK_AES || key_type == CKK_GENERIC_SECRET))
		return import_secret(key_type, template, to);
	if (class == CKO_PUBLIC_KEY && key_type == CKK_RSA)
		return rsa_import_public(template, to);
	if (class == CKO_PUBLIC_KEY && key_type == CKK_EC)
		return ec_import_public(template, to);
	if (class == CKO_PRIVATE_KEY && key_type == CKK_RSA)
		return rsa_import_private(template, to);
	if (class == CKO_PRIVATE_KEY && key_type == CKK_EC)
		return ec_import_private(template, to);
	return CKR_ATTRIBUTE_VALUE_INVALID;
}

uint32_t material_unwrap(uint64_t class, uint64_t key_type, struct bytes key,
			 struct writer *to)
{
	if (class == CKO_SECRET_KEY &&
	    (key_type == CKK_AES || key_type == CKK_GENERIC_SECRET))
		return secret_add(key_type, key, to);
	if (class == CKO_PRIVATE_KEY && key_type == CKK_RSA)
		return rsa_import_der(key, to);
	if (class == CKO_PRIVATE_KEY && key_type == CKK_EC)
		return ec_import_der(key, to);
	return CKR_TEMPLATE_INCONSISTENT;
}
