/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Threads that do anything at any time in the same slot: open and close
 * sessions, log in and out, make, use and destroy keys.  What each call says
 * depends on the others; that the library survives it, and holds no key nor
 * session afterwards, does not.  For thread and address sanitizers.
 *
 * Usage: test_storm MODULE LABEL PIN
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include "module.h"
#include "pal-sdk/test/tap.h"

#define THREADS	 6
#define ROUNDS	 1000
#define SESSIONS 4

static const char *pin;
static CK_SLOT_ID slot;
/* Shared by all threads, without a lock: any of them may be stale. */
static CK_SESSION_HANDLE sessions[SESSIONS];
static CK_OBJECT_HANDLE keys[SESSIONS];

static void open_one(unsigned int place)
{
	CK_SESSION_HANDLE session;

	if (!module->C_OpenSession(slot, CKF_SERIAL_SESSION | CKF_RW_SESSION,
				   NULL, NULL, &session))
		__atomic_store_n(&sessions[place], session, __ATOMIC_RELAXED);
}

static void make_key(CK_SESSION_HANDLE session, unsigned int place)
{
	CK_BBOOL no = CK_FALSE;
	CK_ULONG size = 32;
	CK_ATTRIBUTE template[] = {
		{CKA_VALUE_LEN, &size, sizeof(size)},
		{CKA_PRIVATE, &no, sizeof(no)},
	};
	CK_MECHANISM generate = {CKM_GENERIC_SECRET_KEY_GEN, NULL, 0};
	CK_OBJECT_HANDLE key;

	if (!module->C_GenerateKey(session, &generate, template, 2, &key))
		__atomic_store_n(&keys[place], key, __ATOMIC_RELAXED);
}

static void sign(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key)
{
	CK_MECHANISM hmac = {CKM_SHA256_HMAC, NULL, 0};
	CK_BYTE out[32], in[100] = {1};
	CK_ULONG size = sizeof(out);

	module->C_SignInit(session, &hmac, key);
	module->C_SignUpdate(session, in, sizeof(in));
	module->C_SignFinal(session, out, &size);
}

static void look(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE key)
{
	CK_BYTE label[32];
	CK_ATTRIBUTE attribute = {CKA_LABEL, label, sizeof(label)};
	CK_OBJECT_HANDLE found[4];
	CK_SESSION_INFO info;
	CK_TOKEN_INFO token;
	CK_ULONG count;

	module->C_FindObjectsInit(session, NULL, 0);
	module->C_FindObjects(session, found, 4, &count);
	module->C_FindObjectsFinal(session);
	module->C_GetAttributeValue(session, key, &attribute, 1);
	module->C_GetSessionInfo(session, &info);
	module->C_GetTokenInfo(slot, &token);
}

static void do_anything(unsigned int choice)
{
	unsigned int place = choice / 16 % SESSIONS;
	CK_SESSION_HANDLE session =
		__atomic_load_n(&sessions[place], __ATOMIC_RELAXED);
	CK_OBJECT_HANDLE key = __atomic_load_n(&keys[choice / 64 % SESSIONS],
					       __ATOMIC_RELAXED);
	CK_ATTRIBUTE label = {CKA_LABEL, "storm", 5};

	switch (choice % 16) {
	case 0:
	case 1:
		open_one(place);
		break;
	case 2:
		module->C_CloseSession(session);
		break;
	case 3:
		module->C_Login(session, CKU_USER, (CK_BYTE *)pin,
				strlen(pin));
		break;
	case 4:
		module->C_Logout(session);
		break;
	case 5:
	case 6:
		make_key(session, choice / 64 % SESSIONS);
		break;
	case 7:
		module->C_DestroyObject(session, key);
		break;
	case 8:
		module->C_SetAttributeValue(session, key, &label, 1);
		break;
	case 9:
	case 10:
		look(session, key);
		break;
	case 11:
		if (choice / 256 % 8 == 0)
			module->C_CloseAllSessions(slot);
		break;
	default:
		sign(session, key);
	}
}

static void *storm(void *seed)
{
	unsigned int state = *(unsigned int *)seed;

	for (int i = 0; i < ROUNDS; i++)
		do_anything((unsigned int)rand_r(&state));
	return NULL;
}

static void the_library_survives_a_storm(void)
{
	unsigned int seeds[THREADS] = {1, 2, 3, 4, 5, 6};
	pthread_t threads[THREADS];

	for (int i = 0; i < THREADS; i++)
		CHECK(!pthread_create(&threads[i], NULL, storm, &seeds[i]));
	for (int i = 0; i < THREADS; i++)
		CHECK(!pthread_join(threads[i], NULL));
}

static void nothing_is_left_of_it(void)
{
	CK_OBJECT_HANDLE found;
	CK_SESSION_HANDLE session;
	CK_ULONG count = 1;

	CHECK(module->C_CloseAllSessions(slot) == CKR_OK);
	session = module_session(slot, NULL);
	CHECK(module->C_FindObjectsInit(session, NULL, 0) == CKR_OK);
	CHECK(module->C_FindObjects(session, &found, 1, &count) == CKR_OK);
	CHECK(count == 0);
	session = module_session(slot, pin);
	CHECK(session);
}

int main(int argc, char **argv)
{
	if (argc != 4) {
		fputs("usage: test_storm MODULE LABEL PIN\n", stderr);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	module_load(argv[1]);
	pin = argv[3];
	module_require(module->C_Initialize(NULL), "C_Initialize");
	slot = module_slot(argv[2]);
	RUN(the_library_survives_a_storm);
	RUN(nothing_is_left_of_it);
	module_require(module->C_Finalize(NULL), "C_Finalize");
	return TAP_END();
}
