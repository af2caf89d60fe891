/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What must be true of each step of the pool's life, seen from outside: a page
 * of a block is had by a PAL only after every CPU, and the IOMMU, has flushed
 * since the block left the OS; what was ever a PAL's is zero when the OS has
 * the block again.
 */
#ifndef UNIT_HISTORY_H
#define UNIT_HISTORY_H

#include "core/hv.h"

/* Forget all; the machine is as it is. */
void history_begin(struct hv *hv);

/* After one step: prints what was wrong; true if nothing was. */
bool history_is_good(struct hv *hv);

#endif
