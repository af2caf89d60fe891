/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Functions that this token does not have: those that recover data from a
 * signature, do two things at once, or take an operation's state elsewhere;
 * and the two that the standard keeps for history's sake.
 */
#include "cryptoki.h"
#include "library.h"

static CK_RV answer(CK_RV what)
{
	CK_RV rv = library_enter();

	return rv ? rv : what;
}

CK_RV C_GetFunctionStatus(CK_SESSION_HANDLE session)
{
	(void)session;
	return answer(CKR_FUNCTION_NOT_PARALLEL);
}

CK_RV C_CancelFunction(CK_SESSION_HANDLE session)
{
	(void)session;
	return answer(CKR_FUNCTION_NOT_PARALLEL);
}

CK_RV C_GetOperationState(CK_SESSION_HANDLE session, CK_BYTE *state,
			  CK_ULONG *size)
{
	(void)session, (void)state, (void)size;
	return answer(CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_SetOperationState(CK_SESSION_HANDLE session, CK_BYTE *state,
			  CK_ULONG size, CK_OBJECT_HANDLE encryption,
			  CK_OBJECT_HANDLE authentication)
{
	(void)session, (void)state, (void)size;
	(void)encryption, (void)authentication;
	return answer(CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_SignRecoverInit(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism,
			CK_OBJECT_HANDLE key)
{
	(void)session, (void)mechanism, (void)key;
	return answer(CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_SignRecover(CK_SESSION_HANDLE session, CK_BYTE *data,
		    CK_ULONG data_size, CK_BYTE *signature,
		    CK_ULONG *signature_size)
{
	(void)session, (void)data, (void)data_size;
	(void)signature, (void)signature_size;
	return answer(CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_VerifyRecoverInit(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism,
			  CK_OBJECT_HANDLE key)
{
	(void)session, (void)mechanism, (void)key;
	return answer(CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_VerifyRecover(CK_SESSION_HANDLE session, CK_BYTE *signature,
		      CK_ULONG signature_size, CK_BYTE *data,
		      CK_ULONG *data_size)
{
	(void)session, (void)signature, (void)signature_size;
	(void)data, (void)data_size;
	return answer(CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_DigestEncryptUpdate(CK_SESSION_HANDLE session, CK_BYTE *part,
			    CK_ULONG part_size, CK_BYTE *encrypted,
			    CK_ULONG *encrypted_size)
{
	(void)session, (void)part, (void)part_size;
	(void)encrypted, (void)encrypted_size;
	return answer(CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_DecryptDigestUpdate(CK_SESSION_HANDLE session, CK_BYTE *encrypted,
			    CK_ULONG encrypted_size, CK_BYTE *part,
			    CK_ULONG *part_size)
{
	(void)session, (void)encrypted, (void)encrypted_size;
	(void)part, (void)part_size;
	return answer(CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_SignEncryptUpdate(CK_SESSION_HANDLE session, CK_BYTE *part,
			  CK_ULONG part_size, CK_BYTE *encrypted,
			  CK_ULONG *encrypted_size)
{
	(void)session, (void)part, (void)part_size;
	(void)encrypted, (void)encrypted_size;
	return answer(CKR_FUNCTION_NOT_SUPPORTED);
}

CK_RV C_DecryptVerifyUpdate(CK_SESSION_HANDLE session, CK_BYTE *encrypted,
			    CK_ULONG encrypted_size, CK_BYTE *part,
			    CK_ULONG *part_size)
{
	(void)session, (void)encrypted, (void)encrypted_size;
	(void)part, (void)part_size;
	return answer(CKR_FUNCTION_NOT_SUPPORTED);
}

/* Nothing happens that an application could wait for. */
CK_RV C_WaitForSlotEvent(CK_FLAGS flags, CK_SLOT_ID *slot, void *reserved)
{
	CK_RV rv = library_enter();

	if (rv)
		return rv;
	if (!slot || reserved)
		return CKR_ARGUMENTS_BAD;
	return flags & CKF_DONT_BLOCK ? CKR_NO_EVENT
				      : CKR_FUNCTION_NOT_SUPPORTED;
}
