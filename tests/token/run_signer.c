/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signs with keys that came wrapped, so that this program and all of Linux
 * never have them: only the wrapping key, which nobody looks for, and what
 * `secret make` wrapped with it on another machine.
 *
 * Usage: run_signer MODULE LABEL PIN FOLDER COUNT [KWP-MECHANISM]
 *   FOLDER  has wrapping-key, rsa.wrapped, ec.wrapped; hashes and ECDSA
 *           signatures, 32 and 64 bytes each, are added to `signed`
 *
 * Prints `ready` after COUNT signatures with each key and goes on, without
 * writing, until it is ended.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "module.h"

#define FILE_LIMIT 4096
#define CKM_KWP	   0x210bUL

struct keys {
	CK_OBJECT_HANDLE rsa, ec;
};

static const char *folder;

static CK_ULONG read_file(const char *name, CK_BYTE *to)
{
	char path[256];
	FILE *file;
	size_t size;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	file = fopen(path, "rb");
	size = file ? fread(to, 1, FILE_LIMIT, file) : 0;
	if (!size) {
		printf("not ok the_keys_are_there - %s\n", path);
		exit(1);
	}
	fclose(file);
	return size;
}

static CK_OBJECT_HANDLE create_wrapping_key(CK_SESSION_HANDLE session)
{
	CK_OBJECT_CLASS class = CKO_SECRET_KEY;
	CK_KEY_TYPE type = CKK_AES;
	CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
	CK_BYTE value[FILE_LIMIT];
	CK_ATTRIBUTE template[] = {
		{CKA_CLASS, &class, sizeof(class)},
		{CKA_KEY_TYPE, &type, sizeof(type)},
		{CKA_TOKEN, &no, sizeof(no)},
		{CKA_UNWRAP, &yes, sizeof(yes)},
		{CKA_VALUE, value, read_file("wrapping-key", value)},
	};
	CK_OBJECT_HANDLE key;

	module_require(module->C_CreateObject(session, template, 5, &key),
		       "C_CreateObject");
	return key;
}

static CK_OBJECT_HANDLE unwrap(CK_SESSION_HANDLE session, CK_MECHANISM_TYPE kwp,
			       CK_OBJECT_HANDLE wrapping, CK_KEY_TYPE type,
			       const char *name)
{
	CK_OBJECT_CLASS class = CKO_PRIVATE_KEY;
	CK_BBOOL yes = CK_TRUE;
	CK_BYTE wrapped[FILE_LIMIT];
	CK_MECHANISM mechanism = {kwp, NULL, 0};
	CK_ATTRIBUTE template[] = {
		{CKA_CLASS, &class, sizeof(class)},
		{CKA_KEY_TYPE, &type, sizeof(type)},
		{CKA_TOKEN, &yes, sizeof(yes)}, /* so that files have it */
		{CKA_SIGN, &yes, sizeof(yes)},
	};
	CK_OBJECT_HANDLE key;

	module_require(module->C_UnwrapKey(session, &mechanism, wrapping,
					   wrapped, read_file(name, wrapped),
					   template, 4, &key),
		       "C_UnwrapKey");
	return key;
}

/* A hash that is different each time; its number is all that matters. */
static void make_hash(unsigned long number, CK_BYTE hash[32])
{
	memset(hash, 0xa7, 32);
	memcpy(hash, &number, sizeof(number));
}

static void sign(CK_SESSION_HANDLE session, CK_MECHANISM_TYPE type,
		 CK_OBJECT_HANDLE key, const CK_BYTE *data, CK_ULONG data_size,
		 CK_BYTE *signature, CK_ULONG room)
{
	CK_MECHANISM mechanism = {type, NULL, 0};

	module_require(module->C_SignInit(session, &mechanism, key),
		       "C_SignInit");
	module_require(module->C_Sign(session, (CK_BYTE *)data, data_size,
				      signature, &room),
		       "C_Sign");
}

static void sign_with_both(CK_SESSION_HANDLE session, const struct keys *keys,
			   unsigned long number, FILE *signed_file)
{
	CK_BYTE hash[32], rsa[256], ec[64];

	make_hash(number, hash);
	sign(session, CKM_RSA_PKCS, keys->rsa, hash, 32, rsa, sizeof(rsa));
	sign(session, CKM_ECDSA, keys->ec, hash, 32, ec, sizeof(ec));
	if (!signed_file)
		return;
	fwrite(hash, 1, sizeof(hash), signed_file);
	fwrite(ec, 1, sizeof(ec), signed_file);
}

int main(int argc, char **argv)
{
	CK_MECHANISM_TYPE kwp = CKM_KWP;
	CK_SESSION_HANDLE session;
	CK_OBJECT_HANDLE wrapping;
	unsigned long count;
	struct keys keys;
	char path[256];
	FILE *file;

	if (argc < 6) {
		fputs("usage: run_signer MODULE LABEL PIN FOLDER COUNT\n",
		      stderr);
		return 2;
	}
	folder = argv[4];
	count = strtoul(argv[5], NULL, 10);
	if (argc > 6)
		kwp = strtoul(argv[6], NULL, 0);
	module_load(argv[1]);
	module_require(module->C_Initialize(NULL), "C_Initialize");
	session = module_session(module_slot(argv[2]), argv[3]);
	wrapping = create_wrapping_key(session);
	keys.rsa = unwrap(session, kwp, wrapping, CKK_RSA, "rsa.wrapped");
	keys.ec = unwrap(session, kwp, wrapping, CKK_EC, "ec.wrapped");
	snprintf(path, sizeof(path), "%s/signed", folder);
	file = fopen(path, "ab");
	for (unsigned long i = 0; i < count && file; i++)
		sign_with_both(session, &keys, i, file);
	if (!file || fclose(file))
		return 1;
	puts("ready");
	fflush(stdout);
	for (;;)
		sign_with_both(session, &keys, 0, NULL);
}
