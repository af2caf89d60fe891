/* SPDX-License-Identifier: BSD-2-Clause */
/* A total that lives from call to call, with calls on several CPUs at once. */
#include <pal.h>
#include <stdatomic.h>
#include "counter.h"

PAL_NAME("counter");
PAL_THREADS(COUNTER_THREADS);
PAL_FUNCTIONS(COUNTER_FUNCTIONS);

static atomic_uint_fast64_t total; /* all threads */
static uint64_t calls[COUNTER_THREADS]; /* each its own */

int counter_add(const struct counter_amount *request)
{
	atomic_fetch_add(&total, request->amount);
	calls[pal_thread_index()]++;
	return 0;
}

int counter_read(struct counter_state *reply)
{
	reply->total = atomic_load(&total);
	for (int i = 0; i < COUNTER_THREADS; i++)
		reply->calls[i] = calls[i];
	return 0;
}
