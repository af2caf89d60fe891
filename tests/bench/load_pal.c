/* SPDX-License-Identifier: BSD-2-Clause */
/* A PAL whose image is 64 KiB, header included. */
#include <pal.h>

PAL_NAME("bench-load");

/* one page of header, one of code, one of constants besides these */
static const volatile unsigned char ballast[13 * 4096] = { 1 };

static long read_ballast(const void *in, size_t in_size, void *out,
			 size_t out_size)
{
	(void)in, (void)in_size, (void)out;
	return out_size ? ballast[out_size % sizeof(ballast)] : 0;
}

PAL_ENTRIES(read_ballast);
