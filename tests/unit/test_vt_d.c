/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hv/iommu/ with Intel's IOMMU, over registers that are memory here: it does
 * what it is told at each pause.  What both makers' share, test_iommu_units
 * tests.
 */
#include <string.h>

#include "core/iommu.h"
#include "fake_platform.h"
#include "svm/svm.h"
#include "test.h"
#include "x86/paging.h"

#define REGISTERS	0xfed90000u

#define CAPABILITY	0x08u
#define EXTENDED	0x10u
#define ROOT_TABLE	0x20u
#define QUEUE_TAIL	0x88u
#define QUEUE_BASE	0x90u

#define GOOD_CAPABILITY	(UINT64_C(4) << 8 | UINT64_C(3) << 34) /* 4 levels */
#define GOOD_EXTENDED	UINT64_C(3)	/* has a queue, looks into caches */

static struct {
	char signature[4];
	uint32_t length;
	uint8_t revision, checksum, more[38];
	struct {
		uint16_t kind, length;
		uint8_t flags, size;
		uint16_t segment;
		uint64_t registers;
	} unit;
} __attribute__((packed)) dmar;

static union {
	uint64_t words[0x4000 / 8];
	uint32_t halves[0x4000 / 4];
} registers;
static uint32_t head, ignored;
static struct hv hv;
static struct hv_launch launch;

/* x86/paging.h, whose registers these are. */
volatile void *paging_map_iommu(struct hv *of, unsigned int index, hpa_t at)
{
	(void)of;
	CHECK_EQ(index, 0);
	CHECK_EQ(at.v, REGISTERS);
	return registers.words;
}

int paging_map_block(struct hv *of, hpa_t block)
{
	(void)of;
	CHECK_EQ(block.v, 0);		/* only AMD's need one */
	return HV_EINVAL;
}

static uint64_t *reg(uint32_t offset)
{
	return &registers.words[offset / 8];
}

static uint32_t *command(void)
{
	return &registers.halves[0x18 / 4];
}

static uint32_t *status(void)
{
	return &registers.halves[0x1c / 4];
}

static void follow_command(void)
{
	*status() = *command() & ~ignored;
}

static void describe(uint8_t size)
{
	uint8_t sum = 0;
	unsigned int i;

	memset(&dmar, 0, sizeof(dmar));
	memcpy(dmar.signature, "DMAR", 4);
	dmar.length = sizeof(dmar);
	dmar.unit.length = sizeof(dmar.unit);
	dmar.unit.size = size;
	dmar.unit.registers = REGISTERS;
	for (i = 0; i < sizeof(dmar); i++)
		sum = (uint8_t)(sum + ((uint8_t *)&dmar)[i]);
	dmar.checksum = (uint8_t)-sum;
}

static void make_hv(unsigned int page_count)
{
	struct gpa_range all = { gpa(0), 4 * GIB };
	unsigned int i;

	fake_memory_reset(&launch);
	memset(&hv, 0, sizeof(hv));
	for (i = 0; i < page_count; i++)
		pages_put(&hv.pages, fake_ram(FAKE_HV_BASE + i * PAGE_SIZE));
	CHECK_EQ(npt_init(&hv.os_npt, &svm_npt_format, 4, &hv.pages), HV_OK);
	if (page_count > 8 && !npt_prepare(&hv.os_npt, all, NPT_1G))
		npt_set(&hv.os_npt, all, NPT_1G, hpa(0), NPT_R | NPT_W | NPT_X);
	hv.has_1g_pages = true;
	launch.iommu_table = (uint64_t)&dmar;
	launch.iommu_table_size = sizeof(dmar);
	memset(&registers, 0, sizeof(registers));
	*reg(CAPABILITY) = GOOD_CAPABILITY;
	*reg(EXTENDED) = GOOD_EXTENDED;
	*reg(ROOT_TABLE) = 0x77000;
	*reg(QUEUE_BASE) = 0x88000;
	head = ignored = 0;
	fake_on_pause = follow_command;
}

