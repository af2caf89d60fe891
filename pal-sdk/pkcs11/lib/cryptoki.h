/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The PKCS#11 header of the system (libp11-kit-dev), and what we need of
 * version 3.0 where it ends at 2.40, as in Debian 12.
 */
#ifndef LIB_CRYPTOKI_H
#define LIB_CRYPTOKI_H

#include <p11-kit/pkcs11.h>

#if CRYPTOKI_VERSION_MAJOR < 3
#define CKF_FIND_OBJECTS (1UL << 6)

typedef struct {
	char *pInterfaceName;
	void *pFunctionList;
	CK_FLAGS flags;
} CK_INTERFACE;

CK_RV C_GetInterfaceList(CK_INTERFACE *list, CK_ULONG *count);
CK_RV C_GetInterface(CK_UTF8CHAR *name, CK_VERSION *version, CK_INTERFACE **out,
		     CK_FLAGS flags);
CK_RV C_LoginUser(CK_SESSION_HANDLE handle, CK_USER_TYPE user, CK_BYTE *pin,
		  CK_ULONG pin_size, CK_BYTE *name, CK_ULONG name_size);
CK_RV C_SessionCancel(CK_SESSION_HANDLE handle, CK_FLAGS flags);
#endif

/*
 * The function list of version 3.0, in which the functions that work on
 * messages (20 of them) are all the same.
 */
#define CRYPTOKI_MESSAGE_FUNCTIONS 20

struct function_list_3 {
	CK_FUNCTION_LIST common;
	CK_RV (*get_interface_list)(CK_INTERFACE *, CK_ULONG *);
	CK_RV(*get_interface)
	(CK_UTF8CHAR *, CK_VERSION *, CK_INTERFACE **, CK_FLAGS);
	CK_RV(*login_user)
	(CK_SESSION_HANDLE, CK_USER_TYPE, CK_BYTE *, CK_ULONG, CK_BYTE *,
	 CK_ULONG);
	CK_RV (*session_cancel)(CK_SESSION_HANDLE, CK_FLAGS);
	CK_RV (*message[CRYPTOKI_MESSAGE_FUNCTIONS])(CK_SESSION_HANDLE);
};

#endif /* LIB_CRYPTOKI_H */
