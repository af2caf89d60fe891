/* SPDX-License-Identifier: BSD-2-Clause */
/* Data through the window of a PAL, against the same work without a PAL. */
#include "bench.h"
#include <pal_host.h>
#include <stdio.h>
#include <stdlib.h>
#include "data.h"

#define DATA_SIZE	(1UL << 20)
#define KIB		(DATA_SIZE / 1024.0)
#define ROUNDS		9

static unsigned char piece[DATA_PIECE];

static struct pal *open_data_pal(const char *folder)
{
	char path[256];
	struct pal *pal;

	snprintf(path, sizeof(path), "%s/data.pal", folder);
	if (pal_open_with_data(path, DATA_SIZE, &pal))
		fail(path);
	memset(pal_data(pal), 1, DATA_SIZE);
	return pal;
}

static void sum_inside(struct pal *pal)
{
	uint64_t sum;

	if (pal_call_exact(pal, DATA_SUM, NULL, 0, &sum, sizeof(sum)) ||
	    sum != UINT64_C(0x0101010101010101) * (DATA_SIZE / 8))
		fail("the sum of the window");
}

static void copy_inside(struct pal *pal)
{
	if (pal_call(pal, DATA_COPY, NULL, 0, NULL, 0, NULL))
		fail("the copy of the window");
}

static void sum_outside(struct pal *pal)
{
	__asm__ volatile("" : : "r"(data_sum(pal_data(pal), DATA_SIZE)));
}

static void copy_outside(struct pal *pal)
{
	data_copy(piece, pal_data(pal), DATA_SIZE);
}

static double per_kib(void (*work)(struct pal *), struct pal *pal)
{
	uint64_t ticks[ROUNDS];

	work(pal);
	for (int i = 0; i < ROUNDS; i++) {
		uint64_t start = clock_ticks();

		work(pal);
		ticks[i] = clock_ticks() - start;
	}
	return (double)median(ticks, ROUNDS) / KIB;
}

void bench_window(const char *folder)
{
	struct pal *pal = open_data_pal(folder);
	double sum = per_kib(sum_inside, pal);
	double copy = per_kib(copy_inside, pal);
	double plain_sum = per_kib(sum_outside, pal);
	double plain_copy = per_kib(copy_outside, pal);

	pal_close(pal);
	figure("window_sum_instructions_per_kib", sum);
	figure("window_sum_ratio", sum / plain_sum);
	figure("window_copy_instructions_per_kib", copy);
	figure("memcpy_instructions_per_kib", plain_copy);
	figure("window_copy_ratio", copy / plain_copy);
}

static double bytes_per_second(void (*work)(struct pal *), struct pal *pal)
{
	const unsigned int times = 40;
	uint64_t start = now_ns();

	for (unsigned int i = 0; i < times; i++)
		work(pal);
	return times * (double)DATA_SIZE * 1e9 / (double)(now_ns() - start);
}

/* Both in turn, the best of each. */
void bench_window_rate(const char *folder)
{
	struct pal *pal = open_data_pal(folder);
	double inside = 0, outside = 0;

	for (int i = 0; i < ROUNDS; i++) {
		double rate = bytes_per_second(copy_inside, pal);

		inside = rate > inside ? rate : inside;
		rate = bytes_per_second(copy_outside, pal);
		outside = rate > outside ? rate : outside;
	}
	pal_close(pal);
	figure("emulated_window_bytes_per_second", inside);
	figure("emulated_memcpy_bytes_per_second", outside);
	figure("window_bytes_ratio", inside / outside);
}
