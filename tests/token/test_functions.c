/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every PKCS#11 function with what no good program gives it: before
 * C_Initialize(), with NULL, with sessions and slots that are none, in the
 * wrong order, with too little room.
 *
 * Usage: test_functions MODULE LABEL PIN
 */
#include <stdlib.h>
#include <string.h>
#include "module.h"
#include "pal-sdk/test/tap.h"

static const char *label, *pin;
static CK_SLOT_ID slot;
static CK_SESSION_HANDLE session;
static CK_OBJECT_HANDLE public_key, private_key, aes_key;

/* ---- All functions of a session, with nothing ---------------------------- */

#define NOTHING_1 s
#define NOTHING_2 s, 0
#define NOTHING_3 s, 0, 0
#define NOTHING_4 s, 0, 0, 0
#define NOTHING_5 s, 0, 0, 0, 0
#define NOTHING_6 s, 0, 0, 0, 0, 0
#define NOTHING_8 s, 0, 0, 0, 0, 0, 0, 0

/* The function, and how many arguments it has. */
#define SESSION_FUNCTIONS(F)                                                     \
	F(C_InitPIN, 3)                                                          \
	F(C_SetPIN, 5)                                                           \
	F(C_GetSessionInfo, 2) F(C_GetOperationState, 3) F(                      \
		C_SetOperationState,                                             \
		5) F(C_Login,                                                    \
		     4) F(C_CreateObject,                                        \
			  4) F(C_CopyObject,                                     \
			       5) F(C_DestroyObject,                             \
				    2) F(C_GetObjectSize,                        \
					 3) F(C_GetAttributeValue,               \
					      4) F(C_SetAttributeValue,          \
						   4) F(C_FindObjects, 4)        \
		F(C_FindObjectsFinal, 1) F(C_EncryptInit, 3) F(C_Encrypt, 5) F(  \
			C_EncryptUpdate,                                         \
			5) F(C_EncryptFinal,                                     \
			     3) F(C_DecryptInit,                                 \
				  3) F(C_Decrypt,                                \
				       5) F(C_DecryptUpdate,                     \
					    5) F(C_DecryptFinal,                 \
						 3) F(C_DigestInit,              \
						      2) F(C_Digest,             \
							   5) F(C_DigestUpdate,  \
								3)               \
			F(C_DigestKey, 2) F(C_DigestFinal, 3) F(                 \
				C_SignInit,                                      \
				3) F(C_Sign,                                     \
				     5) F(C_SignUpdate,                          \
					  3) F(C_SignFinal,                      \
					       3) F(C_SignRecoverInit,           \
						    3) F(C_SignRecover,          \
							 5) F(C_VerifyInit,      \
							      3) F(C_Verify,     \
								   5)            \
				F(C_VerifyUpdate, 3) F(C_VerifyFinal, 3) F(      \
					C_VerifyRecoverInit,                     \
					3) F(C_VerifyRecover,                    \
					     5) F(C_DigestEncryptUpdate,         \
						  5) F(C_DecryptDigestUpdate,    \
						       5)                        \
					F(C_SignEncryptUpdate,                   \
					  5) F(C_DecryptVerifyUpdate,            \
					       5) F(C_GenerateKey,               \
						    5) F(C_GenerateKeyPair,      \
							 8) F(C_WrapKey, 6)      \
						F(C_UnwrapKey,                   \
						  8) F(C_DeriveKey,              \
						       6) F(C_SeedRandom, 3)     \
							F(C_GetFunctionStatus,   \
							  1) F(C_CancelFunction, \
							       1)

