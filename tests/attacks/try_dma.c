/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A device that the kernel controls reads and writes what is not Linux's: the
 * hypervisor, pages of the pool and of a PAL before and after they change
 * hands, the IOMMU's tables and registers.  Where there is no DMA protection
 * the same code must reach them all.  Without QEMU's device `edu` it is
 * skipped.
 */
#include <errno.h>
#include <pal_host.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../system/case.h"
#include "abi/hypercall.h"
#include "abi/launch.h"
#include "abi/pal_image.h"
#include "common_pal.h"
#include "secret.h"

#define AMDS_CONTROL	UINT64_C(0xfed80018)	/* QEMU's */
#define INTELS_COMMAND	UINT64_C(0xfed90018)
#define DEVICE_ENTRY	32u
#define GP		13
#define WRITTEN		UINT64_C(0x215f6e6574746972)

static struct attack_refused protected;

static bool has_protection(void)
{
	struct attack_call call = {.number = HC_INFO};

	CHECK_EQ(hostile_order(ATTACK_CALL, &call), 0);
	return call.result == ATTACK_WORKED && call.status == HV_OK &&
	       call.result_rcx & HV_FEATURE_IOMMU;
}

/* Returns the device's number. */
static uint32_t dma(uint64_t address, uint32_t is_write, uint64_t *value)
{
	struct attack_dma order = {
		.address = address,
		.value = *value,
		.is_write = is_write,
	};
	int err = hostile_order(ATTACK_DMA, &order);

	if (err == -ENODEV)
		case_skip("this machine has no device edu");
	CHECK_EQ(err, 0);
	*value = order.value;
	return order.device;
}

static uint64_t dma_read(uint64_t address)
{
	uint64_t value = 0;

	dma(address, 0, &value);
	return value;
}

static void dma_write(uint64_t address, uint64_t value)
{
	dma(address, 1, &value);
}

static uint64_t cpu_read(uint64_t address)
{
	struct attack_word order = {.address = address};

	CHECK_EQ(hostile_order(ATTACK_READ, &order), 0);
	CHECK_EQ(order.result, ATTACK_WORKED);
	return order.value;
}

static void add(uint64_t block)
{
	CHECK_EQ(hostile_call(HC_POOL_ADD, block, 0, 0, NULL), HV_OK);
	hostile_flush_all();
}

static void take_back(uint64_t block)
{
	CHECK_EQ(hostile_call(HC_POOL_REMOVE, block, 0, 0, NULL), HV_OK);
}

static void a_device_reads_and_writes_linuxs_memory(void)
{
	uint64_t block = hostile_block();

	CHECK_EQ(dma_read(block), ATTACK_MARKER);
	dma_write(block + 8, WRITTEN);
	CHECK_EQ(cpu_read(block + 8), WRITTEN);
	CHECK_EQ(cpu_read(block + 16), ATTACK_MARKER);
}

/* The device has used its translation just before. */
static void a_block_is_out_of_reach_while_it_is_the_pools(void)
{
	uint64_t block = hostile_block();
	bool is_protected = has_protection();

	CHECK_EQ(dma_read(block), ATTACK_MARKER);
	dma_write(block + 8, ATTACK_MARKER);
	add(block);
	CHECK_EQ(dma_read(block) == ATTACK_MARKER, !is_protected);
	dma_write(block + 8, WRITTEN);
	take_back(block);
	CHECK_EQ(cpu_read(block + 8), is_protected ? ATTACK_MARKER : WRITTEN);
	CHECK_EQ(dma_read(block), ATTACK_MARKER);
	dma_write(block + 16, WRITTEN);
	CHECK_EQ(cpu_read(block + 16), WRITTEN);
}

