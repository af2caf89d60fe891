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

#endif /* TOOL_TOP_H */
