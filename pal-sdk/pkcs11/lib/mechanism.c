/* SPDX-License-Identifier: BSD-2-Clause */
/* Copies of mechanisms: one piece of memory for parameters and their parts. */
#include "mechanism.h"
#include <stdlib.h>
#include <string.h>

/* More than any parameter, IV, label or associated data that we would take. */
#define PART_MAX 16384

/* A pointer among the parameters, and the size of what is there. */
struct part {
	CK_ULONG pointer_at; /* offset in the parameters */
	CK_ULONG size;
};

#define PART_COUNT 2

static CK_ULONG gcm_parts(const void *parameters, struct part *parts)
{
	const CK_GCM_PARAMS *gcm = parameters;

	parts[0] = (struct part){offsetof(CK_GCM_PARAMS, pIv), gcm->ulIvLen};
	parts[1] = (struct part){offsetof(CK_GCM_PARAMS, pAAD), gcm->ulAADLen};
	return 2;
}

static CK_ULONG oaep_parts(const void *parameters, struct part *parts)
{
	const CK_RSA_PKCS_OAEP_PARAMS *oaep = parameters;

	parts[0] = (struct part){offsetof(CK_RSA_PKCS_OAEP_PARAMS, pSourceData),
				 oaep->ulSourceDataLen};
	return 1;
}

/* Other mechanisms have parameters without pointers. */
static CK_ULONG find_parts(const CK_MECHANISM *mechanism, struct part *parts)
{
	if (mechanism->mechanism == CKM_AES_GCM &&
	    mechanism->ulParameterLen == sizeof(CK_GCM_PARAMS))
		return gcm_parts(mechanism->pParameter, parts);
	if (mechanism->mechanism == CKM_RSA_PKCS_OAEP &&
	    mechanism->ulParameterLen == sizeof(CK_RSA_PKCS_OAEP_PARAMS))
		return oaep_parts(mechanism->pParameter, parts);
	return 0;
}

static const void *part_address(const CK_MECHANISM *mechanism,
				const struct part *part)
{
	const void *address;

	memcpy(&address,
	       (const CK_BYTE *)mechanism->pParameter + part->pointer_at,
	       sizeof(address));
	return address;
}

/* Returns the size of all, or 0 if some of it cannot be. */
static CK_ULONG measure(const CK_MECHANISM *from, const struct part *parts,
			CK_ULONG count)
{
	CK_ULONG size = from->ulParameterLen;

	for (CK_ULONG i = 0; i < count; i++) {
		if (parts[i].size > PART_MAX ||
		    (parts[i].size && !part_address(from, &parts[i])))
			return 0;
		size += parts[i].size;
	}
	return size;
}

CK_RV mechanism_copy(struct mechanism *to, const CK_MECHANISM *from)
{
	struct part parts[PART_COUNT];
	CK_ULONG count, size;
	CK_BYTE *memory, *next;

	to->own = (CK_MECHANISM){from->mechanism, NULL, 0};
	to->memory = NULL;
	if (!from->ulParameterLen)
		return CKR_OK;
	if (!from->pParameter || from->ulParameterLen > PART_MAX)
		return CKR_MECHANISM_PARAM_INVALID;
	count = find_parts(from, parts);
	size = measure(from, parts, count);
	if (!size)
		return CKR_MECHANISM_PARAM_INVALID;
	memory = malloc(size);
	if (!memory)
		return CKR_HOST_MEMORY;
	memcpy(memory, from->pParameter, from->ulParameterLen);
	next = memory + from->ulParameterLen;
	for (CK_ULONG i = 0; i < count; i++) {
		if (parts[i].size)
			memcpy(next, part_address(from, &parts[i]),
			       parts[i].size);
		memcpy(memory + parts[i].pointer_at, &next, sizeof(next));
		next += parts[i].size;
	}
	to->own.pParameter = memory;
	to->own.ulParameterLen = from->ulParameterLen;
	to->memory = memory;
	to->memory_size = size;
	return CKR_OK;
}

void mechanism_free(struct mechanism *mechanism)
{
	if (!mechanism->memory)
		return;
	explicit_bzero(mechanism->memory, mechanism->memory_size);
	free(mechanism->memory);
	mechanism->memory = NULL;
}
