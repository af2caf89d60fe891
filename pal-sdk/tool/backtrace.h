/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a PAL was when it broke a rule, for people. */
#ifndef TOOL_BACKTRACE_H
#define TOOL_BACKTRACE_H

#include "pal_host.h"

/*
 * Print to standard error where the PAL of the image in file `path` was ended:
 * functions and lines if its ELF file is beside it (and addr2line installed),
 * else offsets.  Prints nothing when it was not ended by a fault of its own.
 */
void backtrace_print(const struct pal *pal, const char *path);

#endif /* TOOL_BACKTRACE_H */