#define CASE(function, arguments)                                              \
	static CK_RV nothing_##function(CK_SESSION_HANDLE s)                   \
	{                                                                      \
		return module->function(NOTHING_##arguments);                  \
	}
SESSION_FUNCTIONS(CASE)

#define ENTRY(function, arguments) {#function, nothing_##function},
static const struct {
	const char *name;
	CK_RV (*call)(CK_SESSION_HANDLE session);
} functions[] = {SESSION_FUNCTIONS(ENTRY)};

#define FUNCTION_COUNT (sizeof(functions) / sizeof(functions[0]))

/* Says which one it was. */
static bool all_answer(CK_SESSION_HANDLE handle, CK_RV wanted)
{
	bool is_good = true;

	for (size_t i = 0; i < FUNCTION_COUNT; i++) {
		CK_RV rv = functions[i].call(handle);

		if (rv == wanted || rv == CKR_FUNCTION_NOT_SUPPORTED ||
		    (rv == CKR_FUNCTION_NOT_PARALLEL &&
		     wanted != CKR_CRYPTOKI_NOT_INITIALIZED))
			continue;
		printf("# %s answers 0x%lx\n", functions[i].name, rv);
		is_good = false;
	}
	return is_good;
}

static bool slot_functions_answer(CK_SLOT_ID id, CK_RV wanted)
{
	CK_MECHANISM_INFO mechanism;
	CK_SESSION_HANDLE opened;
	CK_SLOT_INFO slot_info;
	CK_TOKEN_INFO token;
	CK_ULONG count;
	CK_BYTE text[32] = "12345678";

	return module->C_GetSlotInfo(id, &slot_info) == wanted &&
	       module->C_GetTokenInfo(id, &token) == wanted &&
	       module->C_GetMechanismList(id, NULL, &count) == wanted &&
	       module->C_GetMechanismInfo(id, CKM_ECDSA, &mechanism) ==
		       wanted &&
	       module->C_InitToken(id, text, 8, text) == wanted &&
	       module->C_OpenSession(id, CKF_SERIAL_SESSION, NULL, NULL,
				     &opened) == wanted &&
	       module->C_CloseAllSessions(id) == wanted;
}

static void nothing_goes_before_initialize(void)
{
	CK_ULONG count;
	CK_INFO info;

	CHECK(all_answer(1, CKR_CRYPTOKI_NOT_INITIALIZED));
	CHECK(slot_functions_answer(0, CKR_CRYPTOKI_NOT_INITIALIZED));
	CHECK(module->C_GetInfo(&info) == CKR_CRYPTOKI_NOT_INITIALIZED);
	CHECK(module->C_GetSlotList(CK_TRUE, NULL, &count) ==
	      CKR_CRYPTOKI_NOT_INITIALIZED);
	CHECK(module->C_Finalize(NULL) == CKR_CRYPTOKI_NOT_INITIALIZED);
	CHECK(module->C_Logout(1) == CKR_CRYPTOKI_NOT_INITIALIZED);
	CHECK(module->C_CloseSession(1) == CKR_CRYPTOKI_NOT_INITIALIZED);
}

/* ---- Initializing -------------------------------------------------------- */

static int made_count, locked_count;

static CK_RV make_mutex(void **mutex)
{
	static int one;

	made_count++;
	*mutex = &one;
	return CKR_OK;
}

static CK_RV destroy_mutex(void *mutex)
{
	made_count--;
	return mutex ? CKR_OK : CKR_MUTEX_BAD;
}

static CK_RV lock_mutex(void *mutex)
{
	locked_count++;
	return mutex ? CKR_OK : CKR_MUTEX_BAD;
}

static CK_RV unlock_mutex(void *mutex)
{
	return mutex ? CKR_OK : CKR_MUTEX_BAD;
}

static void bad_initialize_arguments_are_refused(void)
{
	CK_C_INITIALIZE_ARGS args = {
		make_mutex, destroy_mutex, NULL, unlock_mutex, 0, NULL};

	CHECK(module->C_Initialize(&args) == CKR_ARGUMENTS_BAD);
	args = (CK_C_INITIALIZE_ARGS){.pReserved = &args};
	CHECK(module->C_Initialize(&args) == CKR_ARGUMENTS_BAD);
}

static void the_applications_mutexes_are_used(void)
{
	CK_C_INITIALIZE_ARGS args = {
		make_mutex, destroy_mutex, lock_mutex, unlock_mutex, 0, NULL};
	CK_SESSION_HANDLE opened;
	CK_SESSION_INFO info;

	CHECK(module->C_Initialize(&args) == CKR_OK);
	opened = module_session(module_slot(label), NULL);
	locked_count = 0;
	CHECK(module->C_GetSessionInfo(opened, &info) == CKR_OK);
	CHECK(made_count > 0 && locked_count > 0);
	CHECK(module->C_Finalize(NULL) == CKR_OK);
	CHECK(made_count == 0);
}

static void initializing_twice_is_told(void)
{
	CK_C_INITIALIZE_ARGS args = {.flags = CKF_OS_LOCKING_OK};

	CHECK(module->C_Initialize(&args) == CKR_OK);
	CHECK(module->C_Initialize(&args) == CKR_CRYPTOKI_ALREADY_INITIALIZED);
	CHECK(module->C_Finalize(&args) == CKR_ARGUMENTS_BAD);
}

static void open_what_the_others_use(void)
{
	slot = module_slot(label);
	session = module_session(slot, pin);
	module_make_ec_pair(session, "functions", false, &public_key,
			    &private_key);
	aes_key = module_make_aes_key(session);
}

/* ---- Wrong arguments ----------------------------------------------------- */

static void sessions_that_are_none_are_refused(void)
{
	CK_SESSION_HANDLE closed = module_session(slot, NULL);

	CHECK(module->C_CloseSession(closed) == CKR_OK);
	CHECK(module->C_CloseSession(closed) == CKR_SESSION_HANDLE_INVALID);
	CHECK(all_answer(closed, CKR_SESSION_HANDLE_INVALID));
	CHECK(all_answer(0, CKR_SESSION_HANDLE_INVALID));
	CHECK(all_answer(~0UL, CKR_SESSION_HANDLE_INVALID));
	CHECK(module->C_Logout(closed) == CKR_SESSION_HANDLE_INVALID);
}

static void slots_that_are_none_are_refused(void)
{
	CHECK(slot_functions_answer(4711, CKR_SLOT_ID_INVALID));
	CHECK(slot_functions_answer(~0UL, CKR_SLOT_ID_INVALID));
}

/* Nothing is active, so what would go on says so; all else wants arguments. */
static void null_is_never_followed(void)
{
	for (size_t i = 0; i < FUNCTION_COUNT; i++) {
		CK_RV rv = functions[i].call(session);
		bool is_good = rv == CKR_ARGUMENTS_BAD ||
			       rv == CKR_OPERATION_NOT_INITIALIZED ||
			       rv == CKR_FUNCTION_NOT_SUPPORTED ||
			       rv == CKR_FUNCTION_NOT_PARALLEL ||
			       rv == CKR_OBJECT_HANDLE_INVALID ||
			       rv == CKR_RANDOM_SEED_NOT_SUPPORTED;

		if (!is_good)
			printf("# %s answers 0x%lx\n", functions[i].name, rv);
		CHECK(is_good);
	}
	CHECK(module->C_GetInfo(NULL) == CKR_ARGUMENTS_BAD);
	CHECK(module->C_GetSlotList(CK_TRUE, NULL, NULL) == CKR_ARGUMENTS_BAD);
	CHECK(module->C_GetSlotInfo(slot, NULL) == CKR_ARGUMENTS_BAD);
	CHECK(module->C_GetTokenInfo(slot, NULL) == CKR_ARGUMENTS_BAD);
	CHECK(module->C_GetMechanismList(slot, NULL, NULL) ==
	      CKR_ARGUMENTS_BAD);
	CHECK(module->C_GetMechanismInfo(slot, CKM_ECDSA, NULL) ==
	      CKR_ARGUMENTS_BAD);
	CHECK(module->C_InitToken(slot, NULL, 0, NULL) == CKR_ARGUMENTS_BAD);
	CHECK(module->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL,
				    NULL) == CKR_ARGUMENTS_BAD);
	CHECK(module->C_GetFunctionList(NULL) == CKR_ARGUMENTS_BAD);
}

