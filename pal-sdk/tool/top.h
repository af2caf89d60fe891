/* SPDX-License-Identifier: BSD-2-Clause */
/* One screen of `pal top`. */
#ifndef TOOL_TOP_H
#define TOOL_TOP_H

#include "status.h"

/*
 * Print, to standard output, what happened between two looks at the hypervisor
 * that lie `seconds` apart, in at most row_limit lines: a line for the
 * hypervisor and its memory, a table of exits by CPU, the PALs with the busiest
 * first.  What is counted only since `before` began counts from zero.
 */
void top_print(const struct status *before, const struct status *now,
	       double seconds, unsigned int row_limit);

/*
 * The same as one line of JSON: what `pal status --json` has of `now`, and how
 * long the look was and the rates in it, in the order of CPUs and PALs there:
 * "seconds":2.0,"per_second":{"cpus":[{"cpuid":0.5,...}],"pal_calls":[1.5]}
 */
void top_print_json(const struct status *before, const struct status *now,
		    double seconds);

#endif /* TOOL_TOP_H */
