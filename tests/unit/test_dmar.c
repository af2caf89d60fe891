/* SPDX-License-Identifier: BSD-2-Clause */
/* What DMAR has of its own; test_ivrs tests what both tables share. */
#include "iommu/dmar.h"

#include <string.h>

#include "abi/hypercall.h"
#include "test.h"

#define UNIT_AT		48u
#define UNIT_SIZE	16u

static uint8_t table[256];
static size_t size;

/* Length and checksum as they have to be. */
static void finish(void)
{
	uint8_t sum = 0;
	size_t i;

	table[4] = (uint8_t)size;
	table[9] = 0;
	for (i = 0; i < size; i++)
		sum = (uint8_t)(sum + table[i]);
	table[9] = (uint8_t)-sum;
}

static void add(uint8_t kind, uint8_t length, uint8_t pages, uint32_t registers)
{
	table[size] = kind;
	table[size + 2] = length;
	table[size + 5] = pages;
	memcpy(table + size + 8, &registers, 4);
	size += length;
	finish();
}

/* As QEMU 7.2 makes it: one unit, behind it the I/O APIC. */
static void setup(void)
{
	memset(table, 0, sizeof(table));
	memcpy(table, "DMAR", 4);
	table[36] = 47;			/* bits of an address, less one */
	size = UNIT_AT;
	add(0, 24, 0, 0xfed90000);
}

static int units(struct table_unit found[TABLE_UNITS_MAX])
{
	return dmar_units(table, size, found);
}

static void the_emulators_unit_is_found(void)
{
	struct table_unit found[TABLE_UNITS_MAX];

	setup();
	CHECK_EQ(units(found), 1);
	CHECK_EQ(found[0].registers, 0xfed90000);
	CHECK_EQ(found[0].size, 0x1000);
}

static void newer_units_say_how_large_they_are(void)
{
	struct table_unit found[TABLE_UNITS_MAX];

	setup();
	add(0, 16, 0xf2, 0xfea00000);
	CHECK_EQ(units(found), 2);
	CHECK_EQ(found[1].registers, 0xfea00000);
	CHECK_EQ(found[1].size, 0x4000);
}

static void what_is_not_a_unit_is_passed_over(void)
{
	struct table_unit found[TABLE_UNITS_MAX];

	setup();
	add(1, 24, 0, 0xfea00000);	/* memory that devices need */
	add(2, 8, 0, 0);		/* ports with caches */
	table[size - 7] = 1;		/* kind 0x100 */
	add(0, 16, 0, 0xfeb00000);
	table[UNIT_AT + 24 + 24 + 8 + 1] = 1;
	finish();
	CHECK_EQ(units(found), 1);
}

static void a_unit_that_is_too_short_is_refused(void)
{
	struct table_unit found[TABLE_UNITS_MAX];

	setup();
	size = UNIT_AT;
	add(0, UNIT_SIZE - 1, 0, 0xfed90000);
	CHECK_EQ(units(found), HV_EINVAL);
}

static void amds_table_is_refused(void)
{
	struct table_unit found[TABLE_UNITS_MAX];

	setup();
	memcpy(table, "IVRS", 4);
	finish();
	CHECK_EQ(units(found), HV_EINVAL);
}

TESTS(
	RUN(the_emulators_unit_is_found);
	RUN(newer_units_say_how_large_they_are);
	RUN(what_is_not_a_unit_is_passed_over);
	RUN(a_unit_that_is_too_short_is_refused);
	RUN(amds_table_is_refused);
)
