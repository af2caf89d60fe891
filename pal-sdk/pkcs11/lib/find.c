/* SPDX-License-Identifier: BSD-2-Clause */
/* Searches: all that matches is found at the beginning. */
#include <stdlib.h>
#include <string.h>
#include "session.h"

void session_end_search(struct session *session)
{
	free(session->search.handles);
	session->search = (struct search){0};
}

static CK_RV begin(struct session *session, const CK_ATTRIBUTE *template,
		   CK_ULONG count)
{
	CK_OBJECT_HANDLE *handles;
	size_t found;
	CK_RV rv;

	if (count && !template)
		return CKR_ARGUMENTS_BAD;
	if (session->search.is_active)
		return CKR_OPERATION_ACTIVE;
	handles = calloc(TOKEN_FIND_MAX, sizeof(*handles));
	if (!handles)
		return CKR_HOST_MEMORY;
	rv = token_find(session->token, template, count, handles,
			TOKEN_FIND_MAX, &found);
	if (rv) {
		free(handles);
		return rv;
	}
	session->search = (struct search){
		.is_active = true,
		.handles = handles,
		.count = found < TOKEN_FIND_MAX ? found : TOKEN_FIND_MAX,
	};
	return CKR_OK;
}

CK_RV C_FindObjectsInit(CK_SESSION_HANDLE handle, CK_ATTRIBUTE *template,
			CK_ULONG count)
{
	return WITH_SESSION(session, handle, begin(session, template, count));
}

static CK_RV give(struct search *search, CK_OBJECT_HANDLE *objects,
		  CK_ULONG most, CK_ULONG *count)
{
	size_t left = search->count - search->given_count;

	if (!search->is_active)
		return CKR_OPERATION_NOT_INITIALIZED;
	if (!count || (most && !objects))
		return CKR_ARGUMENTS_BAD;
	*count = left < most ? left : most;
	if (*count)
		memcpy(objects, search->handles + search->given_count,
		       *count * sizeof(*objects));
	search->given_count += *count;
	return CKR_OK;
}

CK_RV C_FindObjects(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE *objects,
		    CK_ULONG most, CK_ULONG *count)
{
	return WITH_SESSION(session, handle,
			    give(&session->search, objects, most, count));
}

static CK_RV finish(struct session *session)
{
	if (!session->search.is_active)
		return CKR_OPERATION_NOT_INITIALIZED;
	session_end_search(session);
	return CKR_OK;
}

CK_RV C_FindObjectsFinal(CK_SESSION_HANDLE handle)
{
	return WITH_SESSION(session, handle, finish(session));
}
