/* SPDX-License-Identifier: BSD-2-Clause */
/* Has a variable for each thread, which needs a loader. */
#include <pal.h>

static _Thread_local int count = 1;

static long entry(const void *in, size_t in_size, void *out, size_t out_size)
{
	(void)in, (void)in_size, (void)out, (void)out_size;
	return -++count;
}

PAL_ENTRIES(entry);