static void sizes_with_null_are_refused(void)
{
	CK_MECHANISM ecdsa = {CKM_ECDSA, NULL, 0};
	CK_MECHANISM gcm = {CKM_AES_GCM, NULL, sizeof(CK_GCM_PARAMS)};
	CK_GCM_PARAMS no_iv = {NULL, 12, 96, NULL, 0, 128};
	CK_ULONG size = 64;
	CK_BYTE out[64];

	CHECK(module->C_SignInit(session, &ecdsa, private_key) == CKR_OK);
	CHECK(module->C_Sign(session, NULL, 32, out, &size) ==
	      CKR_ARGUMENTS_BAD);
	/* That has ended it. */
	CHECK(module->C_Sign(session, out, 32, out, &size) ==
	      CKR_OPERATION_NOT_INITIALIZED);
	CHECK(module->C_EncryptInit(session, &gcm, aes_key) ==
	      CKR_MECHANISM_PARAM_INVALID);
	gcm.pParameter = &no_iv;
	CHECK(module->C_EncryptInit(session, &gcm, aes_key) ==
	      CKR_MECHANISM_PARAM_INVALID);
	CHECK(module->C_FindObjectsInit(session, NULL, 1) == CKR_ARGUMENTS_BAD);
	CHECK(module->C_GenerateRandom(session, NULL, 1) == CKR_ARGUMENTS_BAD);
}

