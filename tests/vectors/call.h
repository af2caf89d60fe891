/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How the driver reaches the PAL: as a plain function (call_direct.c, on the
 * host) or through the hypervisor (call_pal.c, in the guest).
 */
#ifndef CALL_H
#define CALL_H

#include <stddef.h>

/* Once, before the first call.  Returns 0, or prints why not and returns -1. */
int call_open(void);
void call_close(void);

/*
 * Run one request.  Returns 0 and the output's size, or the PAL's error.
 */
int call(const void *in, size_t in_size, void *out, size_t out_capacity,
	 size_t *out_size);

#endif
