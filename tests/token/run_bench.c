/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long a module takes for a signature, from several threads at once.
 *
 * Usage: run_bench MODULE LABEL PIN KIND THREADS COUNT
 *   KIND   rsa (RSA-2048, PKCS #1), ec (P-256), or call: 16 random bytes, which
 *          is little more than the way there and back
 *   COUNT  by each thread
 *
 * Prints nanoseconds of the whole for each operation.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "module.h"

#define THREAD_LIMIT 16

static CK_SLOT_ID slot;
static CK_MECHANISM mechanism;
static CK_OBJECT_HANDLE key;
static unsigned long count;

static void make_key(CK_SESSION_HANDLE session, const char *kind)
{
	CK_BBOOL no = CK_FALSE;
	CK_ULONG bits = 2048;
	CK_ATTRIBUTE public_template[] = {
		{CKA_TOKEN, &no, sizeof(no)},
		{CKA_MODULUS_BITS, &bits, sizeof(bits)},
	};
	CK_ATTRIBUTE private_template[] = {{CKA_TOKEN, &no, sizeof(no)}};
	CK_MECHANISM generate = {CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0};
	CK_OBJECT_HANDLE public_key;

	if (!strcmp(kind, "ec")) {
		mechanism.mechanism = CKM_ECDSA;
		module_make_ec_pair(session, "bench", false, &public_key, &key);
	} else if (!strcmp(kind, "rsa")) {
		mechanism.mechanism = CKM_RSA_PKCS;
		module_require(module->C_GenerateKeyPair(
				       session, &generate, public_template, 2,
				       private_template, 1, &public_key, &key),
			       "C_GenerateKeyPair");
	}
}

static void work_once(CK_SESSION_HANDLE session)
{
	CK_BYTE hash[32] = {3}, out[256];
	CK_ULONG size = sizeof(out);

	if (!key) {
		module_require(module->C_GenerateRandom(session, out, 16),
			       "C_GenerateRandom");
		return;
	}
	module_require(module->C_SignInit(session, &mechanism, key),
		       "C_SignInit");
	module_require(module->C_Sign(session, hash, 32, out, &size), "C_Sign");
}

static void *work(void *unused)
{
	CK_SESSION_HANDLE session = module_session(slot, NULL);

	for (unsigned long i = 0; i < count; i++)
		work_once(session);
	return unused;
}

static unsigned long now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (unsigned long)time.tv_sec * 1000000000UL +
	       (unsigned long)time.tv_nsec;
}

int main(int argc, char **argv)
{
	CK_C_INITIALIZE_ARGS args = {.flags = CKF_OS_LOCKING_OK};
	unsigned long threads, start;
	pthread_t ids[THREAD_LIMIT];
	CK_SESSION_HANDLE session;

	if (argc != 7) {
		fputs("usage: run_bench MODULE LABEL PIN rsa|ec|call THREADS "
		      "COUNT\n",
		      stderr);
		return 2;
	}
	threads = strtoul(argv[5], NULL, 10) % (THREAD_LIMIT + 1);
	count = strtoul(argv[6], NULL, 10);
	module_load(argv[1]);
	module_require(module->C_Initialize(&args), "C_Initialize");
	slot = module_slot(argv[2]);
	session = module_session(slot, argv[3]);
	make_key(session, argv[4]);
	work_once(session);
	start = now();
	for (unsigned long i = 0; i < threads; i++)
		pthread_create(&ids[i], NULL, work, NULL);
	for (unsigned long i = 0; i < threads; i++)
		pthread_join(ids[i], NULL);
	printf("%lu\n", (now() - start) / (threads * count));
	module->C_Finalize(NULL);
	return 0;
}
