/* SPDX-License-Identifier: BSD-2-Clause */
/* The functions of noop_pal.c. */
#ifndef BENCH_NOOP_H
#define BENCH_NOOP_H

#define NOOP_NOTHING	0
#define NOOP_FILL	1	/* gives out as much as there is room for */

#endif
