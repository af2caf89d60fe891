/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Takes away what Linux itself has in the way of reading all memory. */
#ifndef EXPOSE_H
#define EXPOSE_H

#include "attack.h"

/* /dev/mem gives out RAM as well, from here on. */
int expose_dev_mem(void);
void expose_end(void);

/* /proc/kcore no longer leaves these pages out, or does so again. */
int expose_offline(const struct attack_offline *offline);

#endif