static bool is_shown(uint64_t at)
{
	hpa_t to;

	return npt_translate(&hv.os_npt, gpa(at), &to, NULL);
}

/* Do what is in the queue: D51397, 6.5.2. */
static void obey(void)
{
	static const uint64_t wanted[] = { 0x11, 0xd2 };
	unsigned int i = 0;

	for (; head != *reg(QUEUE_TAIL); head = (head + 16) % PAGE_SIZE) {
		const uint64_t *order = fake_ram(*reg(QUEUE_BASE) + head);

		if ((uint32_t)order[0] == 0x25) {
			*(uint32_t *)fake_ram(order[1]) =
				(uint32_t)(order[0] >> 32);
			i = 0;
		} else {
			CHECK(i < COUNT_OF(wanted) && order[0] == wanted[i]);
			CHECK_EQ(order[1], 0);
			i++;
		}
	}
}

static void without_pages_the_launch_fails(void)
{
	unsigned int count;

	describe(0);
	for (count = 1; count < 7; count++) {
		make_hv(count);
		CHECK_EQ(iommu_init(&hv, &launch), HV_ENOMEM);
	}
}

static void a_table_with_absurd_sizes_is_as_none(void)
{
	make_hv(512);
	describe(15);			/* 128 MiB of registers */
	CHECK_EQ(iommu_init(&hv, &launch), HV_OK);
	CHECK_EQ(iommu_start(&hv), HV_OK);
	CHECK(!iommu_is_on());
}

static void all_registers_are_taken_from_the_os(void)
{
	make_hv(512);
	describe(2);
	CHECK_EQ(iommu_init(&hv, &launch), HV_OK);
	CHECK(is_shown(REGISTERS - 1) && !is_shown(REGISTERS));
	CHECK(!is_shown(REGISTERS + 0x3fff) && is_shown(REGISTERS + 0x4000));
	make_hv(512);
	describe(0);
	CHECK_EQ(iommu_init(&hv, &launch), HV_OK);
	CHECK(!is_shown(REGISTERS) && is_shown(REGISTERS + 0x1000));
	CHECK_EQ(*reg(ROOT_TABLE), 0x77000);
}

static void one_that_cannot_be_had_is_left_alone(void)
{
	static const struct {
		uint64_t capability, extended;
		uint32_t status;
	} wrong[] = {
		{ GOOD_CAPABILITY, GOOD_EXTENDED, 1u << 31 },	/* translates */
		{ GOOD_CAPABILITY, GOOD_EXTENDED, 1u << 26 },	/* has a queue */
		{ GOOD_CAPABILITY, GOOD_EXTENDED, 1u << 25 },	/* interrupts */
		{ GOOD_CAPABILITY, GOOD_EXTENDED & ~UINT64_C(2), 0 },
		{ GOOD_CAPABILITY | 1 << 4, GOOD_EXTENDED, 0 },
		{ GOOD_CAPABILITY & ~UINT64_C(0x400), GOOD_EXTENDED, 0 },
		{ GOOD_CAPABILITY & ~(UINT64_C(1) << 34), GOOD_EXTENDED, 0 },
		{ GOOD_CAPABILITY & ~(UINT64_C(1) << 35), GOOD_EXTENDED, 0 },
	};
	unsigned int i;

	for (i = 0; i < COUNT_OF(wrong); i++) {
		*reg(CAPABILITY) = wrong[i].capability;
		*reg(EXTENDED) = wrong[i].extended;
		*status() = wrong[i].status;
		CHECK_EQ(iommu_start(&hv), HV_ENOTSUP);
		CHECK(!iommu_is_on());
		CHECK_EQ(*command(), 0);
		CHECK_EQ(*reg(ROOT_TABLE), 0x77000);
	}
	*reg(CAPABILITY) = GOOD_CAPABILITY;
	*reg(EXTENDED) = GOOD_EXTENDED;
	*status() = 0;
}