/* Its header's page is the first of a block of ours. */
static void a_pals_pages_are_out_of_reach(void)
{
	bool is_protected = has_protection();
	struct hostile_pal evil, filling;

	if (!hostile_pal_prepare(&evil) || !hostile_pal_fill_pool(&filling))
		return;
	uint64_t block = hostile_block();

	add(block);
	CHECK_EQ(hostile_call(HC_PAL_CREATE, evil.block, evil.block, 0,
			      &evil.handle),
		 HV_OK);
	CHECK_EQ(dma_read(block) == PAL_IMAGE_MAGIC, !is_protected);
	hostile_pal_destroy(&evil);
	CHECK(is_protected || dma_read(block) == 0);
	take_back(block);
	CHECK_EQ(dma_read(block), 0);
	hostile_pal_destroy(&filling);
}

/* Tables of 4 levels have no bits for these: is it an alias of the others? */
static void addresses_beyond_the_tables_are_no_way_in(void)
{
	static const unsigned int bits[] = {48, 52, 63};
	uint64_t block = hostile_block();

	add(block);
	for (unsigned int i = 0; i < sizeof(bits) / sizeof(bits[0]); i++)
		CHECK(dma_read(block | UINT64_C(1) << bits[i]) !=
		      ATTACK_MARKER);
	take_back(block);
}

static void find_protected(void)
{
	const char *why = hostile_find_protected(&protected);

	if (why)
		case_fail("%s", why);
	hostile_add_reserved(&protected);
}

static unsigned int images_seen(void)
{
	unsigned int count = 0;

	for (uint64_t i = 0; i < protected.range_count; i++)
		for (uint64_t at = 0; at < protected.ranges[i].size;
		     at += HOSTILE_BLOCK)
			count += dma_read(protected.ranges[i].base + at) ==
				 HV_IMAGE_MAGIC;
	return count;
}

static void the_hypervisor_is_not_read(void)
{
	find_protected();
	CHECK_EQ(images_seen(), has_protection() ? 0 : 1);
}

/* Among the blocks is that of the device table: our own entry is cleared. */
static void the_hypervisor_and_the_iommus_table_are_not_written(void)
{
	uint64_t unused = 0;
	uint32_t device = dma(hostile_block(), 0, &unused);

	if (!has_protection())
		case_skip("it would work, and end the hypervisor");
	find_protected();
	for (uint64_t i = 0; i < protected.range_count; i++)
		for (uint64_t at = 0; at < protected.ranges[i].size;
		     at += HOSTILE_BLOCK) {
			uint64_t block = protected.ranges[i].base + at;

			dma_write(block, 0);
			dma_write(block + device * DEVICE_ENTRY, 0);
		}
	CHECK_EQ(case_good_pal_works(), 0);
	CHECK_EQ(images_seen(), 0);
}

static uint64_t iommu_control(void)
{
	bool is_intels = !access("/sys/firmware/acpi/tables/DMAR", F_OK) ||
			 !access("/sys/firmware/acpi/tables/PMAR", F_OK);

	return is_intels ? INTELS_COMMAND : AMDS_CONTROL;
}

static int touch_register(unsigned long way, uint64_t value)
{
	struct attack_device order = {
		.address = iommu_control(),
		.value = value,
		.width = 8,
	};

	CHECK_EQ(hostile_order(way, &order), 0);
	return order.result;
}

static void the_iommus_registers_are_out_of_reach(void)
{
	if (!has_protection())
		case_skip("there is no IOMMU");
	CHECK_EQ(touch_register(ATTACK_DEVICE_READ, 0), GP);
	CHECK_EQ(touch_register(ATTACK_DEVICE_WRITE, 0), GP);
	dma_write(iommu_control(), 0);
	find_protected();
	CHECK_EQ(images_seen(), 0);
}

int main(int argc, char **argv)
{
	case_begin(argc, argv);
	RUN(a_device_reads_and_writes_linuxs_memory);
	RUN(a_block_is_out_of_reach_while_it_is_the_pools);
	RUN(addresses_beyond_the_tables_are_no_way_in);
	RUN(a_pals_pages_are_out_of_reach);
	RUN(the_hypervisor_is_not_read);
	RUN(the_hypervisor_and_the_iommus_table_are_not_written);
	RUN(the_iommus_registers_are_out_of_reach);
	return case_end();
}
