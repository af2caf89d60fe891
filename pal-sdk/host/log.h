/* SPDX-License-Identifier: BSD-2-Clause */
/* The text that a debug PAL leaves with pal_log(). */
#ifndef HOST_LOG_H
#define HOST_LOG_H

#include "instance.h"

/* Of a PAL with logs only: before and after a call of that thread. */
void log_empty(const struct pal *pal, unsigned int thread);
void log_print(const struct pal *pal, unsigned int thread);

#endif /* HOST_LOG_H */
