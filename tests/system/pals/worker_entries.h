/* SPDX-License-Identifier: BSD-2-Clause */
/* What the PALs "worker" and "many" have in common: all but their size. */
#include <pal.h>
#include <string.h>
#include "worker.h"

static uint64_t counter;

static long give(void *out, size_t out_size, uint64_t number)
{
	if (out_size < sizeof(number))
		return -1;
	memcpy(out, &number, sizeof(number));
	return sizeof(number);
}

static uint64_t take(const void *in, size_t in_size)
{
	uint64_t number = 0;

	if (in_size == sizeof(number))
		memcpy(&number, in, sizeof(number));
	return number;
}

static long add_one(const void *in, size_t in_size, void *out, size_t out_size)
{
	return give(out, out_size, take(in, in_size) + 1);
}

static long loop(const void *in, size_t in_size, void *out, size_t out_size)
{
	(void)in, (void)in_size, (void)out, (void)out_size;
	for (;;)
		__asm__ volatile("");
	return 0; /* never comes to this */
}

static uint64_t take_steps(uint64_t steps)
{
	uint64_t value = 1;

	while (steps--)
		value = worker_step(value);
	return value;
}

static long spin(const void *in, size_t in_size, void *out, size_t out_size)
{
	return give(out, out_size, take_steps(take(in, in_size)));
}

static long spin_briefly(const void *in, size_t in_size, void *out,
			 size_t out_size)
{
	(void)in, (void)in_size;
	return give(out, out_size, take_steps(WORKER_BRIEF_STEPS));
}

static long sse(const void *in, size_t in_size, void *out, size_t out_size)
{
	uint64_t steps = take(in, in_size);
	uint64_t bits;
	double value = 1;

	while (steps--)
		value = worker_sse_step(value);
	memcpy(&bits, &value, sizeof(bits));
	return give(out, out_size, bits);
}

static long count(const void *in, size_t in_size, void *out, size_t out_size)
{
	return give(out, out_size,
		    __atomic_add_fetch(&counter, take(in, in_size),
				       __ATOMIC_SEQ_CST));
}

static long set_counter(const void *in, size_t in_size, void *out,
			size_t out_size)
{
	return give(out, out_size,
		    __atomic_exchange_n(&counter, take(in, in_size),
					__ATOMIC_SEQ_CST));
}

static long thread(const void *in, size_t in_size, void *out, size_t out_size)
{
	(void)in, (void)in_size;
	return give(out, out_size, pal_thread_index());
}

static long echo(const void *in, size_t in_size, void *out, size_t out_size)
{
	if (out_size < in_size)
		return -1;
	memcpy(out, in, in_size);
	return (long)in_size;
}

static long fault(const void *in, size_t in_size, void *out, size_t out_size)
{
	(void)in, (void)in_size, (void)out, (void)out_size;
	__builtin_trap();
}

static long write_window(const void *in, size_t in_size, void *out,
			 size_t out_size)
{
	volatile uint64_t *window = (volatile uint64_t *)PAL_WINDOW_BASE;
	uint64_t words = pal_arg_size / sizeof(*window);

	(void)in, (void)in_size, (void)out, (void)out_size;
	for (uint64_t round = 1;; round++)
		for (uint64_t i = 0; i < words; i++)
			window[i] = round;
	return 0; /* never comes to this */
}

static long pad(const void *in, size_t in_size, void *out, size_t out_size)
{
	pal_pad_time(take(in, in_size));
	return give(out, out_size, 0);
}

static long ticks(const void *in, size_t in_size, void *out, size_t out_size)
{
	(void)in, (void)in_size;
	return give(out, out_size, __builtin_ia32_rdtsc());
}

PAL_ENTRIES(add_one, loop, spin, spin_briefly, sse, count, set_counter, thread,
	    echo, fault, write_window, pad, ticks);
