/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The module after fork() and from many threads.
 *
 * Usage: test_threads MODULE LABEL PIN
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include "module.h"
#include "pal-sdk/test/tap.h"

#define THREADS 4
#define ROUNDS	8

static const char *label, *pin;
static CK_SLOT_ID slot;
static CK_SESSION_HANDLE session;
static CK_OBJECT_HANDLE public_key, private_key;

static int in_child(void)
{
	CK_SESSION_INFO info;
	CK_SESSION_HANDLE own;

	if (module->C_GetSessionInfo(session, &info) !=
	    CKR_CRYPTOKI_NOT_INITIALIZED)
		return 1;
	if (module->C_Initialize(NULL) != CKR_OK)
		return 2;
	if (module->C_GetSessionInfo(session, &info) !=
	    CKR_SESSION_HANDLE_INVALID)
		return 3;
	own = module_session(module_slot(label), pin);
	module_make_ec_pair(own, "child", false, &public_key, &private_key);
	return module->C_Finalize(NULL) == CKR_OK ? 0 : 4;
}

static void a_child_begins_anew(void)
{
	pid_t child = fork();
	CK_SESSION_INFO info;
	int status = 0;

	if (!child)
		_exit(in_child());
	CHECK(waitpid(child, &status, 0) == child);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	CHECK(module->C_GetSessionInfo(session, &info) == CKR_OK);
	CHECK(info.state == CKS_RW_USER_FUNCTIONS);
}

/* Returns NULL if all went well. */
static void *sign_in_own_session(void *unused)
{
	CK_MECHANISM ecdsa = {CKM_ECDSA, NULL, 0};
	CK_SESSION_HANDLE own = module_session(slot, NULL);
	CK_BYTE hash[32] = {2}, out[64];
	CK_RV rv = CKR_OK;

	(void)unused;
	for (int i = 0; i < ROUNDS && !rv; i++) {
		CK_ULONG size = sizeof(out);

		rv = module->C_SignInit(own, &ecdsa, private_key);
		if (!rv)
			rv = module->C_Sign(own, hash, 32, out, &size);
		if (!rv)
			rv = module->C_VerifyInit(own, &ecdsa, public_key);
		if (!rv)
			rv = module->C_Verify(own, hash, 32, out, 64);
	}
	if (!rv)
		rv = module->C_CloseSession(own);
	return rv ? &slot : NULL;
}

static void threads_sign_at_once(void)
{
	pthread_t threads[THREADS];
	void *result;

	for (int i = 0; i < THREADS; i++)
		CHECK(!pthread_create(&threads[i], NULL, sign_in_own_session,
				      NULL));
	for (int i = 0; i < THREADS; i++) {
		CHECK(!pthread_join(threads[i], &result));
		CHECK(!result);
	}
}

/* A thread in a session that another thread closes. */
static void *use_it_until_it_is_closed(void *handle)
{
	CK_SESSION_HANDLE own = *(CK_SESSION_HANDLE *)handle;
	CK_BYTE bytes[64];
	CK_RV rv;

	do
		rv = module->C_GenerateRandom(own, bytes, sizeof(bytes));
	while (rv == CKR_OK);
	return rv == CKR_SESSION_HANDLE_INVALID ? NULL : &slot;
}

static void a_session_may_be_closed_under_a_thread(void)
{
	for (int i = 0; i < ROUNDS; i++) {
		CK_SESSION_HANDLE own = module_session(slot, NULL);
		pthread_t thread;
		void *result;

		CHECK(!pthread_create(&thread, NULL, use_it_until_it_is_closed,
				      &own));
		usleep(1000);
		CHECK(module->C_CloseSession(own) == CKR_OK);
		CHECK(!pthread_join(thread, &result));
		CHECK(!result);
	}
}

static void *log_in(void *handle)
{
	CK_SESSION_HANDLE own = *(CK_SESSION_HANDLE *)handle;

	module->C_Login(own, CKU_USER, (CK_BYTE *)pin, strlen(pin));
	return NULL;
}

/* The only session is closed while its PIN is hashed, sooner or later. */
static void nobody_is_logged_in_without_a_session(void)
{
	CHECK(module->C_CloseAllSessions(slot) == CKR_OK);
	for (useconds_t i = 0; i < 20; i++) {
		CK_SESSION_HANDLE own = module_session(slot, NULL);
		CK_SESSION_INFO info;
		pthread_t thread;

		CHECK(!pthread_create(&thread, NULL, log_in, &own));
		usleep(i * 200);
		CHECK(module->C_CloseSession(own) == CKR_OK);
		CHECK(!pthread_join(thread, NULL));
		own = module_session(slot, NULL);
		CHECK(module->C_GetSessionInfo(own, &info) == CKR_OK);
		CHECK(info.state == CKS_RW_PUBLIC_SESSION);
		CHECK(module->C_CloseSession(own) == CKR_OK);
	}
}

int main(int argc, char **argv)
{
	CK_C_INITIALIZE_ARGS args = {.flags = CKF_OS_LOCKING_OK};

	if (argc != 4) {
		fputs("usage: test_threads MODULE LABEL PIN\n", stderr);
		return 2;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	module_load(argv[1]);
	label = argv[2];
	pin = argv[3];
	module_require(module->C_Initialize(&args), "C_Initialize");
	slot = module_slot(label);
	session = module_session(slot, pin);
	module_make_ec_pair(session, "threads", false, &public_key,
			    &private_key);
	RUN(a_child_begins_anew);
	RUN(threads_sign_at_once);
	RUN(a_session_may_be_closed_under_a_thread);
	RUN(nobody_is_logged_in_without_a_session);
	module_require(module->C_Finalize(NULL), "C_Finalize");
	return TAP_END();
}
