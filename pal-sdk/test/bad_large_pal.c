/* SPDX-License-Identifier: BSD-2-Clause */
/* Needs more memory than the layout has for an image. */
#include <pal.h>

static char memory[0x38000000];

static long entry(const void *in, size_t in_size, void *out, size_t out_size)
{
	(void)in, (void)out, (void)out_size;
	return memory[in_size]++;
}

PAL_ENTRIES(entry);
