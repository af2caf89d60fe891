/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hv/iommu/ over registers that are memory here: two IOMMUs, that do what they
 * are told when a test lets them.
 */
#include <string.h>

#include "core/iommu.h"
#include "fake_platform.h"
#include "svm/svm.h"
#include "test.h"
#include "x86/paging.h"

#define UNITS		2u
#define REGISTERS(i)	(0xfea00000u + (i) * 0x100000u)
#define TABLE		(32 * MIB)

#define DEVICE_TABLE	0x0000u
#define COMMAND_BASE	0x0008u
#define CONTROL		0x0018u
#define EXCLUSION	0x0020u
#define FEATURES	0x0030u
#define COMMAND_TAIL	0x2008u
#define STATUS		0x2020u
#define GOOD_FEATURES	0x840u		/* forget all; 6 levels */

struct unit_block {
	uint8_t kind, flags;
	uint16_t length, device, capability;
	uint64_t registers, rest;
} __attribute__((packed));

static struct {
	char signature[4];
	uint32_t length;
	uint8_t revision, checksum, more[38];
	struct unit_block units[UNITS];
} __attribute__((packed)) ivrs;

static uint64_t registers[UNITS][0x4000 / 8];
static uint32_t heads[UNITS];
static unsigned int pauses;
static bool has_no_tables;
static struct hv hv;
static struct hv_launch launch;

/* x86/paging.h, whose registers these are. */
volatile void *paging_map_iommu(struct hv *of, unsigned int index, hpa_t at)
{
	(void)of;
	CHECK_EQ(at.v, REGISTERS(index));
	return has_no_tables ? NULL : registers[index];
}

int paging_map_block(struct hv *of, hpa_t block)
{
	(void)of;
	CHECK_EQ(block.v, TABLE);
	return HV_OK;
}

static uint64_t *reg(unsigned int unit, uint32_t offset)
{
	return &registers[unit][offset / 8];
}

static void count_pause(void)
{
	if (++pauses == 3)
		*reg(0, STATUS) = *reg(1, STATUS) = 0;
}

static void describe(void)
{
	uint8_t sum = 0;
	unsigned int i;

	memset(&ivrs, 0, sizeof(ivrs));
	memcpy(ivrs.signature, "IVRS", 4);
	ivrs.length = sizeof(ivrs);
	for (i = 0; i < UNITS; i++) {
		ivrs.units[i].kind = 0x10;
		ivrs.units[i].flags = i ? 0xff : 0;
		ivrs.units[i].length = sizeof(struct unit_block);
		ivrs.units[i].registers = REGISTERS(i);
	}
	for (i = 0; i < sizeof(ivrs); i++)
		sum = (uint8_t)(sum + ((uint8_t *)&ivrs)[i]);
	ivrs.checksum = (uint8_t)-sum;
}

/* The state of hv/iommu/ stays from test to test: each ends with it off. */
static void make_hv(unsigned int page_count)
{
	unsigned int i;

	fake_memory_reset(&launch);
	memset(&hv, 0, sizeof(hv));
	for (i = 0; i < page_count; i++)
		pages_put(&hv.pages, fake_ram(FAKE_HV_BASE + i * PAGE_SIZE));
	CHECK_EQ(npt_init(&hv.os_npt, &svm_npt_amd_vi_format, 4, &hv.pages),
		 HV_OK);
	launch.iommu_table = (uint64_t)&ivrs;
	launch.iommu_table_size = sizeof(ivrs);
	launch.device_table = TABLE;
}

static void reset_units(void)
{
	unsigned int i;

	memset(registers, 0, sizeof(registers));
	memset(heads, 0, sizeof(heads));
	for (i = 0; i < UNITS; i++) {
		*reg(i, FEATURES) = GOOD_FEATURES;
		*reg(i, DEVICE_TABLE) = 0x77000;
		*reg(i, EXCLUSION) = 0x88001;
	}
}

