/* SPDX-License-Identifier: BSD-2-Clause */
/* Wants to run before anybody calls it. */
#include <pal.h>

static int early;

__attribute__((constructor)) static void construct(void)
{
	early = 1;
}

static long entry(const void *in, size_t in_size, void *out, size_t out_size)
{
	(void)in, (void)in_size, (void)out, (void)out_size;
	return -early;
}

PAL_ENTRIES(entry);
