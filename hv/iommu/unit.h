/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One IOMMU of either maker, as its driver and iommu.c know it.
 *
 * Both makers' take commands of 16 bytes from a ring in memory, and can be told
 * to write a number when those before are done.
 */
#ifndef IOMMU_UNIT_H
#define IOMMU_UNIT_H

#include "core/addr.h"

struct unit {
	volatile void *registers;
	uint64_t *commands;		/* a page of its own */
	uint64_t *forgotten;		/* written by the unit */
	uint32_t tail;			/* where the next command goes, bytes */
	uint8_t flags;			/* of struct table_unit */
	uint64_t found[4];		/* registers to restore */
};

static inline volatile uint64_t *unit_at(const struct unit *unit,
					 uint32_t offset)
{
	return (volatile uint64_t *)((volatile char *)unit->registers + offset);
}

/* The unit looks at it when its tail register has been written. */
static inline void unit_add_command(struct unit *unit, uint64_t first,
				    uint64_t second)
{
	uint64_t *command = unit->commands + unit->tail / 8;

	command[0] = first;
	command[1] = second;
	unit->tail = (unit->tail + 16) % PAGE_SIZE;
}

#endif
