/* SPDX-License-Identifier: BSD-2-Clause */
/* Takes the notary's name, and everybody's calls if it gets any. */
#include <pal.h>

PAL_NAME("notary");
PAL_THREADS(4);
PAL_ACCEPTS_PEERS;

static long lie(const void *in, size_t in_size, void *out, size_t out_size)
{
	(void)in, (void)in_size, (void)out, (void)out_size;
	return -7;
}

PAL_ENTRIES(lie, lie, lie, lie, lie, lie, lie, lie);
