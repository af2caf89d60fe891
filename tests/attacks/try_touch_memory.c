/* SPDX-License-Identifier: BSD-2-Clause */
/* Reads, writes and executes every page of the hypervisor and of the pool. */
#include <pal_host.h>
#include <string.h>
#include "../system/case.h"
#include "common_hostile.h"
#include "secret.h"

#define NEW_VALUE UINT64_C(0x6b6361747461)
#define RETURN	  UINT64_C(0xc3) /* the instruction */

static struct attack_refused protected;
static struct pal *pal;
static uint8_t masked[SECRET_SIZE];

/* A PAL with a secret, and where protected memory is. */
static bool prepare(void)
{
	const char *why;

	if (pal_open(SECRET_IMAGE, &pal) ||
	    pal_call(pal, SECRET_MAKE, NULL, 0, masked, sizeof(masked), NULL)) {
		case_fail("%s", pal_error_text());
		return false;
	}
	why = hostile_find_protected(&protected);
	if (why)
		case_fail("%s", why);
	return !why;
}

static void check_secret(void)
{
	CHECK_EQ(pal_call(pal, SECRET_CHECK, masked, sizeof(masked), NULL, 0,
			  NULL),
		 0);
}

static struct attack_sweep sweep(uint64_t base, uint64_t size, unsigned int way,
				 bool is_write)
{
	struct attack_sweep order = {
		.base = base,
		.size = size,
		.way = way,
		.is_write = is_write,
		.value = NEW_VALUE,
	};

	CHECK_EQ(hostile_order(ATTACK_SWEEP, &order), 0);
	return order;
}

static void works_on_own(unsigned int way, bool is_write)
{
	uint64_t own = hostile_block();
	struct attack_sweep order;

	order = sweep(own, HOSTILE_BLOCK, way, is_write);
	CHECK_EQ(order.worked_count, HOSTILE_BLOCK / HOSTILE_PAGE);
	if (!is_write) {
		CHECK_EQ(order.first_value, ATTACK_MARKER);
		return;
	}
	order = sweep(own, HOSTILE_BLOCK, ATTACK_DIRECT_MAP, false);
	CHECK_EQ(order.first_value, NEW_VALUE);
}

static void is_refused(unsigned int way, bool is_write)
{
	if (!prepare())
		return;
	works_on_own(way, is_write);
	for (uint64_t i = 0; i < protected.range_count; i++) {
		struct attack_sweep order =
			sweep(protected.ranges[i].base,
			      protected.ranges[i].size, way, is_write);

		CHECK_EQ(order.worked_count, 0);
		CHECK_EQ(order.gp_count,
			 protected.ranges[i].size / HOSTILE_PAGE);
	}
	check_secret();
}

#define READING(name, way)                                                     \
	static void reading_by_##name##_is_refused(void)                       \
	{                                                                      \
		is_refused(way, false);                                        \
	}
#define WRITING(name, way)                                                     \
	static void writing_by_##name##_is_refused(void)                       \
	{                                                                      \
		is_refused(way, true);                                         \
	}

READING(direct_map, ATTACK_DIRECT_MAP)
READING(copy_nofault, ATTACK_COPY_NOFAULT)
READING(kmap, ATTACK_KMAP)
READING(memremap, ATTACK_MEMREMAP)
READING(write_back_mapping, ATTACK_MAP_WB)
READING(write_combining_mapping, ATTACK_MAP_WC)
READING(write_through_mapping, ATTACK_MAP_WT)
READING(uncached_minus_mapping, ATTACK_MAP_UC_MINUS)
READING(uncached_mapping, ATTACK_MAP_UC)
WRITING(direct_map, ATTACK_DIRECT_MAP)
WRITING(kmap, ATTACK_KMAP)
WRITING(memremap, ATTACK_MEMREMAP)
WRITING(write_back_mapping, ATTACK_MAP_WB)
WRITING(write_combining_mapping, ATTACK_MAP_WC)
WRITING(write_through_mapping, ATTACK_MAP_WT)
WRITING(uncached_minus_mapping, ATTACK_MAP_UC_MINUS)
WRITING(uncached_mapping, ATTACK_MAP_UC)

/* Call `touch` for a page of every `stride` bytes of protected memory. */
static void for_each_page(void (*touch)(uint64_t address), uint64_t stride)
{
	for (uint64_t i = 0; i < protected.range_count; i++)
		for (uint64_t at = 0; at < protected.ranges[i].size;
		     at += stride)
			touch(protected.ranges[i].base + at);
}

