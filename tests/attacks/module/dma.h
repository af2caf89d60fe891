/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Memory as a device reaches it: see attack.h. */
#ifndef DMA_H
#define DMA_H

#include "attack.h"

int dma_copy(struct attack_dma *dma);

#endif
