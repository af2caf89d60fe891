/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Padding: a call's result is there only at a whole number of quanta after the
 * call's beginning.
 *
 * The PAL waits where it is, so nobody outside can tell its waiting from its
 * working; interrupts are served and Linux runs meanwhile, as always.  The
 * clock is the CPU's own: what the OS writes to it changes only what the OS
 * reads (hv/core/access.c).
 */
#include "pal.h"
#include "runtime.h"

uint64_t runtime_quanta[PAL_MAX_THREADS];

void pal_pad_time(uint64_t quantum)
{
	runtime_quanta[pal_thread_index()] = quantum;
}

void runtime_pad(uint64_t begin, uint64_t quantum)
{
	/* Also what takes no time takes one. */
	uint64_t count = (runtime_ticks() - begin) / quantum + 1;

	while (runtime_ticks() - begin < count * quantum)
		__builtin_ia32_pause();
}
