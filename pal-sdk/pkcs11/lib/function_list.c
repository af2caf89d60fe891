/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What applications find the functions by: C_GetFunctionList() for version
 * 2.40, C_GetInterface() for 3.0 and 2.40.  These work at any time, also before
 * C_Initialize().
 */
#include <string.h>
#include "cryptoki.h"

static CK_RV no_messages(CK_SESSION_HANDLE session)
{
	(void)session;
	return CKR_FUNCTION_NOT_SUPPORTED;
}

#define FUNCTIONS(major, minor)                                                \
	.version = {major, minor}, .C_Initialize = C_Initialize,               \
	.C_Finalize = C_Finalize, .C_GetInfo = C_GetInfo,                      \
	.C_GetFunctionList = C_GetFunctionList,                                \
	.C_GetSlotList = C_GetSlotList, .C_GetSlotInfo = C_GetSlotInfo,        \
	.C_GetTokenInfo = C_GetTokenInfo,                                      \
	.C_GetMechanismList = C_GetMechanismList,                              \
	.C_GetMechanismInfo = C_GetMechanismInfo, .C_InitToken = C_InitToken,  \
	.C_InitPIN = C_InitPIN, .C_SetPIN = C_SetPIN,                          \
	.C_OpenSession = C_OpenSession, .C_CloseSession = C_CloseSession,      \
	.C_CloseAllSessions = C_CloseAllSessions,                              \
	.C_GetSessionInfo = C_GetSessionInfo,                                  \
	.C_GetOperationState = C_GetOperationState,                            \
	.C_SetOperationState = C_SetOperationState, .C_Login = C_Login,        \
	.C_Logout = C_Logout, .C_CreateObject = C_CreateObject,                \
	.C_CopyObject = C_CopyObject, .C_DestroyObject = C_DestroyObject,      \
	.C_GetObjectSize = C_GetObjectSize,                                    \
	.C_GetAttributeValue = C_GetAttributeValue,                            \
	.C_SetAttributeValue = C_SetAttributeValue,                            \
	.C_FindObjectsInit = C_FindObjectsInit,                                \
	.C_FindObjects = C_FindObjects,                                        \
	.C_FindObjectsFinal = C_FindObjectsFinal,                              \
	.C_EncryptInit = C_EncryptInit, .C_Encrypt = C_Encrypt,                \
	.C_EncryptUpdate = C_EncryptUpdate, .C_EncryptFinal = C_EncryptFinal,  \
	.C_DecryptInit = C_DecryptInit, .C_Decrypt = C_Decrypt,                \
	.C_DecryptUpdate = C_DecryptUpdate, .C_DecryptFinal = C_DecryptFinal,  \
	.C_DigestInit = C_DigestInit, .C_Digest = C_Digest,                    \
	.C_DigestUpdate = C_DigestUpdate, .C_DigestKey = C_DigestKey,          \
	.C_DigestFinal = C_DigestFinal, .C_SignInit = C_SignInit,              \
	.C_Sign = C_Sign, .C_SignUpdate = C_SignUpdate,                        \
	.C_SignFinal = C_SignFinal, .C_SignRecoverInit = C_SignRecoverInit,    \
	.C_SignRecover = C_SignRecover, .C_VerifyInit = C_VerifyInit,          \
	.C_Verify = C_Verify, .C_VerifyUpdate = C_VerifyUpdate,                \
	.C_VerifyFinal = C_VerifyFinal,                                        \
	.C_VerifyRecoverInit = C_VerifyRecoverInit,                            \
	.C_VerifyRecover = C_VerifyRecover,                                    \
	.C_DigestEncryptUpdate = C_DigestEncryptUpdate,                        \
	.C_DecryptDigestUpdate = C_DecryptDigestUpdate,                        \
	.C_SignEncryptUpdate = C_SignEncryptUpdate,                            \
	.C_DecryptVerifyUpdate = C_DecryptVerifyUpdate,                        \
	.C_GenerateKey = C_GenerateKey,                                        \
	.C_GenerateKeyPair = C_GenerateKeyPair, .C_WrapKey = C_WrapKey,        \
	.C_UnwrapKey = C_UnwrapKey, .C_DeriveKey = C_DeriveKey,                \
	.C_SeedRandom = C_SeedRandom, .C_GenerateRandom = C_GenerateRandom,    \
	.C_GetFunctionStatus = C_GetFunctionStatus,                            \
	.C_CancelFunction = C_CancelFunction,                                  \
	.C_WaitForSlotEvent = C_WaitForSlotEvent

static CK_FUNCTION_LIST functions_2 = {FUNCTIONS(2, 40)};

static struct function_list_3 functions_3 = {
	.common = {FUNCTIONS(3, 0)},
	.get_interface_list = C_GetInterfaceList,
	.get_interface = C_GetInterface,
	.login_user = C_LoginUser,
	.session_cancel = C_SessionCancel,
	.message = {[0 ... CRYPTOKI_MESSAGE_FUNCTIONS - 1] = no_messages},
};

static char interface_name[] = "PKCS 11";

/* The default first. */
static CK_INTERFACE interfaces[] = {
	{interface_name, &functions_3, 0},
	{interface_name, &functions_2, 0},
};

#define INTERFACE_COUNT (sizeof(interfaces) / sizeof(interfaces[0]))

CK_RV C_GetFunctionList(CK_FUNCTION_LIST **list)
{
	if (!list)
		return CKR_ARGUMENTS_BAD;
	*list = &functions_2;
	return CKR_OK;
}

CK_RV C_GetInterfaceList(CK_INTERFACE *list, CK_ULONG *count)
{
	if (!count)
		return CKR_ARGUMENTS_BAD;
	if (list && *count < INTERFACE_COUNT) {
		*count = INTERFACE_COUNT;
		return CKR_BUFFER_TOO_SMALL;
	}
	*count = INTERFACE_COUNT;
	if (list)
		memcpy(list, interfaces, sizeof(interfaces));
	return CKR_OK;
}

static int is_version(const CK_INTERFACE *interface, const CK_VERSION *version)
{
	const CK_VERSION *own = interface->pFunctionList;

	return own->major == version->major && own->minor == version->minor;
}

CK_RV C_GetInterface(CK_UTF8CHAR *name, CK_VERSION *version, CK_INTERFACE **out,
		     CK_FLAGS flags)
{
	if (!out)
		return CKR_ARGUMENTS_BAD;
	if (name && strcmp((const char *)name, interface_name) != 0)
		return CKR_FUNCTION_FAILED;
	for (size_t i = 0; i < INTERFACE_COUNT; i++) {
		if ((version && !is_version(&interfaces[i], version)) ||
		    (interfaces[i].flags & flags) != flags)
			continue;
		*out = &interfaces[i];
		return CKR_OK;
	}
	return CKR_FUNCTION_FAILED;
}
