/* SPDX-License-Identifier: BSD-2-Clause */
#include "iommu/ivrs.h"

#include <stdbool.h>

#include "abi/hypercall.h"
#include "lib/string.h"

#define FIRST_BLOCK	48u

/* The same unit may be described in up to three of these; newer is longer. */
#define BLOCK_UNIT		0x10
#define BLOCK_UNIT_EXTENDED	0x11
#define BLOCK_UNIT_NAMES	0x40

struct table {
	char signature[4];
	uint32_t length;
} __attribute__((packed));

struct block {
	uint8_t kind, flags;
	uint16_t length;
} __attribute__((packed));

struct unit_block {
	struct block block;
	uint16_t device, capability;
	uint64_t registers;
	uint16_t segment, information;
	uint32_t features;
} __attribute__((packed));

_Static_assert(sizeof(struct unit_block) == 24, "48882, 5.2.2");

static bool is_table(const uint8_t *bytes, size_t size)
{
	uint8_t sum = 0;
	struct table table;
	size_t i;

	if (size < FIRST_BLOCK)
		return false;
	memcpy(&table, bytes, sizeof(table));
	if (memcmp(table.signature, "IVRS", 4) || table.length != size)
		return false;
	for (i = 0; i < size; i++)
		sum = (uint8_t)(sum + bytes[i]);
	return sum == 0;
}

static bool is_unit(const struct block *block)
{
	return block->kind == BLOCK_UNIT ||
	       block->kind == BLOCK_UNIT_EXTENDED ||
	       block->kind == BLOCK_UNIT_NAMES;
}

/* Returns the new count, or HV_EINVAL. */
static int add(struct ivrs_unit *units, int count,
	       const struct unit_block *block)
{
	int i;

	for (i = 0; i < count; i++)
		if (units[i].registers == block->registers)
			return count;
	if (count == (int)IVRS_UNITS_MAX)
		return HV_EINVAL;
	units[count].registers = block->registers;
	units[count].flags = block->block.flags;
	return count + 1;
}

int ivrs_units(const void *table, size_t size,
	       struct ivrs_unit units[IVRS_UNITS_MAX])
{
	const uint8_t *bytes = table;
	size_t at = FIRST_BLOCK;
	int count = 0;

	if (!is_table(bytes, size))
		return HV_EINVAL;
	while (at < size && count >= 0) {
		struct unit_block unit;
		struct block block;

		if (size - at < sizeof(block))
			return HV_EINVAL;
		memcpy(&block, bytes + at, sizeof(block));
		if (block.length < sizeof(block) || block.length > size - at)
			return HV_EINVAL;
		if (is_unit(&block)) {
			if (block.length < sizeof(unit))
				return HV_EINVAL;
			memcpy(&unit, bytes + at, sizeof(unit));
			count = add(units, count, &unit);
		}
		at += block.length;
	}
	return count;
}