static void one_that_does_not_obey_is_left_as_it_was_found(void)
{
	static const uint32_t bits[] = { 1u << 30, 1u << 26, 1u << 31 };
	unsigned int i;

	for (i = 0; i < COUNT_OF(bits); i++) {
		ignored = bits[i];
		CHECK_EQ(iommu_start(&hv), HV_ENOTSUP);
		CHECK(!iommu_is_on());
		CHECK_EQ(*reg(ROOT_TABLE), 0x77000);
		CHECK_EQ(*reg(QUEUE_BASE), 0x88000);
		CHECK_EQ(*status() & (1u << 31 | 1u << 26), 0);
	}
	ignored = 0;
}

static void every_device_has_the_oss_table(void)
{
	const uint64_t *root, *context;
	unsigned int i;

	atomic_store(&hv.epoch, 5);
	CHECK_EQ(iommu_start(&hv), HV_OK);
	CHECK(iommu_is_on());
	root = fake_ram(*reg(ROOT_TABLE));
	context = fake_ram(root[0] & ~UINT64_C(0xfff));
	for (i = 0; i < 256; i++) {
		CHECK_EQ(root[2 * i], root[0]);
		CHECK_EQ(root[2 * i + 1], 0);
		CHECK_EQ(context[2 * i], hv.os_npt.root.v | 3);
		CHECK_EQ(context[2 * i + 1], 0x102);
	}
	CHECK_EQ(root[0] & 0xfff, 1);
	CHECK_EQ(*status(), 1u << 31 | 1u << 26);
}

static void an_epoch_has_passed_when_it_says_so(void)
{
	uint64_t epoch;

	CHECK_EQ(iommu_epoch(), 0);
	obey();
	CHECK_EQ(iommu_epoch(), 5);
	for (epoch = 6; epoch < 400; epoch++) {
		iommu_flush(epoch);
		CHECK_EQ(iommu_epoch(), epoch - 1);
		obey();
		CHECK_EQ(iommu_epoch(), epoch);
	}
}

static void it_is_left_as_it_was_found(void)
{
	iommu_stop();
	CHECK(!iommu_is_on());
	CHECK_EQ(*status(), 0);
	CHECK_EQ(*reg(ROOT_TABLE), 0x77000);
	CHECK_EQ(*reg(QUEUE_BASE), 0x88000);
}

static void tables_are_brought_to_memory_if_it_looks_only_there(void)
{
	struct gpa_range block = gpa_block(gpa(0));

	CHECK_EQ(fake_bytes_written_back, 0);
	*reg(EXTENDED) = GOOD_EXTENDED & ~UINT64_C(1);
	*reg(QUEUE_TAIL) = head = 0;
	CHECK_EQ(iommu_start(&hv), HV_OK);
	CHECK_EQ(fake_bytes_written_back, FAKE_HV_SIZE);
	CHECK_EQ(npt_prepare(&hv.os_npt, block, NPT_2M), HV_OK);
	CHECK_EQ(fake_bytes_written_back, FAKE_HV_SIZE + PAGE_SIZE + 8);
	npt_set(&hv.os_npt, block, NPT_2M, hpa(0), 0);
	CHECK_EQ(fake_bytes_written_back, FAKE_HV_SIZE + PAGE_SIZE + 16);
	iommu_stop();
}

TESTS(
	RUN(without_pages_the_launch_fails);
	RUN(a_table_with_absurd_sizes_is_as_none);
	RUN(all_registers_are_taken_from_the_os);
	RUN(one_that_cannot_be_had_is_left_alone);
	RUN(one_that_does_not_obey_is_left_as_it_was_found);
	RUN(every_device_has_the_oss_table);
	RUN(an_epoch_has_passed_when_it_says_so);
	RUN(it_is_left_as_it_was_found);
	RUN(tables_are_brought_to_memory_if_it_looks_only_there);
)
