/* SPDX-License-Identifier: BSD-2-Clause */
/* data_pal.c's functions, and what both sides do with the same memory. */
#ifndef BENCH_DATA_H
#define BENCH_DATA_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* In: nothing.  Both use all of the data window. */
#define DATA_SUM	0	/* out: the sum, 8 bytes */
#define DATA_COPY	1	/* to private memory; out: nothing */

#define DATA_PIECE	65536

/* volatile: each side's compiler makes the same loop of it. */
static inline uint64_t data_sum(const volatile uint64_t *words, size_t size)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < size / sizeof(*words); i++)
		sum += words[i];
	return sum;
}

/* With memcpy() of whoever calls it. */
static inline void data_copy(unsigned char piece[DATA_PIECE],
			     const unsigned char *data, size_t size)
{
	for (size_t at = 0; at < size; at += DATA_PIECE) {
		memcpy(piece, data + at, DATA_PIECE);
		__asm__ volatile("" : : "r"(piece) : "memory");
	}
}

#endif