static void wrong_keys_and_mechanisms_are_refused(void)
{
	CK_MECHANISM ecdsa = {CKM_ECDSA, NULL, 0};
	CK_MECHANISM cbc = {CKM_AES_CBC, NULL, 0};
	CK_MECHANISM none = {0x7fffffff, NULL, 0};

	CHECK(module->C_SignInit(session, &ecdsa, 0x1234567) ==
	      CKR_KEY_HANDLE_INVALID);
	CHECK(module->C_SignInit(session, &none, private_key) ==
	      CKR_MECHANISM_INVALID);
	CHECK(module->C_SignInit(session, &ecdsa, aes_key) != CKR_OK);
	CHECK(module->C_SignInit(session, &ecdsa, public_key) != CKR_OK);
	CHECK(module->C_EncryptInit(session, &cbc, aes_key) ==
	      CKR_MECHANISM_PARAM_INVALID);
	CHECK(module->C_DigestInit(session, &ecdsa) == CKR_MECHANISM_INVALID);
}

/* ---- Room ---------------------------------------------------------------- */

static void a_size_can_be_asked_for_first(void)
{
	CK_MECHANISM ecdsa = {CKM_ECDSA, NULL, 0};
	CK_BYTE hash[32] = {1}, out[64];
	CK_ULONG size = 0;

	CHECK(module->C_SignInit(session, &ecdsa, private_key) == CKR_OK);
	CHECK(module->C_Sign(session, hash, 32, NULL, &size) == CKR_OK);
	CHECK(size == 64);
	size = 63;
	CHECK(module->C_Sign(session, hash, 32, out, &size) ==
	      CKR_BUFFER_TOO_SMALL);
	CHECK(size == 64);
	CHECK(module->C_Sign(session, hash, 32, out, &size) == CKR_OK);
	CHECK(size == 64);
	CHECK(module->C_VerifyInit(session, &ecdsa, public_key) == CKR_OK);
	CHECK(module->C_Verify(session, hash, 32, out, 64) == CKR_OK);
	out[5] ^= 1;
	CHECK(module->C_VerifyInit(session, &ecdsa, public_key) == CKR_OK);
	CHECK(module->C_Verify(session, hash, 32, out, 64) ==
	      CKR_SIGNATURE_INVALID);
}

