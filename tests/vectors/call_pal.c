/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The PAL behind the hypervisor.  Its image is the file that the environment
 * variable VECTORS_PAL names, by default vectors.pal in the working directory.
 */
#include <stdio.h>
#include <stdlib.h>
#include "call.h"
#include "pal_host.h"

static struct pal *pal;

int call_open(void)
{
	const char *path = getenv("VECTORS_PAL");

	if (pal_open(path ? path : "vectors.pal", &pal) < 0) {
		fprintf(stderr, "run_vectors: %s\n", pal_error_text());
		return -1;
	}
	return 0;
}

void call_close(void)
{
	pal_close(pal);
}

int call(const void *in, size_t in_size, void *out, size_t out_capacity,
	 size_t *out_size)
{
	size_t limit = pal_arg_size(pal);

	if (out_capacity > limit)
		out_capacity = limit;
	return pal_call(pal, 0, in, in_size, out, out_capacity, out_size);
}
