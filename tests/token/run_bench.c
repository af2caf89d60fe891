/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How long a module takes for a signature, from several threads at once, or to
 * make a key.
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

static void make_rsa_pair(CK_SESSION_HANDLE session,
			  CK_OBJECT_HANDLE *public_key,
			  CK_OBJECT_HANDLE *private_key)
{
	CK_BBOOL no = CK_FALSE;
	CK_ULONG bits = 2048;
	CK_ATTRIBUTE public_template[] = {
		{CKA_TOKEN, &no, sizeof(no)},
		{CKA_MODULUS_BITS, &bits, sizeof(bits)},
	};
	CK_ATTRIBUTE private_template[] = {{CKA_TOKEN, &no, sizeof(no)}};
	CK_MECHANISM generate = {CKM_RSA_PKCS_KEY_PAIR_GEN, NULL, 0};

	module_require(module->C_GenerateKeyPair(session, &generate,
						 public_template, 2,
						 private_template, 1,
						 public_key, private_key),
		       "C_GenerateKeyPair");
}

static void make_pair(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *public_key,
		      CK_OBJECT_HANDLE *private_key)
{
	if (mechanism.mechanism == CKM_RSA_PKCS)
		make_rsa_pair(session, public_key, private_key);
	else
		module_make_ec_pair(session, "bench", false, public_key,
				    private_key);
}

static void make_and_drop(CK_SESSION_HANDLE session)
{
	CK_OBJECT_HANDLE public_key, private_key;

	make_pair(session, &public_key, &private_key);
	module_require(module->C_DestroyObject(session, public_key),
		       "C_DestroyObject");
	module_require(module->C_DestroyObject(session, private_key),
		       "C_DestroyObject");
}

static void sign(CK_SESSION_HANDLE session)
{
	CK_BYTE hash[32] = {3}, out[256];
	CK_ULONG size = sizeof(out);

	module_require(module->C_SignInit(session, &mechanism, key),
		       "C_SignInit");
	module_require(module->C_Sign(session, hash, 32, out, &size), "C_Sign");
}

static void call(CK_SESSION_HANDLE session)
{
	CK_BYTE out[16];

	module_require(module->C_GenerateRandom(session, out, sizeof(out)),
		       "C_GenerateRandom");
}

static const struct kind {
	const char *name;
	CK_MECHANISM_TYPE type;
	void (*once)(CK_SESSION_HANDLE session);
} kinds[] = {
	{"rsa", CKM_RSA_PKCS, sign},
	{"ec", CKM_ECDSA, sign},
	{"call", 0, call},
	{"make-rsa", CKM_RSA_PKCS, make_and_drop},
	{"make-ec", CKM_ECDSA, make_and_drop},
};

static const struct kind *kind;

static void choose(const char *name)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].name, name))
			kind = &kinds[i];
	if (!kind) {
		fprintf(stderr, "run_bench: no kind is called %s\n", name);
		exit(2);
	}
	mechanism.mechanism = kind->type;
}

static void *work(void *unused)
{
	CK_SESSION_HANDLE session = module_session(slot, NULL);

	for (unsigned long i = 0; i < count; i++)
		kind->once(session);
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
	CK_OBJECT_HANDLE public_key;
	CK_SESSION_HANDLE session;

	if (argc != 7) {
		fputs("usage: run_bench MODULE LABEL PIN KIND THREADS COUNT\n",
		      stderr);
		return 2;
	}
	choose(argv[4]);
	threads = strtoul(argv[5], NULL, 10) % (THREAD_LIMIT + 1);
	count = strtoul(argv[6], NULL, 10);
	module_load(argv[1]);
	module_require(module->C_Initialize(&args), "C_Initialize");
	slot = module_slot(argv[2]);
	session = module_session(slot, argv[3]);
	if (kind->once == sign) {
		make_pair(session, &public_key, &key);
		sign(session);
	}
	start = now();
	for (unsigned long i = 0; i < threads; i++)
		pthread_create(&ids[i], NULL, work, NULL);
	for (unsigned long i = 0; i < threads; i++)
		pthread_join(ids[i], NULL);
	printf("%lu\n", (now() - start) / (threads * count));
	module->C_Finalize(NULL);
	return 0;
}