static void lists_do_not_fit_in_too_little(void)
{
	CK_SLOT_ID slots[1];
	CK_MECHANISM_TYPE mechanisms[2];
	CK_ULONG count = 0, many = 0;

	CHECK(module->C_GetSlotList(CK_FALSE, slots, &count) ==
	      CKR_BUFFER_TOO_SMALL);
	CHECK(count > 0);
	count = 2;
	CHECK(module->C_GetMechanismList(slot, mechanisms, &count) ==
	      CKR_BUFFER_TOO_SMALL);
	CHECK(module->C_GetMechanismList(slot, NULL, &many) == CKR_OK);
	CHECK(many == count && many > 2);
}

static void padding_is_known_after_decrypting_only(void)
{
	CK_BYTE iv[16] = {0}, plain[17] = "sixteen and more", cipher[32],
		again[32];
	CK_MECHANISM cbc = {CKM_AES_CBC_PAD, iv, sizeof(iv)};
	CK_ULONG size = sizeof(cipher), got;

	CHECK(module->C_EncryptInit(session, &cbc, aes_key) == CKR_OK);
	CHECK(module->C_Encrypt(session, plain, 17, cipher, &size) == CKR_OK);
	CHECK(size == 32);
	CHECK(module->C_DecryptInit(session, &cbc, aes_key) == CKR_OK);
	got = 16;
	CHECK(module->C_Decrypt(session, cipher, 32, again, &got) ==
	      CKR_BUFFER_TOO_SMALL);
	CHECK(got >= 17 && got <= 32);
	got = 17;
	CHECK(module->C_Decrypt(session, cipher, 32, again, &got) == CKR_OK);
	CHECK(got == 17 && !memcmp(plain, again, 17));
	CHECK(module->C_Decrypt(session, cipher, 32, again, &got) ==
	      CKR_OPERATION_NOT_INITIALIZED);
}

/* Parts of every size; the room is exactly what is said to be needed. */
static void parts_give_what_the_whole_gives(void)
{
	CK_BYTE iv[16] = {7}, plain[200], whole[208], parts[208];
	CK_MECHANISM cbc = {CKM_AES_CBC_PAD, iv, sizeof(iv)};
	CK_ULONG size = sizeof(whole), given = 0, need, step = 1;

	memset(plain, 0x5a, sizeof(plain));
	CHECK(module->C_EncryptInit(session, &cbc, aes_key) == CKR_OK);
	CHECK(module->C_Encrypt(session, plain, 200, whole, &size) == CKR_OK);
	CHECK(module->C_EncryptInit(session, &cbc, aes_key) == CKR_OK);
	for (CK_ULONG at = 0; at < 200; at += step, step = step % 37 + 5) {
		if (step > 200 - at)
			step = 200 - at;
		CHECK(module->C_EncryptUpdate(session, plain + at, step, NULL,
					      &need) == CKR_OK);
		CHECK(module->C_EncryptUpdate(session, plain + at, step,
					      parts + given, &need) == CKR_OK);
		given += need;
	}
	need = sizeof(parts) - given;
	CHECK(module->C_EncryptFinal(session, parts + given, &need) == CKR_OK);
	CHECK(given + need == size && !memcmp(whole, parts, size));
}

