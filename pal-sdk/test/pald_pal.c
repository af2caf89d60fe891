/* SPDX-License-Identifier: BSD-2-Clause */
/* What test_pald.py lets pald serve, entry by entry. */
#include <pal.h>
#include <string.h>

PAL_NAME("pald-test");
PAL_ARG_SIZE(65536);

static unsigned int call_count;

static long reverse(const void *in, size_t in_size, void *out, size_t out_size)
{
	const char *from = in;
	char *to = out;

	if (in_size > out_size)
		return -7;
	for (size_t i = 0; i < in_size; i++)
		to[i] = from[in_size - 1 - i];
	return (long)in_size;
}

static long count(const void *in, size_t in_size, void *out, size_t out_size)
{
	(void)in, (void)in_size;
	if (out_size < sizeof(call_count))
		return -7;
	call_count++;
	memcpy(out, &call_count, sizeof(call_count));
	return sizeof(call_count);
}

static long loop(const void *in, size_t in_size, void *out, size_t out_size)
{
	(void)in, (void)in_size, (void)out, (void)out_size;
	for (;;)
		__builtin_ia32_pause();
	return 0;
}

static long fault(const void *in, size_t in_size, void *out, size_t out_size)
{
	(void)in, (void)in_size, (void)out, (void)out_size;
	*(volatile char *)0x30000000 = 1;
	return 0;
}

PAL_ENTRIES(reverse, count, loop, fault);
