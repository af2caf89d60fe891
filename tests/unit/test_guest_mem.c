/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/guest_mem.h"

#include <string.h>

#include "fake_machine.h"
#include "test.h"

#define LAST_PAGE	(UINT64_MAX & ~(PAGE_SIZE - 1))
#define PRESENT		UINT64_C(1)
#define LARGE		UINT64_C(0x80)
#define NX		(UINT64_C(1) << 63)
#define TABLE(i)	OS_PAGE(300 + (i))
#define ADDRESS		UINT64_C(0xffffc1234567f000)

static struct hv *hv;
static struct cpu *cpu;

static void setup(void)
{
	hv = fake_launched(&fake_default);
	cpu = hv->cpus[0];
	fake_give_blocks(hv, 1, 1);
}

static void bytes_go_in_and_out(void)
{
	char text[8] = "";

	setup();
	memcpy(fake_ram(OS_PAGE(0) + 4), "sesame", 7);
	CHECK_EQ(guest_mem_read(cpu, gpa(OS_PAGE(0) + 4), text, 7), HV_OK);
	CHECK(!strcmp(text, "sesame"));
	CHECK_EQ(guest_mem_write(cpu, gpa(OS_PAGE(1) - 7), text, 7), HV_OK);
	CHECK(!memcmp(fake_ram(OS_PAGE(1) - 7), "sesame", 7));
	CHECK_EQ(guest_mem_write(cpu, gpa(FAKE_LOW_HOLE - 1), "x", 1), HV_OK);
	CHECK_EQ(guest_mem_write(cpu, gpa(FAKE_HIGH_END - 1), "y", 1), HV_OK);
	CHECK_EQ(*(char *)fake_ram(FAKE_HIGH_END - 1), 'y');
}

static void a_copy_stays_in_its_page(void)
{
	static char page[PAGE_SIZE + 1];

	setup();
	CHECK_EQ(guest_mem_read(cpu, gpa(OS_PAGE(0)), page, PAGE_SIZE), HV_OK);
	CHECK_EQ(guest_mem_read(cpu, gpa(OS_PAGE(0)), page, PAGE_SIZE + 1),
		 HV_EINVAL);
	CHECK_EQ(guest_mem_read(cpu, gpa(OS_PAGE(0) + 1), page, PAGE_SIZE),
		 HV_EINVAL);
	CHECK_EQ(guest_mem_write(cpu, gpa(OS_PAGE(1) - 1), page, 2), HV_EINVAL);
	CHECK_EQ(guest_mem_write(cpu, gpa(OS_PAGE(1) - 1), page, 1), HV_OK);
	CHECK_EQ(guest_mem_read(cpu, gpa(OS_PAGE(1) - 1), page, 0), HV_OK);
}

static void only_the_os_s_ram_is_reached(void)
{
	static const uint64_t bad[] = {
		BLOCK_SIZE, FAKE_HV_BASE, FAKE_HV_BASE + FAKE_HV_SIZE - 8,
		FAKE_LOW_HOLE, MIB - 8, FAKE_LOW_END & ~(PAGE_SIZE - 1),
		64 * MIB, FAKE_APIC_BASE, FAKE_HIGH_END, FAKE_PHYSICAL_END,
		UINT64_C(1) << 52, UINT64_C(1) << 63, LAST_PAGE,
		UINT64_MAX - 7, LAST_PAGE - PAGE_SIZE,
	};
	uint64_t value = 42;
	unsigned int i;

	setup();
	for (i = 0; i < COUNT_OF(bad); i++) {
		CHECK_EQ(guest_mem_read(cpu, gpa(bad[i]), &value, 8),
			 HV_EINVAL);
		CHECK_EQ(guest_mem_write(cpu, gpa(bad[i]), &value, 8),
			 HV_EINVAL);
		CHECK(!guest_mem_is_page(cpu, gpa(bad[i])));
	}
	CHECK_EQ(value, 42);
	CHECK(guest_mem_is_page(cpu, gpa(OS_PAGE(0))));
	CHECK(!guest_mem_is_page(cpu, gpa(OS_PAGE(0) + 8)));
}

static void set_entry(uint64_t table, int level, uint64_t value)
{
	uint64_t *entries = fake_ram(table);

	entries[ADDRESS >> (12 + 9 * level) & 511] = value;
}

/* Tables for ADDRESS, TABLE(level) each, with junk in the flags. */
static void make_tables(int levels)
{
	int level;

	setup();
	fake_os(cpu)->regs[GUEST_CR3] = TABLE(levels - 1) | 0x018;
	if (levels == 5)
		fake_os(cpu)->regs[GUEST_CR4] |= CR4_LA57;
	for (level = levels - 1; level > 0; level--)
		set_entry(TABLE(level), level, TABLE(level - 1) | 0x67 | NX);
	set_entry(TABLE(0), 0, UINT64_C(0x123456789000) | 0x863 | NX);
}

static uint64_t walk(uint64_t address)
{
	gpa_t at = gpa(42);

	return guest_mem_walk(cpu, address, &at) ? at.v : UINT64_MAX;
}

