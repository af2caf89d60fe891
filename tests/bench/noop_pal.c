/* SPDX-License-Identifier: BSD-2-Clause */
/* A PAL that does nothing, so that what is measured is the call. */
#include <pal.h>

PAL_NAME("bench-noop");
PAL_THREADS(4);

static long nothing(const void *in, size_t in_size, void *out, size_t out_size)
{
	(void)in, (void)in_size, (void)out, (void)out_size;
	return 0;
}

static long fill(const void *in, size_t in_size, void *out, size_t out_size)
{
	(void)in, (void)in_size, (void)out;
	return (long)out_size;
}

PAL_ENTRIES(nothing, fill);
