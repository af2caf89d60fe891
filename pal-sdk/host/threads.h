/* SPDX-License-Identifier: BSD-2-Clause */
/* Which threads of a PAL are free: taken and given back without a lock. */
#ifndef HOST_THREADS_H
#define HOST_THREADS_H

#include "instance.h"

/*
 * Take a free thread; wait while there is none.  Returns its index, or
 * PAL_EBUSY when this very thread of the program is already in a call (a signal
 * handler has interrupted it), so that waiting could be for ever.
 * Each success needs a threads_release().
 */
int threads_take(struct pal *pal);
void threads_release(struct pal *pal, unsigned int thread);

#endif /* HOST_THREADS_H */
