/* SPDX-License-Identifier: BSD-2-Clause */
/* Between start.S and the C part of the runtime. */
#ifndef RUNTIME_RUNTIME_H
#define RUNTIME_RUNTIME_H

#include <stdint.h>
#include "abi/pal_image.h"

/*
 * Do one call: check what the caller stated, copy its input, call the function
 * and copy the output.  Only start.S calls this.
 *
 * entry, in_size, out_size	as the caller stated them: not to be trusted
 * thread			from the hypervisor: below PAL_MAX_THREADS
 * window_size			from the hypervisor, in bytes
 * buffers			2 * pal_arg_size bytes of private memory
 * is_peer			from the hypervisor: another PAL calls
 *
 * Returns what the caller gets: bytes of output, the function's error, or
 * PAL_STATUS_*.  On an error the window is as it was.
 */
long runtime_dispatch(uint64_t entry, uint64_t thread, uint64_t in_size,
		      uint64_t out_size, uint64_t window_size,
		      unsigned char *buffers, uint64_t is_peer);

/*
 * HC_PAL_CALL_PEER (abi/hypercall.h), in start.S: its status; *result is what
 * the peer returned.  is_simulated: the identity's flag, or 0.
 */
int64_t runtime_call_peer(const struct pal_peer_call *call, int64_t *result,
			  uint32_t is_simulated);

/* Time, in ticks of the time-stamp counter. */
static inline uint64_t runtime_ticks(void)
{
	return __builtin_ia32_rdtsc();
}

/* What each thread's call asked for by pal_pad_time(); 0: nothing. */
extern uint64_t runtime_quanta[PAL_MAX_THREADS];

/* Wait until a whole number of quanta (not 0) has passed since `begin`. */
void runtime_pad(uint64_t begin, uint64_t quantum);

/* Which threads are in a call from another PAL. */
extern unsigned char runtime_is_peer[PAL_MAX_THREADS];

/* Where calls from other PALs have their input and output. */
extern unsigned char *const runtime_peer_area;

/* Where the caller's window lies; a variable so that tests can move it. */
extern unsigned char *const runtime_window;

/* Bytes of it; the same in every call, 0 before the first. */
extern uint64_t runtime_window_size;

#endif /* RUNTIME_RUNTIME_H */
