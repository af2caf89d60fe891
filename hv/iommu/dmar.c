/* SPDX-License-Identifier: BSD-2-Clause */
#include "iommu/dmar.h"

#include "abi/hypercall.h"
#include "lib/string.h"

#define KIND_UNIT	0
#define PAGE		0x1000u
#define SIZE_MASK	0xfu

struct unit_structure {
	uint16_t kind, length;
	uint8_t flags;
	uint8_t size;		/* 3:0: pages, as a power of 2 */
	uint16_t segment;
	uint64_t registers;
} __attribute__((packed));

_Static_assert(sizeof(struct unit_structure) == 16, "D51397, 8.3");

static int read_structure(const uint8_t *bytes, unsigned int length,
			  struct table_unit *unit)
{
	struct unit_structure structure;

	memcpy(&structure.kind, bytes, sizeof(structure.kind));
	if (structure.kind != KIND_UNIT)
		return 0;
	if (length < sizeof(structure))
		return HV_EINVAL;
	memcpy(&structure, bytes, sizeof(structure));
	*unit = (struct table_unit){ structure.registers,
				     PAGE << (structure.size & SIZE_MASK), 0 };
	return 1;
}

int dmar_units(const void *table, size_t size,
	       struct table_unit units[TABLE_UNITS_MAX])
{
	return table_units(table, size, "DMAR", read_structure, units);
}
