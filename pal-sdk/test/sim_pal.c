/* SPDX-License-Identifier: BSD-2-Clause */
/* What test_sim.c calls: once as a debug PAL, once not (sim_quiet_pal.c). */
#include <pal.h>
#include <string.h>
#include "sim_entries.h"

PAL_NAME("sim-test");
PAL_THREADS(SIM_TEST_THREADS);
PAL_ARG_SIZE(4096);
#ifndef SIM_TEST_QUIET
PAL_DEBUG;
#endif

static unsigned int call_count;
static volatile unsigned int arrived_count;

static long count(const void *in, size_t in_size, void *out, size_t out_size)
{
	(void)in, (void)in_size;
	if (out_size < sizeof(call_count))
		return -1;
	call_count++;
	memcpy(out, &call_count, sizeof(call_count));
	return sizeof(call_count);
}

static long reverse(const void *in, size_t in_size, void *out, size_t out_size)
{
	const char *from = in;
	char *to = out;

	if (in_size > out_size)
		return -1;
	for (size_t i = 0; i < in_size; i++)
		to[i] = from[in_size - 1 - i];
	return (long)in_size;
}

/* Says what it is told, as often as the first byte says. */
static long speak(const void *in, size_t in_size, void *out, size_t out_size)
{
	const unsigned char *bytes = in;

	(void)out, (void)out_size;
	if (!in_size)
		return -1;
	for (unsigned int i = 0; i < bytes[0]; i++)
		pal_log("%u %.*s\n", i, (int)in_size - 1, (const char *)in + 1);
	return 0;
}

static long identity(const void *in, size_t in_size, void *out, size_t out_size)
{
	(void)in, (void)in_size;
	if (out_size < sizeof(struct pal_identity))
		return -1;
	memcpy(out, pal_identity(), sizeof(struct pal_identity));
	return sizeof(struct pal_identity);
}

/* All threads must be here at once for this to end. */
static long meet(const void *in, size_t in_size, void *out, size_t out_size)
{
	(void)in, (void)in_size, (void)out, (void)out_size;
	__atomic_add_fetch(&arrived_count, 1, __ATOMIC_SEQ_CST);
	while (arrived_count < SIM_TEST_THREADS)
		__builtin_ia32_pause();
	return 0;
}

static long loop(const void *in, size_t in_size, void *out, size_t out_size)
{
	(void)in, (void)in_size, (void)out, (void)out_size;
	for (;;)
		__builtin_ia32_pause();
	return 0;
}

__attribute__((noinline)) static void sim_test_innermost(volatile char *where)
{
	*where = 1;
}

__attribute__((noinline)) static void sim_test_middle(volatile char *where)
{
	sim_test_innermost(where);
	__asm__ volatile("" ::: "memory"); /* no tail call */
}

static long fault(const void *in, size_t in_size, void *out, size_t out_size)
{
	(void)in, (void)in_size, (void)out, (void)out_size;
	pal_log("about to fault\n");
	sim_test_middle((volatile char *)0x30000000);
	__asm__ volatile("" ::: "memory");
	return 0;
}

/* getpid(), by either door. */
static long system_call(const void *in, size_t in_size, void *out,
			size_t out_size)
{
	long number = 39;

	(void)in, (void)out, (void)out_size;
	if (in_size)
		__asm__ volatile("int $0x80" : "+a"(number)::"memory");
	else
		__asm__ volatile("syscall"
				 : "+a"(number)::"rcx", "r11", "memory");
	return number;
}

static long sum_data(const void *in, size_t in_size, void *out, size_t out_size)
{
	const unsigned char *data = pal_data();
	uint64_t sum = 0;

	(void)in, (void)in_size;
	if (out_size < sizeof(sum))
		return -1;
	for (size_t i = 0; i < pal_data_size(); i++)
		sum += data[i];
	memcpy(out, &sum, sizeof(sum));
	return sizeof(sum);
}

PAL_ENTRIES([SIM_COUNT] = count, [SIM_REVERSE] = reverse, [SIM_SPEAK] = speak,
	    [SIM_IDENTITY] = identity, [SIM_MEET] = meet, [SIM_LOOP] = loop,
	    [SIM_FAULT] = fault, [SIM_SYSTEM_CALL] = system_call,
	    [SIM_SUM_DATA] = sum_data);