static void attributes_tell_their_sizes(void)
{
	CK_BYTE small[1], point[80];
	CK_ATTRIBUTE wanted[] = {
		{CKA_EC_POINT, NULL, 0},
		{CKA_VENDOR_DEFINED | 0x77, small, 1},
		{CKA_EC_POINT, small, 1},
		{CKA_EC_POINT, point, sizeof(point)},
	};
	CK_ATTRIBUTE secret = {CKA_VALUE, point, sizeof(point)};

	CHECK(module->C_GetAttributeValue(session, public_key, wanted, 1) ==
	      CKR_OK);
	CHECK(wanted[0].ulValueLen == 67);
	CHECK(module->C_GetAttributeValue(session, public_key, wanted, 4) !=
	      CKR_OK);
	CHECK(wanted[1].ulValueLen == CK_UNAVAILABLE_INFORMATION);
	CHECK(wanted[2].ulValueLen == CK_UNAVAILABLE_INFORMATION);
	CHECK(wanted[3].ulValueLen == 67);
	CHECK(module->C_GetAttributeValue(session, private_key, &secret, 1) ==
	      CKR_ATTRIBUTE_SENSITIVE);
	CHECK(secret.ulValueLen == CK_UNAVAILABLE_INFORMATION);
	CHECK(module->C_GetAttributeValue(session, 0xdead, wanted, 1) ==
	      CKR_OBJECT_HANDLE_INVALID);
}

/* ---- Order --------------------------------------------------------------- */

static void one_operation_of_a_kind_at_a_time(void)
{
	CK_MECHANISM ecdsa = {CKM_ECDSA, NULL, 0};
	CK_MECHANISM sha = {CKM_SHA256, NULL, 0};
	CK_BYTE out[64];
	CK_ULONG size = 64;

	CHECK(module->C_SignInit(session, &ecdsa, private_key) == CKR_OK);
	CHECK(module->C_SignInit(session, &ecdsa, private_key) ==
	      CKR_OPERATION_ACTIVE);
	/* Another kind is free. */
	CHECK(module->C_DigestInit(session, &sha) == CKR_OK);
	CHECK(module->C_DigestUpdate(session, out, 1) == CKR_OK);
	CHECK(module->C_Digest(session, out, 1, out, &size) ==
	      CKR_OPERATION_NOT_INITIALIZED);
	size = 64;
	CHECK(module->C_DigestFinal(session, out, &size) == CKR_OK);
	CHECK(size == 32);
	CHECK(module->C_SignInit(session, NULL, 0) == CKR_OK); /* cancelled */
	CHECK(module->C_SignFinal(session, out, &size) ==
	      CKR_OPERATION_NOT_INITIALIZED);
}

static void one_search_at_a_time(void)
{
	CK_OBJECT_HANDLE found[8];
	CK_ULONG count;

	CHECK(module->C_FindObjects(session, found, 8, &count) ==
	      CKR_OPERATION_NOT_INITIALIZED);
	CHECK(module->C_FindObjectsInit(session, NULL, 0) == CKR_OK);
	CHECK(module->C_FindObjectsInit(session, NULL, 0) ==
	      CKR_OPERATION_ACTIVE);
	CHECK(module->C_FindObjects(session, found, 1, &count) == CKR_OK);
	CHECK(count == 1);
	CHECK(module->C_FindObjects(session, NULL, 1, &count) ==
	      CKR_ARGUMENTS_BAD);
	CHECK(module->C_FindObjectsFinal(session) == CKR_OK);
	CHECK(module->C_FindObjectsFinal(session) ==
	      CKR_OPERATION_NOT_INITIALIZED);
}

static void a_session_that_reads_does_not_write(void)
{
	CK_BBOOL yes = CK_TRUE;
	CK_OBJECT_CLASS class = CKO_DATA;
	CK_ATTRIBUTE template[] = {{CKA_CLASS, &class, sizeof(class)},
				   {CKA_TOKEN, &yes, sizeof(yes)}};
	CK_SESSION_HANDLE reader;
	CK_OBJECT_HANDLE object;
	CK_SESSION_INFO info;
	CK_BYTE text[] = "12345678";

	CHECK(module->C_OpenSession(slot, 0, NULL, NULL, &reader) ==
	      CKR_SESSION_PARALLEL_NOT_SUPPORTED);
	CHECK(module->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL,
				    &reader) == CKR_OK);
	CHECK(module->C_GetSessionInfo(reader, &info) == CKR_OK);
	CHECK(info.state == CKS_RO_USER_FUNCTIONS);
	CHECK(module->C_CreateObject(reader, template, 2, &object) ==
	      CKR_SESSION_READ_ONLY);
	CHECK(module->C_SetPIN(reader, text, 8, text, 8) ==
	      CKR_SESSION_READ_ONLY);
	CHECK(module->C_CloseSession(reader) == CKR_OK);
}

