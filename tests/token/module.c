/* SPDX-License-Identifier: BSD-2-Clause */
/* Loading a module, and the steps that every program begins with. */
#include "module.h"
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

CK_FUNCTION_LIST *module;

void module_require(CK_RV rv, const char *call)
{
	if (rv == CKR_OK)
		return;
	printf("not ok %s - it answers 0x%lx\n", call, rv);
	exit(1);
}

void module_load(const char *path)
{
	void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	CK_RV (*get)(CK_FUNCTION_LIST **) = NULL;

	if (library)
		*(void **)&get = dlsym(library, "C_GetFunctionList");
	if (!get) {
		printf("not ok the_module_loads - %s\n", dlerror());
		exit(1);
	}
	module_require(get(&module), "C_GetFunctionList");
}

CK_SLOT_ID module_slot(const char *label)
{
	CK_SLOT_ID slots[64];
	CK_ULONG count = 64;
	CK_TOKEN_INFO info;

	module_require(module->C_GetSlotList(CK_TRUE, NULL, &count),
		       "C_GetSlotList");
	count = 64;
	module_require(module->C_GetSlotList(CK_TRUE, slots, &count),
		       "C_GetSlotList");
	for (CK_ULONG i = 0; i < count; i++)
		if (!module->C_GetTokenInfo(slots[i], &info) &&
		    !strncmp((char *)info.label, label, strlen(label)) &&
		    info.label[strlen(label)] == ' ')
			return slots[i];
	printf("not ok a_token_is_found - none is called %s\n", label);
	exit(1);
}

CK_SESSION_HANDLE module_session(CK_SLOT_ID slot, const char *pin)
{
	CK_SESSION_HANDLE session;
	CK_RV rv = CKR_OK;

	module_require(
		module->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION,
				      NULL, NULL, &session),
		"C_OpenSession");
	if (pin)
		rv = module->C_Login(session, CKU_USER, (CK_UTF8CHAR *)pin,
				     strlen(pin));
	if (rv != CKR_USER_ALREADY_LOGGED_IN)
		module_require(rv, "C_Login");
	return session;
}

void module_make_ec_pair(CK_SESSION_HANDLE session, const char *label,
			 bool is_token, CK_OBJECT_HANDLE *public_key,
			 CK_OBJECT_HANDLE *private_key)
{
	static CK_BYTE p256[] = {6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7};
	CK_BBOOL yes = CK_TRUE, where = is_token;
	CK_ATTRIBUTE public_template[] = {
		{CKA_TOKEN, &where, sizeof(where)},
		{CKA_LABEL, (void *)label, strlen(label)},
		{CKA_EC_PARAMS, p256, sizeof(p256)},
		{CKA_VERIFY, &yes, sizeof(yes)},
	};
	CK_ATTRIBUTE private_template[] = {
		{CKA_TOKEN, &where, sizeof(where)},
		{CKA_LABEL, (void *)label, strlen(label)},
		{CKA_SIGN, &yes, sizeof(yes)},
	};
	CK_MECHANISM mechanism = {CKM_EC_KEY_PAIR_GEN, NULL, 0};

	module_require(module->C_GenerateKeyPair(
			       session, &mechanism, public_template, 4,
			       private_template, 3, public_key, private_key),
		       "C_GenerateKeyPair");
}

CK_OBJECT_HANDLE module_make_aes_key(CK_SESSION_HANDLE session)
{
	CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
	CK_ULONG size = 32;
	CK_ATTRIBUTE template[] = {
		{CKA_TOKEN, &no, sizeof(no)},
		{CKA_VALUE_LEN, &size, sizeof(size)},
		{CKA_ENCRYPT, &yes, sizeof(yes)},
		{CKA_DECRYPT, &yes, sizeof(yes)},
		{CKA_WRAP, &yes, sizeof(yes)},
		{CKA_UNWRAP, &yes, sizeof(yes)},
	};
	CK_MECHANISM mechanism = {CKM_AES_KEY_GEN, NULL, 0};
	CK_OBJECT_HANDLE key;

	module_require(
		module->C_GenerateKey(session, &mechanism, template, 6, &key),
		"C_GenerateKey");
	return key;
}

CK_OBJECT_HANDLE module_find(CK_SESSION_HANDLE session, CK_OBJECT_CLASS class,
			     const char *label)
{
	CK_ATTRIBUTE template[] = {
		{CKA_CLASS, &class, sizeof(class)},
		{CKA_LABEL, (void *)label, strlen(label)},
	};
	CK_OBJECT_HANDLE object;
	CK_ULONG count;

	module_require(module->C_FindObjectsInit(session, template, 2),
		       "C_FindObjectsInit");
	module_require(module->C_FindObjects(session, &object, 1, &count),
		       "C_FindObjects");
	module_require(module->C_FindObjectsFinal(session),
		       "C_FindObjectsFinal");
	module_require(count ? CKR_OK : CKR_OBJECT_HANDLE_INVALID, label);
	return object;
}