static void show_in_dumps(bool is_shown)
{
	for (uint64_t i = 0; i < protected.range_count; i++) {
		struct attack_offline order = {
			protected.ranges[i].base,
			protected.ranges[i].size,
			!is_shown,
		};

		CHECK_EQ(hostile_order(ATTACK_OFFLINE, &order), 0);
	}
}

static void dev_mem_gives_nothing(uint64_t address)
{
	uint64_t value;

	CHECK_EQ(hostile_dev_mem_read(address, &value), HOSTILE_NOTHING);
}

static void reading_dev_mem_gives_nothing(void)
{
	uint64_t value;

	if (!prepare())
		return;
	CHECK_EQ(hostile_dev_mem_read(hostile_block(), &value),
		 HOSTILE_WORKED);
	CHECK_EQ(value, ATTACK_MARKER);
	for_each_page(dev_mem_gives_nothing, HOSTILE_PAGE);
	check_secret();
}

static void kcore_gives_nothing(uint64_t address)
{
	uint64_t value;

	CHECK_EQ(hostile_kcore_read(address, &value), HOSTILE_NOTHING);
}

static void reading_kcore_gives_nothing(void)
{
	uint64_t value;

	if (!prepare())
		return;
	CHECK_EQ(hostile_kcore_read(hostile_block(), &value), HOSTILE_WORKED);
	CHECK_EQ(value, ATTACK_MARKER);
	show_in_dumps(true);
	for_each_page(kcore_gives_nothing, HOSTILE_PAGE);
	show_in_dumps(false);
	check_secret();
}

static void program_dies(uint64_t address)
{
	uint64_t value = 0;

	CHECK_EQ(hostile_map_read(ATTACK_DEVICE, address, &value),
		 HOSTILE_KILLED);
	CHECK_EQ(hostile_map_write(ATTACK_DEVICE, address, value),
		 HOSTILE_KILLED);
	CHECK_EQ(hostile_map_execute(ATTACK_DEVICE, address), HOSTILE_KILLED);
}

static void a_program_that_maps_it_dies(void)
{
	uint64_t own = hostile_block(), value = 0;

	if (!prepare())
		return;
	CHECK_EQ(hostile_map_read(ATTACK_DEVICE, own, &value), HOSTILE_WORKED);
	CHECK_EQ(value, ATTACK_MARKER);
	CHECK_EQ(hostile_map_write(ATTACK_DEVICE, own, RETURN),
		 HOSTILE_WORKED);
	CHECK_EQ(hostile_map_execute(ATTACK_DEVICE, own), HOSTILE_WORKED);
	for_each_page(program_dies, 16 * HOSTILE_PAGE);
	check_secret();
}

static void dev_mem_mapping_dies(uint64_t address)
{
	uint64_t value;

	CHECK_EQ(hostile_map_read("/dev/mem", address, &value), HOSTILE_KILLED);
}

static void a_program_that_maps_dev_mem_dies(void)
{
	uint64_t value;

	if (!prepare())
		return;
	CHECK_EQ(hostile_map_read("/dev/mem", hostile_block(), &value),
		 HOSTILE_WORKED);
	CHECK_EQ(value, ATTACK_MARKER);
	for_each_page(dev_mem_mapping_dies, 16 * HOSTILE_PAGE);
	check_secret();
}

int main(int argc, char **argv)
{
	case_begin(argc, argv);
	/* One warning a boot when a copy meets #GP; a line for each SIGSEGV. */
	case_expect_log("WARNING: CPU.*extable|Call Trace:");
	case_expect_log("traps: try_touch_memor.* general protection fault");
	RUN(reading_by_direct_map_is_refused);
	RUN(reading_by_copy_nofault_is_refused);
	RUN(reading_by_kmap_is_refused);
	RUN(reading_by_memremap_is_refused);
	RUN(reading_by_write_back_mapping_is_refused);
	RUN(reading_by_write_combining_mapping_is_refused);
	RUN(reading_by_write_through_mapping_is_refused);
	RUN(reading_by_uncached_minus_mapping_is_refused);
	RUN(reading_by_uncached_mapping_is_refused);
	RUN(writing_by_direct_map_is_refused);
	RUN(writing_by_kmap_is_refused);
	RUN(writing_by_memremap_is_refused);
	RUN(writing_by_write_back_mapping_is_refused);
	RUN(writing_by_write_combining_mapping_is_refused);
	RUN(writing_by_write_through_mapping_is_refused);
	RUN(writing_by_uncached_minus_mapping_is_refused);
	RUN(writing_by_uncached_mapping_is_refused);
	RUN(reading_dev_mem_gives_nothing);
	RUN(reading_kcore_gives_nothing);
	RUN(a_program_that_maps_it_dies);
	RUN(a_program_that_maps_dev_mem_dies);
	return case_end();
}
