/* SPDX-License-Identifier: BSD-2-Clause */
#include "iommu/ivrs.h"

#include "abi/hypercall.h"
#include "lib/string.h"

/* All registers but those of performance counters. */
#define REGISTERS_SIZE	0x4000u

/* The same unit may be described in up to three of these; newer is longer. */
#define BLOCK_UNIT		0x10
#define BLOCK_UNIT_EXTENDED	0x11
#define BLOCK_UNIT_NAMES	0x40

struct unit_block {
	uint8_t kind, flags;
	uint16_t length, device, capability;
	uint64_t registers;
	uint16_t segment, information;
	uint32_t features;
} __attribute__((packed));

_Static_assert(sizeof(struct unit_block) == 24, "48882, 5.2.2");

static int read_block(const uint8_t *bytes, unsigned int length,
		      struct table_unit *unit)
{
	struct unit_block block;

	if (bytes[0] != BLOCK_UNIT && bytes[0] != BLOCK_UNIT_EXTENDED &&
	    bytes[0] != BLOCK_UNIT_NAMES)
		return 0;
	if (length < sizeof(block))
		return HV_EINVAL;
	memcpy(&block, bytes, sizeof(block));
	*unit = (struct table_unit){ block.registers, REGISTERS_SIZE,
				     block.flags };
	return 1;
}

int ivrs_units(const void *table, size_t size,
	       struct table_unit units[TABLE_UNITS_MAX])
{
	return table_units(table, size, "IVRS", read_block, units);
}
