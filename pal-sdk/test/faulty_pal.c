/* SPDX-License-Identifier: BSD-2-Clause */
/* Breaks a rule, by entry number: for the texts that people then see. */
#include <pal.h>
#include <stdlib.h>
#include <string.h>

PAL_DEBUG;

static volatile unsigned int zero;

static long wild_write(const void *in, size_t in_size, void *out,
		       size_t out_size)
{
	(void)in, (void)in_size, (void)out, (void)out_size;
	*(volatile unsigned char *)0x30000000 = 1;
	return 0;
}

static long divide(const void *in, size_t in_size, void *out, size_t out_size)
{
	(void)in, (void)in_size, (void)out, (void)out_size;
	return (long)(100 / zero);
}

static long give_up(const void *in, size_t in_size, void *out, size_t out_size)
{
	(void)in, (void)in_size, (void)out, (void)out_size;
	abort();
}

static long overrun_output(const void *in, size_t in_size, void *out,
			   size_t out_size)
{
	(void)in, (void)in_size, (void)out_size;
	memset(out, 0x41, pal_arg_size + 1);
	return 0;
}

static long own_error(const void *in, size_t in_size, void *out,
		      size_t out_size)
{
	(void)in, (void)in_size, (void)out, (void)out_size;
	return -5;
}

static long use_heap(const void *in, size_t in_size, void *out, size_t out_size)
{
	char *copy = malloc(in_size);

	if (!copy || in_size > out_size)
		return -1;
	memcpy(copy, in, in_size);
	memcpy(out, copy, in_size);
	free(copy);
	return (long)in_size;
}

static long randomness(const void *in, size_t in_size, void *out,
		       size_t out_size)
{
	(void)in, (void)in_size;
	return pal_random(out, out_size) ? -1 : (long)out_size;
}

PAL_ENTRIES(wild_write, divide, give_up, overrun_output, own_error, use_heap,
	    randomness);