/* Do what unit `i` was asked to: 48882, 2.4. */
static void obey(unsigned int i)
{
	uint64_t base = *reg(i, COMMAND_BASE) & UINT64_C(0xffffffffff000);

	while (heads[i] != *reg(i, COMMAND_TAIL)) {
		const uint64_t *command = fake_ram(base + heads[i]);

		if (command[0] >> 60 == 1)
			*(uint64_t *)fake_ram(command[0] &
					      UINT64_C(0xffffffffffff8)) =
				command[1];
		else
			CHECK(command[0] == UINT64_C(8) << 60 && !command[1]);
		heads[i] = (heads[i] + 16) % PAGE_SIZE;
	}
}

static void nothing_happens_without_a_table(void)
{
	make_hv(512);
	launch.iommu_table = 0;
	CHECK_EQ(iommu_init(&hv, &launch), HV_OK);
	launch.iommu_table = (uint64_t)&ivrs;
	launch.device_table = 0;
	CHECK_EQ(iommu_init(&hv, &launch), HV_OK);
	CHECK_EQ(iommu_start(&hv), HV_OK);
	iommu_flush(1);
	iommu_stop();
	CHECK(!iommu_is_on());
	CHECK_EQ(iommu_epoch(), UINT64_MAX);
}

static void a_malformed_table_is_as_none(void)
{
	make_hv(512);
	describe();
	ivrs.checksum++;
	CHECK_EQ(iommu_init(&hv, &launch), HV_OK);
	CHECK_EQ(iommu_start(&hv), HV_OK);
	CHECK(!iommu_is_on());
}

/* Above 4 GiB they would not be hidden; 0 is no address. */
static void registers_that_cannot_be_hidden_are_not_used(void)
{
	static const uint64_t wrong[] = { 0, 0xfea01000, 4 * GIB };
	unsigned int i;

	for (i = 0; i < COUNT_OF(wrong); i++) {
		make_hv(512);
		describe();
		ivrs.checksum = (uint8_t)(ivrs.checksum + 0xfe + 0xa0);
		ivrs.units[0].registers = wrong[i];
		ivrs.checksum = (uint8_t)(ivrs.checksum - (wrong[i] >> 24) -
					  (wrong[i] >> 16) - (wrong[i] >> 8) -
					  (wrong[i] >> 32));
		CHECK_EQ(iommu_init(&hv, &launch), HV_OK);
		CHECK_EQ(iommu_start(&hv), HV_OK);
		CHECK(!iommu_is_on());
	}
}

static void without_pages_the_launch_fails(void)
{
	unsigned int count;

	describe();
	for (count = 1; count < 8; count++) {
		make_hv(count);
		has_no_tables = count == 7;
		CHECK_EQ(iommu_init(&hv, &launch), HV_ENOMEM);
	}
	has_no_tables = false;
}

static bool is_shown(uint64_t at)
{
	hpa_t to;

	return npt_translate(&hv.os_npt, gpa(at), &to, NULL);
}

static void it_takes_registers_and_table_from_the_os(void)
{
	struct gpa_range all = { gpa(0), 4 * GIB };

	describe();
	reset_units();
	make_hv(512);
	CHECK_EQ(npt_prepare(&hv.os_npt, all, NPT_1G), HV_OK);
	npt_set(&hv.os_npt, all, NPT_1G, hpa(0), NPT_R | NPT_W | NPT_X);
	CHECK_EQ(iommu_init(&hv, &launch), HV_OK);
	CHECK(!is_shown(REGISTERS(0)) && !is_shown(REGISTERS(1) + 0x3fff));
	CHECK(is_shown(REGISTERS(0) - 1) && is_shown(REGISTERS(0) + 0x4000));
	CHECK(!is_shown(TABLE) && !is_shown(TABLE + BLOCK_SIZE - 1));
	CHECK_EQ(*reg(0, DEVICE_TABLE), 0x77000);
	CHECK(!iommu_is_on());
}

static void one_that_cannot_be_had_leaves_all_alone(void)
{
	*reg(1, CONTROL) = 1;				/* in use */
	CHECK_EQ(iommu_start(&hv), HV_ENOTSUP);
	*reg(1, CONTROL) = 0;
	*reg(1, FEATURES) = GOOD_FEATURES & ~0x40u;	/* cannot forget all */
	CHECK_EQ(iommu_start(&hv), HV_ENOTSUP);
	*reg(1, FEATURES) = 0x40;			/* 4 levels only */
	hv.os_npt.levels = 5;
	CHECK_EQ(iommu_start(&hv), HV_ENOTSUP);
	hv.os_npt.levels = 4;
	*reg(1, FEATURES) = GOOD_FEATURES;
	CHECK(!iommu_is_on());
	CHECK_EQ(*reg(0, CONTROL), 0);
	CHECK_EQ(*reg(0, DEVICE_TABLE), 0x77000);
}