static void a_walk_finds_small_and_large_pages(void)
{
	int levels;

	for (levels = 4; levels <= 5; levels++) {
		make_tables(levels);
		CHECK_EQ(walk(ADDRESS + 0xabc), 0x123456789abc);
		set_entry(TABLE(1), 1, UINT64_C(0x40000000) | PRESENT | LARGE |
			  0x1000 | NX);
		CHECK_EQ(walk(ADDRESS + 0xabc),
			 0x40000000 + ((ADDRESS + 0xabc) & (BLOCK_SIZE - 1)));
		set_entry(TABLE(2), 2, UINT64_C(0x80000000) | PRESENT | LARGE |
			  0x1000);
		CHECK_EQ(walk(ADDRESS + 0xabc),
			 0x80000000 + ((ADDRESS + 0xabc) & (GIB - 1)));
		/* There is no larger page: the bit is reserved. */
		set_entry(TABLE(2), 2, TABLE(1) | PRESENT);
		set_entry(TABLE(3), 3, TABLE(2) | PRESENT | LARGE);
		CHECK(walk(ADDRESS) != UINT64_MAX);
	}
}

#define ADDRESS_32	UINT64_C(0xc0a01000)

static void set_mode(uint64_t cr0, uint64_t cr4, uint64_t root)
{
	setup();
	fake_os(cpu)->regs[GUEST_EFER] = 0;
	fake_os(cpu)->regs[GUEST_CR0] = cr0;
	fake_os(cpu)->regs[GUEST_CR4] = cr4;
	fake_os(cpu)->regs[GUEST_CR3] = root;
}

static void without_paging_an_address_stands_for_itself(void)
{
	set_mode(CR0_PE, 0, LAST_PAGE);
	CHECK_EQ(walk(0xfee00300), 0xfee00300);
}

static void a_walk_knows_tables_of_32_bits(void)
{
	uint32_t *top, *last;

	set_mode(CR0_PE | CR0_PG, 0, TABLE(1) | 0x18);
	top = fake_ram(TABLE(1));
	last = fake_ram(TABLE(0));
	top[ADDRESS_32 >> 22] = (uint32_t)TABLE(0) | 0xe7;
	last[ADDRESS_32 >> 12 & 1023] = 0x12345000 | 0xfe7;
	CHECK_EQ(walk(ADDRESS_32 + 0xabc), 0x12345abc);
	/* With PSE it is a page of 4 MiB, and may lie higher. */
	fake_os(cpu)->regs[GUEST_CR4] = CR4_PSE;
	top[ADDRESS_32 >> 22] = 0x40000000 | 0x6000 | 0xe7;
	CHECK_EQ(walk(ADDRESS_32 + 0xabc), UINT64_C(0x340201abc));
	top[ADDRESS_32 >> 22] = 0x40000000 | 0xe6;
	CHECK_EQ(walk(ADDRESS_32), UINT64_MAX);
}

static void a_walk_knows_pae(void)
{
	uint64_t *top, *middle, *last;

	set_mode(CR0_PE | CR0_PG, CR4_PAE, (TABLE(2) + 0x40) | 0x18);
	top = fake_ram(TABLE(2) + 0x40);
	middle = fake_ram(TABLE(1));
	last = fake_ram(TABLE(0));
	top[3] = TABLE(1) | PRESENT;
	middle[ADDRESS_32 >> 21 & 511] = TABLE(0) | 0x67;
	last[ADDRESS_32 >> 12 & 511] = UINT64_C(0x123456789000) | 0xe7 | NX;
	CHECK_EQ(walk(ADDRESS_32 + 0xabc), UINT64_C(0x123456789abc));
	middle[ADDRESS_32 >> 21 & 511] = 0x40000000 | PRESENT | LARGE;
	CHECK_EQ(walk(ADDRESS_32 + 0xabc), 0x40001abc);
	top[3] = TABLE(1);
	CHECK_EQ(walk(ADDRESS_32), UINT64_MAX);
}

static void a_walk_stops_at_what_is_not_there(void)
{
	int levels, level;

	for (levels = 4; levels <= 5; levels++) {
		for (level = 0; level < levels; level++) {
			make_tables(levels);
			set_entry(TABLE(level), level, 0x66);
			CHECK_EQ(walk(ADDRESS), UINT64_MAX);
		}
		make_tables(levels);
		CHECK_EQ(walk(0), UINT64_MAX);
		CHECK_EQ(walk(UINT64_MAX), UINT64_MAX);
	}
}

static void a_walk_leaves_no_ram(void)
{
	static const uint64_t bad[] = {
		FAKE_HV_BASE, BLOCK_SIZE, FAKE_APIC_BASE,
		UINT64_C(0x000ffffffffff000),
	};
	unsigned int i;
	int level;

	for (i = 0; i < COUNT_OF(bad); i++) {
		for (level = 1; level < 4; level++) {
			make_tables(4);
			set_entry(TABLE(level), level, bad[i] | PRESENT);
			CHECK_EQ(walk(ADDRESS), UINT64_MAX);
		}
		make_tables(4);
		fake_os(cpu)->regs[GUEST_CR3] = bad[i];
		CHECK_EQ(walk(ADDRESS), UINT64_MAX);
	}
}

TESTS(
	RUN(bytes_go_in_and_out);
	RUN(a_copy_stays_in_its_page);
	RUN(only_the_os_s_ram_is_reached);
	RUN(a_walk_finds_small_and_large_pages);
	RUN(without_paging_an_address_stands_for_itself);
	RUN(a_walk_knows_tables_of_32_bits);
	RUN(a_walk_knows_pae);
	RUN(a_walk_stops_at_what_is_not_there);
	RUN(a_walk_leaves_no_ram);
)
