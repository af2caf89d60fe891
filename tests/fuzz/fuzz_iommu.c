/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ACPI's tables of IOMMUs, AMD's and Intel's.  Input: the bytes of either,
 * whose signature, length and checksum are set right, for else nothing would
 * ever be looked at.
 */
#include <stdlib.h>
#include <string.h>
#include "abi/hypercall.h"
#include "fuzz.h"
#include "iommu/dmar.h"
#include "iommu/ivrs.h"

static void mend(uint8_t *bytes, size_t size, const char *signature)
{
	uint32_t length = (uint32_t)size;
	uint8_t sum = 0;

	memcpy(bytes, signature, 4);
	memcpy(bytes + 4, &length, sizeof(length));
	for (size_t i = 0; i < size; i++)
		sum = (uint8_t)(sum + bytes[i]);
	bytes[9] = (uint8_t)(bytes[9] - sum);
}

static void check(const struct table_unit *units, int count)
{
	REQUIRE(count == HV_EINVAL ||
		(count >= 0 && count <= (int)TABLE_UNITS_MAX));
	for (int i = 0; i < count; i++) {
		REQUIRE(units[i].size >= 0x1000);
		for (int j = 0; j < i; j++)
			REQUIRE(units[i].registers != units[j].registers);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct table_unit units[TABLE_UNITS_MAX];
	uint8_t *copy;

	if (size < 48) {
		REQUIRE(ivrs_units(bytes, size, units) == HV_EINVAL);
		return 0;
	}
	copy = malloc(size);
	REQUIRE(copy);
	memcpy(copy, bytes, size);
	mend(copy, size, "IVRS");
	REQUIRE(dmar_units(copy, size, units) == HV_EINVAL);
	check(units, ivrs_units(copy, size, units));
	mend(copy, size, "DMAR");
	check(units, dmar_units(copy, size, units));
	free(copy);
	return 0;
}
