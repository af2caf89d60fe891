/* SPDX-License-Identifier: BSD-2-Clause */
/* Makes a secret inside and holds it, in memory and in registers. */
#include <pal.h>
#include <stdint.h>
#include <string.h>
#include "secret.h"

PAL_NAME("secret");
PAL_THREADS(4);

#define WORDS (SECRET_SIZE / sizeof(uint64_t))

static uint64_t secret[WORDS];

static void copy_masked(uint64_t *to, const uint64_t *from)
{
	for (size_t i = 0; i < WORDS; i++)
		to[i] = from[i] ^ SECRET_MASK;
}

static long make(const void *in, size_t in_size, void *out, size_t out_size)
{
	(void)in, (void)in_size;
	if (out_size < SECRET_SIZE || pal_random(secret, SECRET_SIZE))
		return -1;
	copy_masked(out, secret);
	return SECRET_SIZE;
}

static long check(const void *in, size_t in_size, void *out, size_t out_size)
{
	uint64_t expected[WORDS];

	(void)out, (void)out_size;
	if (in_size != SECRET_SIZE)
		return -1;
	copy_masked(expected, in);
	return memcmp(expected, secret, SECRET_SIZE) ? -2 : 0;
}

static long work(const void *in, size_t in_size, void *out, size_t out_size)
{
	uint64_t rounds;

	(void)out, (void)out_size;
	if (in_size != sizeof(rounds))
		return -1;
	memcpy(&rounds, in, sizeof(rounds));
	while (rounds--)
		__asm__ volatile("" : : "r"(secret[0]), "r"(secret[1]),
				 "r"(secret[2]), "r"(secret[3]));
	return 0;
}

static long reveal(const void *in, size_t in_size, void *out, size_t out_size)
{
	(void)in, (void)in_size;
	if (out_size < SECRET_SIZE)
		return -1;
	memcpy(out, secret, SECRET_SIZE);
	return SECRET_SIZE;
}

static long fault(const void *in, size_t in_size, void *out, size_t out_size)
{
	(void)in, (void)in_size, (void)out, (void)out_size;
	__builtin_trap();
}

static long ticks(const void *in, size_t in_size, void *out, size_t out_size)
{
	uint64_t now = __builtin_ia32_rdtsc();

	(void)in, (void)in_size;
	if (out_size < sizeof(now))
		return -1;
	memcpy(out, &now, sizeof(now));
	return sizeof(now);
}

PAL_ENTRIES(make, check, work, reveal, fault, ticks);
