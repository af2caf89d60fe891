/* SPDX-License-Identifier: BSD-2-Clause */
/* Objects and their attributes. */
#include "object.h"

CK_RV object_may_make(const struct session *session,
		      const CK_ATTRIBUTE *template, CK_ULONG count)
{
	if (count && !template)
		return CKR_ARGUMENTS_BAD;
	if (session->is_read_write)
		return CKR_OK;
	for (CK_ULONG i = 0; i < count; i++)
		if (template[i].type == CKA_TOKEN && template[i].pValue &&
		    template[i].ulValueLen == sizeof(CK_BBOOL) &&
		    *(const CK_BBOOL *)template[i].pValue)
			return CKR_SESSION_READ_ONLY;
	return CKR_OK;
}

/* Objects of the token are changed in sessions that may write. */
static CK_RV may_change(const struct session *session, CK_OBJECT_HANDLE object)
{
	struct key_summary summary;
	CK_RV rv = token_summary(session->token, object, &summary);

	if (rv)
		return rv;
	return summary.is_token && !session->is_read_write
		       ? CKR_SESSION_READ_ONLY
		       : CKR_OK;
}

static CK_RV create(const struct session *session, const CK_ATTRIBUTE *template,
		    CK_ULONG count, CK_OBJECT_HANDLE *object)
{
	CK_RV rv = object_may_make(session, template, count);

	if (rv)
		return rv;
	if (!object || !template)
		return CKR_ARGUMENTS_BAD;
	return token_create_object(session->token, session->handle, template,
				   count, object);
}

CK_RV C_CreateObject(CK_SESSION_HANDLE handle, CK_ATTRIBUTE *template,
		     CK_ULONG count, CK_OBJECT_HANDLE *object)
{
	return WITH_SESSION(session, handle,
			    create(session, template, count, object));
}

/* A copy is where its original is, unless the template says otherwise. */
static CK_RV copy(const struct session *session, CK_OBJECT_HANDLE from,
		  const CK_ATTRIBUTE *template, CK_ULONG count,
		  CK_OBJECT_HANDLE *object)
{
	CK_RV rv = object_may_make(session, template, count);
	bool says_where = false;

	if (rv)
		return rv;
	if (!object)
		return CKR_ARGUMENTS_BAD;
	for (CK_ULONG i = 0; i < count; i++)
		says_where |= template[i].type == CKA_TOKEN;
	rv = says_where ? CKR_OK : may_change(session, from);
	if (rv)
		return rv;
	return token_copy_object(session->token, session->handle, from,
				 template, count, object);
}

CK_RV C_CopyObject(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE from,
		   CK_ATTRIBUTE *template, CK_ULONG count,
		   CK_OBJECT_HANDLE *object)
{
	return WITH_SESSION(session, handle,
			    copy(session, from, template, count, object));
}

static CK_RV destroy(const struct session *session, CK_OBJECT_HANDLE object)
{
	CK_RV rv = may_change(session, object);

	return rv ? rv : token_destroy_object(session->token, object);
}

CK_RV C_DestroyObject(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object)
{
	return WITH_SESSION(session, handle, destroy(session, object));
}

/* What it takes on the disk is nobody's business. */
static CK_RV get_size(const struct session *session, CK_OBJECT_HANDLE object,
		      CK_ULONG *size)
{
	struct key_summary summary;
	CK_RV rv = size ? token_summary(session->token, object, &summary)
			: CKR_ARGUMENTS_BAD;

	if (!rv)
		*size = CK_UNAVAILABLE_INFORMATION;
	return rv;
}

CK_RV C_GetObjectSize(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object,
		      CK_ULONG *size)
{
	return WITH_SESSION(session, handle, get_size(session, object, size));
}

static CK_RV get(const struct session *session, CK_OBJECT_HANDLE object,
		 CK_ATTRIBUTE *attributes, CK_ULONG count)
{
	return attributes ? token_get_attributes(session->token, object,
						 attributes, count)
			  : CKR_ARGUMENTS_BAD;
}

CK_RV C_GetAttributeValue(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object,
			  CK_ATTRIBUTE *attributes, CK_ULONG count)
{
	return WITH_SESSION(session, handle,
			    get(session, object, attributes, count));
}

static CK_RV set(const struct session *session, CK_OBJECT_HANDLE object,
		 const CK_ATTRIBUTE *attributes, CK_ULONG count)
{
	CK_RV rv = attributes ? may_change(session, object) : CKR_ARGUMENTS_BAD;

	return rv ? rv : token_set_attributes(session->token, object,
					      attributes, count);
}

CK_RV C_SetAttributeValue(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object,
			  CK_ATTRIBUTE *attributes, CK_ULONG count)
{
	return WITH_SESSION(session, handle,
			    set(session, object, attributes, count));
}
