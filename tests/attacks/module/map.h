/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* The ways (enum attack_way) to a physical address. */
#ifndef MAP_H
#define MAP_H

#include <linux/types.h>

/* Returns where `count` pages from `base` on are mapped, or NULL. */
void *map_pages(unsigned int way, u64 base, unsigned int count);
void unmap_pages(unsigned int way, void *at);

#endif
