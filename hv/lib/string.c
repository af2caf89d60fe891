/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whole words where the length allows, eight at a time: pages are what is
 * moved here, and an emulator or a CPU without fast string moves should not
 * suffer.
 */
#include "lib/string.h"

#include <stdint.h>

typedef uint64_t __attribute__((may_alias, aligned(1))) word;

#define BLOCK_WORDS	8u
#define BLOCK_SIZE	(BLOCK_WORDS * sizeof(word))

void *memset(void *dst, int c, size_t n)
{
	uint64_t fill = UINT64_C(0x0101010101010101) * (uint8_t)c;
	char *d = dst;

	for (; n >= BLOCK_SIZE; n -= BLOCK_SIZE, d += BLOCK_SIZE)
#pragma GCC unroll 8
		for (unsigned int i = 0; i < BLOCK_WORDS; i++)
			((word *)d)[i] = fill;
	for (; n >= 8; n -= 8, d += 8)
		*(word *)d = fill;
	while (n-- > 0)
		*d++ = (char)c;
	return dst;
}

void *memcpy(void *restrict dst, const void *restrict src, size_t n)
{
	const char *s = src;
	char *d = dst;

	for (; n >= BLOCK_SIZE; n -= BLOCK_SIZE, d += BLOCK_SIZE,
				s += BLOCK_SIZE)
#pragma GCC unroll 8
		for (unsigned int i = 0; i < BLOCK_WORDS; i++)
			((word *)d)[i] = ((const word *)s)[i];
	for (; n >= 8; n -= 8, d += 8, s += 8)
		*(word *)d = *(const word *)s;
	while (n-- > 0)
		*d++ = *s++;
	return dst;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const uint8_t *x = a, *y = b;

	for (; n > 0; n--, x++, y++)
		if (*x != *y)
			return *x - *y;
	return 0;
}

size_t strlen(const char *s)
{
	size_t n = 0;

	while (s[n])
		n++;
	return n;
}
