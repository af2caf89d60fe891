/* SPDX-License-Identifier: BSD-2-Clause */
/* The entries of the PALs "worker" and "many". */
#ifndef PALS_WORKER_H
#define PALS_WORKER_H

#include <stdint.h>

/* One number in, one out, unless it says otherwise. */
enum {
	WORKER_ADD_ONE,
	WORKER_LOOP, /* never ends */
	WORKER_SPIN, /* that many steps of worker_step(); the last value */
	WORKER_SPIN_BRIEFLY, /* no number: WORKER_BRIEF_STEPS of them */
	WORKER_SSE, /* that many steps of worker_sse_step(), as bits */
	WORKER_COUNT, /* add to a counter that all threads share; the sum */
	WORKER_COUNTER, /* the counter; sets it to the number */
	WORKER_THREAD, /* the thread's index */
	WORKER_ECHO, /* gives back what came in */
	WORKER_FAULT, /* ends the PAL */
	WORKER_WRITE_WINDOW, /* writes all of the window, for ever */
	WORKER_PAD, /* ends after one quantum of that many ticks */
	WORKER_TICKS, /* no number: the PAL's time-stamp counter */
};

#define WORKER_BRIEF_STEPS 20000

static inline uint64_t worker_step(uint64_t value)
{
	return value * 6364136223846793005u + 1442695040888963407u;
}

static inline double worker_sse_step(double value)
{
	return value * 1.0000001 + 0.25 / value;
}

#endif /* PALS_WORKER_H */
