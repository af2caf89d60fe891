/* SPDX-License-Identifier: BSD-2-Clause */
#include "iommu/ivrs.h"

#include <string.h>

#include "abi/hypercall.h"
#include "test.h"

/* As QEMU 7.2 makes it: one unit, for all devices and the I/O APIC. */
static const uint8_t one_unit[] = {
	'I', 'V', 'R', 'S', 0x5c, 0, 0, 0, 1, 0, 'B', 'O', 'C', 'H', 'S', ' ',
	'B', 'X', 'P', 'C', ' ', ' ', ' ', ' ', 1, 0, 0, 0, 'B', 'X', 'P', 'C',
	1, 0, 0, 0, 0x00, 0x28, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
	0x10, 0xb1, 0x2c, 0, 0x10, 0, 0x40, 0, 0, 0, 0xd8, 0xfe, 0, 0, 0, 0,
	0, 0, 0, 0, 0x44, 0, 0, 0, 1, 0, 0, 0, 0x48, 0, 0, 0, 0, 0xa0, 0, 2,
	0x48, 0, 0, 0, 0, 0xa0, 0, 1,
};

static uint8_t table[4096];
static size_t size;

static void put(size_t at, const void *bytes, size_t count)
{
	memcpy(table + at, bytes, count);
}

/* Length and checksum as they have to be. */
static void finish(void)
{
	uint32_t length = (uint32_t)size;
	uint8_t sum = 0;
	size_t i;

	put(4, &length, 4);
	table[9] = 0;
	for (i = 0; i < size; i++)
		sum = (uint8_t)(sum + table[i]);
	table[9] = (uint8_t)-sum;
}

static void setup(void)
{
	memset(table, 0, sizeof(table));
	memcpy(table, one_unit, sizeof(one_unit));
	size = sizeof(one_unit);
	finish();
}

static void add_block(uint8_t kind, uint16_t length, uint64_t registers)
{
	const uint8_t head[4] = { kind, 0, (uint8_t)length,
				  (uint8_t)(length >> 8) };

	put(size, head, 4);
	put(size + 8, &registers, 8);
	size += length;
	finish();
}

static int units(struct table_unit found[TABLE_UNITS_MAX])
{
	return ivrs_units(table, size, found);
}

static void the_emulators_unit_is_found(void)
{
	struct table_unit found[TABLE_UNITS_MAX];

	setup();
	CHECK_EQ(units(found), 1);
	CHECK_EQ(found[0].registers, 0xfed80000);
	CHECK_EQ(found[0].flags, 0xb1);
	CHECK_EQ(found[0].size, 0x4000);
}

static void a_unit_that_is_described_thrice_is_one(void)
{
	struct table_unit found[TABLE_UNITS_MAX];

	setup();
	add_block(0x11, 40, 0xfed80000);
	add_block(0x40, 64, 0xfed80000);
	add_block(0x11, 40, 0xfea00000);
	add_block(0x20, 32, 0xfeb00000);	/* memory: not a unit */
	CHECK_EQ(units(found), 2);
	CHECK_EQ(found[1].registers, 0xfea00000);
}

static void more_units_than_there_is_room_for_are_refused(void)
{
	struct table_unit found[TABLE_UNITS_MAX];
	unsigned int i;

	setup();
	for (i = 1; i < TABLE_UNITS_MAX; i++)
		add_block(0x10, 24, i << 20);
	CHECK_EQ(units(found), (int)TABLE_UNITS_MAX);
	add_block(0x10, 24, 0xff00000);
	CHECK_EQ(units(found), HV_EINVAL);
}

static void a_table_without_units_has_none(void)
{
	struct table_unit found[TABLE_UNITS_MAX];

	setup();
	size = 48;
	finish();
	CHECK_EQ(units(found), 0);
}

static void a_wrong_head_is_refused(void)
{
	struct table_unit found[TABLE_UNITS_MAX];

	setup();
	table[0] = 'X';
	table[9] = (uint8_t)(table[9] - ('X' - 'I'));
	CHECK_EQ(units(found), HV_EINVAL);
	setup();
	table[9]++;				/* the checksum */
	CHECK_EQ(units(found), HV_EINVAL);
	setup();
	size--;					/* not the length it says */
	CHECK_EQ(units(found), HV_EINVAL);
	CHECK_EQ(ivrs_units(table, 47, found), HV_EINVAL);
	CHECK_EQ(ivrs_units(table, 0, found), HV_EINVAL);
}

static void sizes_that_do_not_fit_are_refused(void)
{
	static const uint16_t lengths[] = { 0, 3, 23, 0x2d, 0xffff };
	struct table_unit found[TABLE_UNITS_MAX];
	unsigned int i;

	for (i = 0; i < COUNT_OF(lengths); i++) {
		setup();
		put(50, &lengths[i], 2);
		finish();
		CHECK_EQ(units(found), HV_EINVAL);
	}
	setup();
	size += 3;				/* half a block's head */
	finish();
	CHECK_EQ(units(found), HV_EINVAL);
}

TESTS(
	RUN(the_emulators_unit_is_found);
	RUN(a_unit_that_is_described_thrice_is_one);
	RUN(more_units_than_there_is_room_for_are_refused);
	RUN(a_table_without_units_has_none);
	RUN(a_wrong_head_is_refused);
	RUN(sizes_that_do_not_fit_are_refused);
)
