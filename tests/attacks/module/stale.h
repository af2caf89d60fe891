/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Two CPUs race for a block: see attack.h. */
#ifndef STALE_H
#define STALE_H

#include "attack.h"

int stale_reader(struct attack_stale *stale);
int stale_giver(struct attack_stale *stale);

#endif
