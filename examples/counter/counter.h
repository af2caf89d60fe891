/* SPDX-License-Identifier: BSD-2-Clause */
/* What the program and its PAL agree on. */
#ifndef COUNTER_H
#define COUNTER_H

#include <pal_struct.h>

#define COUNTER_THREADS 4

PAL_STRUCT(counter_amount, PAL_FIELD(uint64_t, amount));
PAL_STRUCT(counter_state, PAL_FIELD(uint64_t, total)
				  PAL_ARRAY(uint64_t, calls, COUNTER_THREADS));

/* Add to the total; what it is now, and how many calls each thread had. */
#define COUNTER_FUNCTIONS(F)                                                   \
	F(counter_add, STRUCT(counter_amount), NONE)                           \
	F(counter_read, NONE, STRUCT(counter_state))

#endif
