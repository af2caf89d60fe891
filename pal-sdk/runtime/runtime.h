/* SPDX-License-Identifier: BSD-2-Clause */
/* Between start.S and the C part of the runtime. */
#ifndef RUNTIME_RUNTIME_H
#define RUNTIME_RUNTIME_H

#include <stdint.h>

/*
 * Do one call: check what the caller stated, copy its input, call the function
 * and copy the output.  Only start.S calls this.
 *
 * entry, in_size, out_size	as the caller stated them: not to be trusted
 * thread			from the hypervisor: below PAL_MAX_THREADS
 * window_size			from the hypervisor, in bytes
 * buffers			2 * pal_arg_size bytes of private memory
 *
 * Returns what the caller gets: bytes of output, the function's error, or
 * PAL_STATUS_*.  On an error the window is as it was.
 */
long runtime_dispatch(uint64_t entry, uint64_t thread, uint64_t in_size,
		      uint64_t out_size, uint64_t window_size,
		      unsigned char *buffers);

/* Where the caller's window lies; a variable so that tests can move it. */
extern unsigned char *const runtime_window;

/* Bytes of it; the same in every call, 0 before the first. */
extern uint64_t runtime_window_size;

#endif /* RUNTIME_RUNTIME_H */
