/* SPDX-License-Identifier: BSD-2-Clause */
/* Signing and verifying: signatures, HMAC. */
#include "operation.h"
#include "session.h"

CK_RV C_SignInit(CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism,
		 CK_OBJECT_HANDLE key)
{
	return operation_begin(handle, OPERATION_SIGN, mechanism, key);
}

CK_RV C_Sign(CK_SESSION_HANDLE handle, CK_BYTE *data, CK_ULONG data_size,
	     CK_BYTE *signature, CK_ULONG *signature_size)
{
	return operation_once(handle, OPERATION_SIGN, data, data_size,
			      (struct destination){signature, signature_size});
}

CK_RV C_SignUpdate(CK_SESSION_HANDLE handle, CK_BYTE *part, CK_ULONG part_size)
{
	return operation_update(handle, OPERATION_SIGN, part, part_size,
				(struct destination){NULL, NULL});
}

CK_RV C_SignFinal(CK_SESSION_HANDLE handle, CK_BYTE *signature,
		  CK_ULONG *signature_size)
{
	return operation_finish(
		handle, OPERATION_SIGN,
		(struct destination){signature, signature_size});
}

CK_RV C_VerifyInit(CK_SESSION_HANDLE handle, CK_MECHANISM *mechanism,
		   CK_OBJECT_HANDLE key)
{
	return operation_begin(handle, OPERATION_VERIFY, mechanism, key);
}

/* There is no size to ask for, so it ends the operation in any case. */
static CK_RV verify(struct session *session, const CK_BYTE *data,
		    CK_ULONG data_size, const CK_BYTE *signature,
		    CK_ULONG signature_size)
{
	struct operation *operation = &session->operations[OPERATION_VERIFY];
	CK_RV rv = CKR_ARGUMENTS_BAD;

	if (!operation->is_active || operation->is_begun)
		return CKR_OPERATION_NOT_INITIALIZED;
	if ((data || !data_size) && signature)
		rv = token_verify(session->token, &operation->mechanism.own,
				  operation->key, data, data_size, signature,
				  signature_size);
	operation_end(session, OPERATION_VERIFY);
	return rv;
}

CK_RV C_Verify(CK_SESSION_HANDLE handle, CK_BYTE *data, CK_ULONG data_size,
	       CK_BYTE *signature, CK_ULONG signature_size)
{
	return WITH_SESSION(
		session, handle,
		verify(session, data, data_size, signature, signature_size));
}

CK_RV C_VerifyUpdate(CK_SESSION_HANDLE handle, CK_BYTE *part,
		     CK_ULONG part_size)
{
	return operation_update(handle, OPERATION_VERIFY, part, part_size,
				(struct destination){NULL, NULL});
}

static CK_RV verify_finish(struct session *session, const CK_BYTE *signature,
			   CK_ULONG signature_size)
{
	struct operation *operation = &session->operations[OPERATION_VERIFY];
	CK_RV rv = operation_make_multi(session, OPERATION_VERIFY);

	if (rv)
		return rv;
	if (!signature) {
		operation_end(session, OPERATION_VERIFY);
		return CKR_ARGUMENTS_BAD;
	}
	operation->is_begun = false;
	rv = token_finish_verify(session->token, operation->number, signature,
				 signature_size);
	operation_end(session, OPERATION_VERIFY);
	return rv;
}

CK_RV C_VerifyFinal(CK_SESSION_HANDLE handle, CK_BYTE *signature,
		    CK_ULONG signature_size)
{
	return WITH_SESSION(session, handle,
			    verify_finish(session, signature, signature_size));
}
