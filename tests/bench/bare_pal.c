/* SPDX-License-Identifier: BSD-2-Clause */
/* A PAL without the runtime: bare_start.S is all that ever runs. */
#include <pal.h>

PAL_NAME("bench-bare");

static long nothing(const void *in, size_t in_size, void *out, size_t out_size)
{
	(void)in, (void)in_size, (void)out, (void)out_size;
	return 0;
}

PAL_ENTRIES(nothing);
