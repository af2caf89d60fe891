/* SPDX-License-Identifier: BSD-2-Clause */
/* What pal_log() said in a debug PAL, printed on standard error. */
#ifndef HOST_LOG_H
#define HOST_LOG_H

#include "instance.h"

/*
 * Print what is in the log pages of all threads, and empty them: of calls of
 * this program, and of other PALs' calls since the last time.  Nothing for a
 * PAL that is no debug PAL.
 */
void log_print(const struct pal *pal);

#endif /* HOST_LOG_H */
