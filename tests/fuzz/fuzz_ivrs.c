/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ACPI's table of AMD IOMMUs.  Input: its bytes, whose length and checksum are
 * set right, for else nothing would ever be looked at.
 */
#include <stdlib.h>
#include <string.h>
#include "abi/hypercall.h"
#include "fuzz.h"
#include "iommu/ivrs.h"

static void mend(uint8_t *bytes, size_t size)
{
	uint32_t length = (uint32_t)size;
	uint8_t sum = 0;

	memcpy(bytes, "IVRS", 4);
	memcpy(bytes + 4, &length, sizeof(length));
	for (size_t i = 0; i < size; i++)
		sum = (uint8_t)(sum + bytes[i]);
	bytes[9] = (uint8_t)(bytes[9] - sum);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct ivrs_unit units[IVRS_UNITS_MAX];
	uint8_t *copy;
	int count;

	REQUIRE(size >= 48 || ivrs_units(bytes, size, units) == HV_EINVAL);
	if (size < 48)
		return 0;
	copy = malloc(size);
	REQUIRE(copy);
	memcpy(copy, bytes, size);
	mend(copy, size);
	count = ivrs_units(copy, size, units);
	REQUIRE(count == HV_EINVAL ||
		(count >= 0 && count <= (int)IVRS_UNITS_MAX));
	for (int i = 0; i < count; i++)
		for (int j = 0; j < i; j++)
			REQUIRE(units[i].registers != units[j].registers);
	free(copy);
	return 0;
}
