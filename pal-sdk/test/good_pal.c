/* SPDX-License-Identifier: BSD-2-Clause */
/* A PAL with nothing wrong, which test_pack.c then damages. */
#include <pal.h>
#include <string.h>

PAL_NAME("good");
PAL_THREADS(3);
PAL_ARG_SIZE(8192);
PAL_STACK_SIZE(5000);
PAL_HEAP_SIZE(10000);
PAL_SECURITY_VERSION(7);
PAL_DEBUG;

static unsigned char state[100] = {1};

static long entry(const void *in, size_t in_size, void *out, size_t out_size)
{
	(void)out_size;
	memcpy(state, in, in_size < sizeof(state) ? in_size : sizeof(state));
	memcpy(out, state, sizeof(state));
	return sizeof(state);
}

PAL_ENTRIES(entry);
