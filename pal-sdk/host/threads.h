/* SPDX-License-Identifier: BSD-2-Clause */
/* Which threads of a PAL are free: taken and given back without a lock. */
#ifndef HOST_THREADS_H
#define HOST_THREADS_H

#include "instance.h"

/* What a call has learned while it looks for a thread; zeros at first. */
struct threads_search {
	uint64_t in_use; /* bit i: another PAL's call had thread i */
	unsigned int pause_count;
};

/*
 * Take a free thread; wait while there is none.  Returns its index, or
 * PAL_EBUSY when this very thread of the program is already in a call (a signal
 * handler has interrupted it), so that waiting could be for ever.
 * Each success needs a threads_release() or a threads_put_back().
 */
int threads_take(struct pal *pal, struct threads_search *search);
void threads_release(struct pal *pal, unsigned int thread);

/*
 * Give back a thread that another PAL's call turned out to have.  The search
 * then tries the others, and this one not before a pause.
 */
void threads_put_back(struct pal *pal, unsigned int thread,
		      struct threads_search *search);

#endif /* HOST_THREADS_H */
