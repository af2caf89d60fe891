/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Physical memory: what there is, what is taken, and what the OS is told.
 *
 * The map is the firmware's, sorted and without overlaps; where its parts
 * contradict each other, the one that is not RAM wins.  Places are taken from
 * it by writing them down; only the hypervisor's is kept from the OS.
 */
#ifndef GRUB_MEMORY_H
#define GRUB_MEMORY_H

#include <stdbool.h>

#include "abi/launch.h"
#include "info.h"

#define MEMORY_TAKEN_MAX	256

struct memory {
	struct info_range ranges[INFO_RANGES_MAX];
	uint32_t range_count;
	struct info_range taken[MEMORY_TAKEN_MAX];	/* kind is not used */
	uint32_t taken_count;
};

/* Begin with the firmware's map; fails the machine if it does not fit. */
void memory_init(struct memory *memory, const struct info *info);

/* Nothing shall be placed there any more. */
void memory_take(struct memory *memory, uint64_t base, uint64_t size);

/*
 * Find RAM that nobody has taken, from `low` to `high` (exclusive), as high as
 * possible, and take it.  align is a power of two.  Returns its address, or 0.
 */
uint64_t memory_place(struct memory *memory, uint64_t size, uint64_t align,
		      uint64_t low, uint64_t high);

/* Is all of it RAM, whoever has it, and the OS's? */
bool memory_is_ram(const struct memory *memory, uint64_t base, uint64_t size);

/* Can all of it be had at just this address?  Then take it. */
bool memory_place_at(struct memory *memory, uint64_t base, uint64_t size);

/* From now on the map calls this part of RAM reserved. */
void memory_reserve(struct memory *memory, uint64_t base, uint64_t size);

/* All RAM of the OS, the hypervisor's not yet taken out. */
void memory_tell(const struct memory *memory, struct hv_launch *launch);

#endif
