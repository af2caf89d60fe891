/* SPDX-License-Identifier: BSD-2-Clause */
#include "iommu/table.h"

#include <stdbool.h>

#include "abi/hypercall.h"
#include "lib/string.h"

#define FIRST_STRUCTURE	48u

struct head {
	char signature[4];
	uint32_t length;
} __attribute__((packed));

struct structure {
	uint16_t kind;		/* AMD: 8 bits, and 8 of flags */
	uint16_t length;
} __attribute__((packed));

static bool is_table(const uint8_t *bytes, size_t size, const char *signature)
{
	uint8_t sum = 0;
	struct head head;
	size_t i;

	if (size < FIRST_STRUCTURE)
		return false;
	memcpy(&head, bytes, sizeof(head));
	if (memcmp(head.signature, signature, 4) || head.length != size)
		return false;
	for (i = 0; i < size; i++)
		sum = (uint8_t)(sum + bytes[i]);
	return sum == 0;
}

/* Returns the new count, or HV_EINVAL. */
static int add(struct table_unit *units, int count,
	       const struct table_unit *unit)
{
	int i;

	for (i = 0; i < count; i++)
		if (units[i].registers == unit->registers)
			return count;
	if (count == (int)TABLE_UNITS_MAX)
		return HV_EINVAL;
	units[count] = *unit;
	return count + 1;
}

int table_units(const void *table, size_t size, const char *signature,
		table_reader read, struct table_unit units[TABLE_UNITS_MAX])
{
	const uint8_t *bytes = table;
	size_t at = FIRST_STRUCTURE;
	int count = 0;

	if (!is_table(bytes, size, signature))
		return HV_EINVAL;
	while (at < size && count >= 0) {
		struct table_unit unit = { 0, 0, 0 };
		struct structure head;
		int found;

		if (size - at < sizeof(head))
			return HV_EINVAL;
		memcpy(&head, bytes + at, sizeof(head));
		if (head.length < sizeof(head) || head.length > size - at)
			return HV_EINVAL;
		found = read(bytes + at, head.length, &unit);
		if (found)
			count = found < 0 ? found : add(units, count, &unit);
		at += head.length;
	}
	return count;
}
