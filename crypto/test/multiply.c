/* SPDX-License-Identifier: BSD-2-Clause */
/* Both ways of multiplying digits against the compiler's. */
#include "multiply.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS	   8
#define ROUNDS	   100000
#define SEED	   12345

static uint64_t state = SEED;

/* Often all ones or zero, where carries go wrong. */
static uint64_t digit(void)
{
	state = state * 6364136223846793005U + 1442695040888963407U;
	switch (state >> 61) {
	case 0:
		return 0;
	case 1:
	case 2:
		return UINT64_MAX;
	default:
		return state ^ state >> 29;
	}
}

static uint64_t reference(uint64_t *d, const uint64_t *s, uint64_t b,
			  uint64_t c)
{
	for (int i = 0; i < DIGITS; i++) {
		unsigned __int128 sum = (unsigned __int128)s[i] * b + d[i] + c;

		d[i] = (uint64_t)sum;
		c = (uint64_t)(sum >> 64);
	}
	return c;
}

typedef uint64_t multiply(uint64_t *d, const uint64_t *s, uint64_t b,
			  uint64_t c);

static int agrees(multiply *way)
{
	for (int round = 0; round < ROUNDS; round++) {
		uint64_t d[DIGITS], s[DIGITS], right[DIGITS];
		uint64_t b = digit(), c = digit();

		for (int i = 0; i < DIGITS; i++) {
			d[i] = right[i] = digit();
			s[i] = digit();
		}
		if (way(d, s, b, c) != reference(right, s, b, c) ||
		    memcmp(d, right, sizeof(d)))
			return 0;
	}
	return 1;
}

static int failed_count;

static void verdict(int is_good, const char *claim)
{
	printf("%sok %s\n", is_good ? "" : "not ", claim);
	failed_count += !is_good;
}

int main(void)
{
	verdict(agrees(multiply_plain), "plain_digits_multiply_right");
	if (multiply_find_kind() == MULTIPLY_ADX)
		verdict(agrees(multiply_adx), "digits_multiply_right_by_adx");
	else
		puts("ok digits_multiply_right_by_adx # SKIP no such CPU");
	verdict(agrees(multiply_add), "what_the_cpu_has_multiplies_right");
	return failed_count != 0;
}
