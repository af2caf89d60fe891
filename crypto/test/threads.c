/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Several threads enter a PAL at once and each of them begins with
 * psa_crypto_init(), as PALs do.  Linked with the PALs' own objects, so that it
 * is their spin locks and their entropy that are at work.
 */
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <psa/crypto.h>

#define THREAD_COUNT 4
#define ROUND_COUNT  20
#define RANDOM_SIZE  32

static uint8_t randoms[THREAD_COUNT][RANDOM_SIZE];
static pthread_barrier_t start;

static psa_status_t sign_and_verify(psa_key_id_t key)
{
	psa_algorithm_t algorithm = PSA_ALG_ECDSA(PSA_ALG_SHA_256);
	uint8_t hash[32] = {1}, signature[64];
	psa_status_t status;
	size_t size;

	status = psa_sign_hash(key, algorithm, hash, sizeof(hash), signature,
			       sizeof(signature), &size);
	if (!status)
		status = psa_verify_hash(key, algorithm, hash, sizeof(hash),
					 signature, size);
	return status;
}

static psa_status_t one_round(void)
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	psa_key_id_t key = 0;
	psa_status_t status;

	psa_set_key_type(&attributes,
			 PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1));
	psa_set_key_bits(&attributes, 256);
	psa_set_key_algorithm(&attributes, PSA_ALG_ECDSA(PSA_ALG_SHA_256));
	psa_set_key_usage_flags(&attributes, PSA_KEY_USAGE_SIGN_HASH |
						     PSA_KEY_USAGE_VERIFY_HASH);
	status = psa_generate_key(&attributes, &key);
	if (!status)
		status = sign_and_verify(key);
	psa_destroy_key(key);
	return status;
}

static void *use_crypto(void *argument)
{
	uint8_t *random = argument;
	psa_status_t status;

	pthread_barrier_wait(&start);
	status = psa_crypto_init();
	if (!status)
		status = psa_generate_random(random, RANDOM_SIZE);
	for (int i = 0; !status && i < ROUND_COUNT; i++)
		status = one_round();
	return (void *)(intptr_t)status;
}

static bool all_differ(void)
{
	for (int i = 0; i < THREAD_COUNT; i++)
		for (int j = 0; j < i; j++)
			if (!memcmp(randoms[i], randoms[j], RANDOM_SIZE))
				return false;
	return true;
}

int main(void)
{
	pthread_t threads[THREAD_COUNT];
	bool good = true;
	void *status;

	pthread_barrier_init(&start, NULL, THREAD_COUNT);
	for (int i = 0; i < THREAD_COUNT; i++)
		pthread_create(&threads[i], NULL, use_crypto, randoms[i]);
	for (int i = 0; i < THREAD_COUNT; i++) {
		pthread_join(threads[i], &status);
		good &= !status;
	}
	good &= all_differ();
	printf("%sok - threads may enter crypto at once\n", good ? "" : "not ");
	return !good;
}