static void logins_follow_the_rules(void)
{
	CK_SESSION_HANDLE reader;
	CK_SESSION_INFO info;
	CK_UTF8CHAR *own = (CK_UTF8CHAR *)pin;

	CHECK(module->C_Login(session, CKU_USER, own, strlen(pin)) ==
	      CKR_USER_ALREADY_LOGGED_IN);
	CHECK(module->C_Login(session, CKU_SO, own, strlen(pin)) ==
	      CKR_USER_ANOTHER_ALREADY_LOGGED_IN);
	CHECK(module->C_Login(session, 77, own, strlen(pin)) ==
	      CKR_USER_TYPE_INVALID);
	CHECK(module->C_InitToken(slot, own, strlen(pin), own) ==
	      CKR_SESSION_EXISTS);
	CHECK(module->C_Logout(session) == CKR_OK);
	CHECK(module->C_Logout(session) == CKR_USER_NOT_LOGGED_IN);
	CHECK(module->C_GetSessionInfo(session, &info) == CKR_OK);
	CHECK(info.state == CKS_RW_PUBLIC_SESSION);
	CHECK(module->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL,
				    &reader) == CKR_OK);
	CHECK(module->C_Login(session, CKU_SO, own, strlen(pin)) ==
	      CKR_SESSION_READ_ONLY_EXISTS);
	CHECK(module->C_CloseSession(reader) == CKR_OK);
	CHECK(module->C_Login(session, CKU_USER, (CK_UTF8CHAR *)"wrong!", 6) ==
	      CKR_PIN_INCORRECT);
	CHECK(module->C_Login(session, CKU_USER, own, strlen(pin)) == CKR_OK);
	/* What was private in the session is gone. */
	module_make_ec_pair(session, "functions", false, &public_key,
			    &private_key);
	aes_key = module_make_aes_key(session);
}

/* ---- The end ------------------------------------------------------------- */

static void finalize_ends_all(void)
{
	CHECK(module->C_CloseAllSessions(slot) == CKR_OK);
	CHECK(all_answer(session, CKR_SESSION_HANDLE_INVALID));
	CHECK(module->C_Finalize(NULL) == CKR_OK);
	CHECK(all_answer(session, CKR_CRYPTOKI_NOT_INITIALIZED));
	CHECK(module->C_Initialize(NULL) == CKR_OK);
	CHECK(module->C_Finalize(NULL) == CKR_OK);
}

int main(int argc, char **argv)
{
	if (argc != 4) {
		fputs("usage: test_functions MODULE LABEL PIN\n", stderr);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	module_load(argv[1]);
	label = argv[2];
	pin = argv[3];
	RUN(nothing_goes_before_initialize);
	RUN(bad_initialize_arguments_are_refused);
	RUN(the_applications_mutexes_are_used);
	RUN(initializing_twice_is_told);
	open_what_the_others_use();
	RUN(sessions_that_are_none_are_refused);
	RUN(slots_that_are_none_are_refused);
	RUN(null_is_never_followed);
	RUN(sizes_with_null_are_refused);
	RUN(wrong_keys_and_mechanisms_are_refused);
	RUN(a_size_can_be_asked_for_first);
	RUN(lists_do_not_fit_in_too_little);
	RUN(padding_is_known_after_decrypting_only);
	RUN(parts_give_what_the_whole_gives);
	RUN(attributes_tell_their_sizes);
	RUN(one_operation_of_a_kind_at_a_time);
	RUN(one_search_at_a_time);
	RUN(a_session_that_reads_does_not_write);
	RUN(logins_follow_the_rules);
	RUN(finalize_ends_all);
	return TAP_END();
}
