/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Memory of Linux that attacks may give away or spoil. */
#ifndef BLOCK_H
#define BLOCK_H

#include "attack.h"

int block_allocate(struct attack_block *block);

/* All of them that can still be read; the others are not Linux's any more. */
void block_free_all(void);

#endif
