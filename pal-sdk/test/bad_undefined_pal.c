/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls what no PAL has. */
#include <pal.h>

int open_file(const char *path);

static long entry(const void *in, size_t in_size, void *out, size_t out_size)
{
	(void)in_size, (void)out, (void)out_size;
	return open_file(in);
}

PAL_ENTRIES(entry);