static void every_device_has_the_oss_table(void)
{
	const uint64_t *entry = fake_ram(TABLE);
	unsigned int i;

	atomic_store(&hv.epoch, 5);
	CHECK_EQ(iommu_start(&hv), HV_OK);
	CHECK(iommu_is_on());
	for (i = 0; i < 65536; i++, entry += 4)
		if (entry[0] != (hv.os_npt.root.v | 4 << 9 | 3 |
				 UINT64_C(3) << 61) ||
		    entry[1] != 1 || entry[2] || entry[3])
			break;
	CHECK_EQ(i, 65536);
	for (i = 0; i < UNITS; i++) {
		CHECK_EQ(*reg(i, DEVICE_TABLE), TABLE | 511);
		CHECK_EQ(*reg(i, COMMAND_BASE) >> 56, 8);
		CHECK_EQ(*reg(i, EXCLUSION), 0);
	}
	CHECK_EQ(*reg(0, CONTROL), 0x1401);
	CHECK_EQ(*reg(1, CONTROL), 0x1f03);	/* as the firmware wants it */
}

static void an_epoch_has_passed_when_all_units_say_so(void)
{
	CHECK_EQ(iommu_epoch(), 0);
	obey(0);
	CHECK_EQ(iommu_epoch(), 0);
	obey(1);
	CHECK_EQ(iommu_epoch(), 5);
}

static void what_comes_meanwhile_is_asked_for_afterwards(void)
{
	uint64_t tail;

	iommu_flush(6);
	tail = *reg(0, COMMAND_TAIL);
	iommu_flush(7);
	iommu_flush(8);
	CHECK_EQ(*reg(0, COMMAND_TAIL), tail);
	obey(0);
	obey(1);
	CHECK_EQ(iommu_epoch(), 6);		/* and asks for 8 */
	CHECK_EQ(iommu_epoch(), 6);
	obey(0);
	obey(1);
	CHECK_EQ(iommu_epoch(), 8);
	CHECK_EQ(*reg(0, COMMAND_TAIL), tail + 32);
}

static void the_ring_of_commands_has_no_end(void)
{
	uint64_t epoch;

	for (epoch = 9; epoch < 400; epoch++) {
		iommu_flush(epoch);
		CHECK_EQ(iommu_epoch(), epoch - 1);
		obey(0);
		obey(1);
		CHECK_EQ(iommu_epoch(), epoch);
	}
}

static void it_is_left_as_it_was_found(void)
{
	unsigned int i;

	*reg(0, STATUS) = *reg(1, STATUS) = 0x10;	/* still at commands */
	fake_on_pause = count_pause;
	iommu_stop();
	CHECK_EQ(pauses, 3);
	CHECK(!iommu_is_on());
	for (i = 0; i < UNITS; i++) {
		CHECK_EQ(*reg(i, CONTROL), 0);
		CHECK_EQ(*reg(i, DEVICE_TABLE), 0x77000);
		CHECK_EQ(*reg(i, EXCLUSION), 0x88001);
		CHECK_EQ(*reg(i, COMMAND_BASE), 0);
	}
	CHECK_EQ(iommu_epoch(), UINT64_MAX);
	iommu_stop();
}

TESTS(
	RUN(nothing_happens_without_a_table);
	RUN(a_malformed_table_is_as_none);
	RUN(registers_that_cannot_be_hidden_are_not_used);
	RUN(without_pages_the_launch_fails);
	RUN(it_takes_registers_and_table_from_the_os);
	RUN(one_that_cannot_be_had_leaves_all_alone);
	RUN(every_device_has_the_oss_table);
	RUN(an_epoch_has_passed_when_all_units_say_so);
	RUN(what_comes_meanwhile_is_asked_for_afterwards);
	RUN(the_ring_of_commands_has_no_end);
	RUN(it_is_left_as_it_was_found);
)
