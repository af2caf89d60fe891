/* SPDX-License-Identifier: BSD-2-Clause */
/* loader/grub: memory maps, GRUB's information, ACPI, what is a kernel. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "acpi.h"
#include "fake_grub.h"
#include "info.h"
#include "linux.h"
#include "memory.h"
#include "test.h"

#define GIB	(UINT64_C(1) << 30)
#define MIB	(UINT64_C(1) << 20)

static struct info info;
static struct memory memory;

/* A firmware's map, and how much RAM it really has below and above 4 GiB. */
struct map {
	const char *name;
	uint64_t low, high;
	struct info_range ranges[12];
};

static const struct map maps[] = {
	{ "QEMU q35, 1 GiB", 0x9fc00 + 0x3ff00000 - 0x21000, 0, {
		{ 0, 0x9fc00, 1 }, { 0x9fc00, 0x400, 2 },
		{ 0xf0000, 0x10000, 2 }, { 0x100000, 0x3fedf000, 1 },
		{ 0x3ffdf000, 0x21000, 2 }, { 0xb0000000, 0x10000000, 2 },
		{ 0xfed1c000, 0x4000, 2 }, { 0xfffc0000, 0x40000, 2 } } },
	{ "QEMU q35, 8 GiB", 0x9fc00 + 0x7fedf000, 6 * GIB, {
		{ 0, 0x9fc00, 1 }, { 0x9fc00, 0x400, 2 },
		{ 0xf0000, 0x10000, 2 }, { 0x100000, 0x7fedf000, 1 },
		{ 0x7ffdf000, 0x21000, 2 }, { 0xb0000000, 0x10000000, 2 },
		{ 4 * GIB, 6 * GIB, 1 } } },
	{ "a laptop: holes, ACPI, unsorted", 0x58000 + 0x45000 + 0xbfe00000 -
	  0x100000, 2 * GIB, {
		{ 4 * GIB, 2 * GIB, 1 }, { 0x100000, 0xbfd00000, 1 },
		{ 0, 0x58000, 1 }, { 0x58000, 0x1000, 2 },
		{ 0x59000, 0x45000, 1 }, { 0x9e000, 0x62000, 2 },
		{ 0xbfe00000, 0x100000, 3 }, { 0xbff00000, 0x100000, 4 },
		{ 0xfeb00000, 0x1500000, 2 } } },
	{ "RAM said twice, and reserved in the midst", 0x7f000000 - 0x200000,
	  0, {
		{ 0, 0x40000000, 1 }, { 0x3f000000, 0x40000000, 1 },
		{ 0x20000000, 0x200000, 2 }, { 0x20100000, 0x100000, 1 } } },
	{ "adjacent pieces", 0x30000000, 0, {
		{ 0x20000000, 0x10000000, 1 }, { 0, 0x10000000, 1 },
		{ 0x10000000, 0x10000000, 1 } } },
	{ "bad memory (5) above all", 0x10000000 - 0x1000, 0, {
		{ 0, 0x10000000, 1 }, { 0x8000000, 0x1000, 5 } } },
};

static void load(const struct map *map)
{
	memset(&info, 0, sizeof(info));
	while (info.range_count < 12 && map->ranges[info.range_count].size) {
		info.ranges[info.range_count] = map->ranges[info.range_count];
		info.range_count++;
	}
	memory_init(&memory, &info);
}

static void check_order(const char *name)
{
	uint32_t i;

	for (i = 0; i < memory.range_count; i++) {
		const struct info_range *range = &memory.ranges[i];

		CHECK(range->size > 0);
		if (i == 0)
			continue;
		if (range[-1].base + range[-1].size > range->base)
			printf("# %s: part %u\n", name, i);
		CHECK(range[-1].base + range[-1].size <= range->base);
		CHECK(range[-1].base + range[-1].size < range->base ||
		      range[-1].kind != range->kind);
	}
}

static uint64_t ram(uint64_t low, uint64_t high)
{
	uint64_t sum = 0;
	uint32_t i;

	for (i = 0; i < memory.range_count; i++)
		if (memory.ranges[i].kind == MEMORY_RAM &&
		    memory.ranges[i].base >= low &&
		    memory.ranges[i].base < high)
			sum += memory.ranges[i].size;
	return sum;
}

static void odd_maps_become_clean(void)
{
	unsigned int i;

	for (i = 0; i < COUNT_OF(maps); i++) {
		load(&maps[i]);
		check_order(maps[i].name);
		if (ram(0, 4 * GIB) != maps[i].low)
			printf("# %s\n", maps[i].name);
		CHECK_EQ(ram(0, 4 * GIB), maps[i].low);
		CHECK_EQ(ram(4 * GIB, UINT64_MAX), maps[i].high);
	}
}

static void the_hypervisor_is_reserved_and_nothing_else(void)
{
	struct hv_launch launch;
	unsigned int i;

	for (i = 0; i < COUNT_OF(maps); i++) {
		uint64_t before, at;

		load(&maps[i]);
		memset(&launch, 0, sizeof(launch));
		memory_take(&memory, 0, MIB);
		before = ram(0, UINT64_MAX);
		memory_tell(&memory, &launch);
		at = memory_place(&memory, 4 * MIB, 4 * MIB, 16 * MIB, 4 * GIB);
		CHECK(at >= 16 * MIB && at % (4 * MIB) == 0);
		memory_reserve(&memory, at, 4 * MIB);
		CHECK_EQ(ram(0, UINT64_MAX), before - 4 * MIB);
		check_order(maps[i].name);
	}
}

static void places_do_not_overlap(void)
{
	uint64_t places[MEMORY_TAKEN_MAX];
	unsigned int i, j;

	load(&maps[3]);
	for (i = 0; i < MEMORY_TAKEN_MAX; i++) {
		places[i] = memory_place(&memory, 3 * MIB, 4096, MIB, 4 * GIB);
		CHECK(places[i]);
		CHECK(places[i] + 3 * MIB <= 0x20000000 ||
		      places[i] >= 0x20200000);
		for (j = 0; j < i; j++)
			CHECK(places[j] + 3 * MIB <= places[i] ||
			      places[i] + 3 * MIB <= places[j]);
	}
}

static void what_does_not_fit_is_not_placed(void)
{
	load(&maps[5]);
	CHECK_EQ(memory_place(&memory, 0x8000000, 4096, MIB, 4 * GIB), 0);
	CHECK_EQ(memory_place(&memory, UINT64_MAX - 4095, 4096, MIB, 4 * GIB),
		 0);
	CHECK(!memory_place_at(&memory, 0x8000000, 4096));
	CHECK(!memory_place_at(&memory, 0x7fff000, 2 * 4096));
	CHECK(memory_place_at(&memory, 0x7fff000, 4096));
	CHECK(!memory_place_at(&memory, 0x7fff000, 4096));
	CHECK(!memory_place_at(&memory, UINT64_MAX - 4095, 4096));
}

static uint8_t *page;		/* below 4 GiB, with nothing behind it */

static void map_page(void)
{
	if (page)
		return;
	page = mmap(NULL, 2 * 4096, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	mprotect(page + 4096, 4096, PROT_NONE);
	memset(page, 0, 4096);
}

static uint8_t *put(uint8_t *at, uint64_t value, unsigned int size)
{
	memcpy(at, &value, size);
	return at + size;
}

/* A root pointer, its table, and a MADT of `size` bytes at the page's end. */
static uint8_t *make_tables(uint32_t size)
{
	uint8_t *madt;

	map_page();
	memset(page, 0, 4096);
	madt = page + 4096 - size;
	memcpy(page, "RSD PTR ", 8);
	page[15] = 2;
	put(page + 24, (uint64_t)(page + 64), 8);
	memcpy(page + 64, "XSDT", 4);
	put(page + 68, 36 + 8, 4);
	put(page + 64 + 36, (uint64_t)madt, 8);
	memcpy(madt, "APIC", 4);
	put(madt + 4, size, 4);
	return madt + 44;
}

static void cpus_are_found(void)
{
	uint32_t ids[ACPI_CPUS_MAX];
	uint8_t *at = make_tables(44 + 8 + 8 + 16 + 6);

	at = put(at, 0x0000000103000800, 8);	/* APIC 3, usable */
	at = put(at, 0x0000000004000800, 8);	/* 4 is not */
	at = put(at, 0x0000000000001009, 4);	/* x2APIC */
	at = put(at, 300, 4);
	at = put(at, 1, 8);
	put(at, 0x0604, 6);			/* some NMI */
	CHECK_EQ(acpi_cpus((uint64_t)page, ids), 2);
	CHECK_EQ(ids[0], 3);
	CHECK_EQ(ids[1], 300);
}

#define FADT_SIZE	256u

static struct hv_launch told;

static uint8_t *make_fadt(void)
{
	uint8_t *fadt = make_tables(FADT_SIZE) - 44;

	memcpy(fadt, "FACP", 4);
	put(fadt + 64, 0x604, 4);
	put(fadt + 68, 0x20704, 4);		/* no port */
	put(fadt + 112, 1u << 10, 4);
	put(fadt + 116, 0x0801, 2);
	put(fadt + 120, 0xcf9, 8);
	put(fadt + 128, 0xf, 1);
	return fadt;
}

static bool is_end(unsigned int i, uint64_t at, uint8_t is_port, uint8_t byte)
{
	const struct hv_end *end = &told.ends[i];

	return end->at == at && end->is_port == is_port && end->byte == byte &&
	       end->is_value == (i == 3);
}

static void the_registers_of_sleep_and_reset_are_found(void)
{
	uint8_t *fadt = make_fadt();

	acpi_registers((uint64_t)page, &told);
	CHECK(is_end(0, 0x605, 1, 0x20));
	CHECK_EQ(told.ends[1].at, 0);
	CHECK_EQ(told.ends[2].at, 0);
	CHECK(is_end(3, 0xcf9, 1, 0xf));
	put(fadt + 172, 0x1001, 2);		/* the wide form goes before */
	put(fadt + 176, 0x804, 8);
	put(fadt + 116, 0x0800, 2);		/* a register in memory */
	put(fadt + 120, 0xfe001000, 8);
	put(fadt + 244, 0x0800, 2);		/* hardware-reduced */
	put(fadt + 248, 0xfe001020, 8);
	acpi_registers((uint64_t)page, &told);
	CHECK(is_end(0, 0x805, 1, 0x20));
	CHECK(is_end(2, 0xfe001020, 0, 0x20));
	CHECK(is_end(3, 0xfe001000, 0, 0xf));
	put(fadt + 116, 0x0802, 2);		/* in PCI configuration */
	acpi_registers((uint64_t)page, &told);
	CHECK_EQ(told.ends[3].at, 0);
	put(fadt + 4, 100, 4);			/* an old, short table */
	acpi_registers((uint64_t)page, &told);
	CHECK(is_end(0, 0x605, 1, 0x20));
	CHECK_EQ(told.ends[3].at, 0);
	acpi_registers(0, &told);
	CHECK_EQ(told.ends[0].at, 0);
}

static void configuration_in_memory_is_found(void)
{
	uint8_t *at = make_tables(44 + 3 * 16 + 8);

	memcpy(at - 44, "MCFG", 4);
	at = put(at, 0xb0000000, 8);
	at = put(at, 0xff000000, 8);		/* buses 0 to 255 */
	at = put(at, 0x400000000, 8);
	at = put(at, 0x1f100001, 8);		/* segment 1, 0x10 to 0x1f */
	at = put(at, 0x500000000, 8);
	put(at, 0x00010000, 8);			/* the last before the first */
	acpi_registers((uint64_t)page, &told);
	CHECK_EQ(told.ecams[0].base, 0xb0000000);
	CHECK_EQ(told.ecams[0].size, 256 * MIB);
	CHECK_EQ(told.ecams[1].base, 0x401000000);
	CHECK_EQ(told.ecams[1].size, 16 * MIB);
	CHECK_EQ(told.ecams[2].size, 0);
}

static void malformed_tables_end_the_list(void)
{
	uint32_t ids[ACPI_CPUS_MAX];
	uint8_t *at = make_tables(44 + 10);

	put(at, 0x0000000103000800, 8);
	put(at + 8, 0x0900, 2);			/* longer than the table */
	CHECK_EQ(acpi_cpus((uint64_t)page, ids), 1);
	put(at, 0x0000000103000000, 8);		/* without a length */
	CHECK_EQ(acpi_cpus((uint64_t)page, ids), 0);
	put(page + 64 + 36, UINT64_C(1) << 40, 8);
	CHECK_EQ(acpi_cpus((uint64_t)page, ids), 0);
	put(page + 68, 35, 4);
	CHECK_EQ(acpi_cpus((uint64_t)page, ids), 0);
	CHECK_EQ(acpi_cpus(0, ids), 0);
}

static uint8_t sum_of(const uint8_t *bytes, size_t count)
{
	uint8_t sum = 0;

	while (count--)
		sum = (uint8_t)(sum + *bytes++);
	return sum;
}

static void a_table_that_is_taken_is_found_no_more(void)
{
	uint8_t *table = make_tables(100) - 44;
	uint64_t rsdp = (uint64_t)page;
	uint8_t copy[100];

	memcpy(table, "DMAR", 4);
	table[9] = (uint8_t)-sum_of(table, 100);
	CHECK_EQ(acpi_take(rsdp, "IVRS", copy, 100), 0);
	CHECK_EQ(acpi_take(rsdp, "DMAR", copy, 99), 100);
	CHECK(!memcmp(table, "DMAR", 4));
	CHECK_EQ(acpi_take(rsdp, "DMAR", copy, 100), 100);
	CHECK(!memcmp(copy, "DMAR", 4) && sum_of(copy, 100) == 0);
	CHECK(!memcmp(table, "PMAR", 4) && sum_of(table, 100) == 0);
	CHECK_EQ(acpi_take(rsdp, "DMAR", copy, 100), 0);
}

static uint64_t boot_information[64];

static void read_information(void)
{
	info_read(&info, (uint64_t)boot_information);
}

/* One tag and a memory map, whose sizes can be wrong. */
static void make_information(uint32_t kind, uint32_t size)
{
	uint8_t *at = (uint8_t *)boot_information;

	memset(boot_information, 0, sizeof(boot_information));
	put(at, sizeof(boot_information), 4);
	at = put(at + 8, 6, 4);
	at = put(at, 16 + 24, 4);
	at = put(at, 24, 8);
	at = put(at, MIB, 8);
	at = put(at, MIB, 8);
	at = put(at, 77, 8);			/* a kind that nobody knows */
	at = put(at, kind, 4);
	put(at, size, 4);
}

static void information_is_read(void)
{
	make_information(3, 16 + 8);
	boot_information[7] = 0x0000300000002000;
	memcpy(&boot_information[8], "os a b", 7);
	CHECK(!fake_grub_fails(read_information, ""));
	CHECK_EQ(info.range_count, 1);
	CHECK_EQ(info.ranges[0].kind, MEMORY_RESERVED);
	CHECK_EQ(info.module_count, 1);
	CHECK_EQ(info_module(&info, "os")->size, 0x1000);
	CHECK(!info_module(&info, "o"));
	CHECK(!strcmp(info_rest(info_module(&info, "os")->words), "a b"));
}

static void malformed_information_stops_the_boot(void)
{
	static const struct {
		uint32_t kind, size;
	} bad[] = { { 1, 7 }, { 1, 8 }, { 3, 15 }, { 6, 15 }, { 8, 29 },
		    { 14, 27 }, { 15, 43 }, { 1, 4096 }, { 1, UINT32_MAX } };
	unsigned int i;

	for (i = 0; i < COUNT_OF(bad); i++) {
		make_information(bad[i].kind, bad[i].size);
		if (!fake_grub_fails(read_information, "GRUB"))
			printf("# kind %u, size %u\n", bad[i].kind,
			       bad[i].size);
		CHECK(fake_grub_said[0]);
	}
	make_information(3, 24);
	boot_information[7] = 0x0000200000003000;	/* ends before */
	CHECK(fake_grub_fails(read_information, "malformed"));
	make_information(3, 24);
	memset(&boot_information[8], 'x', 8);
	CHECK(fake_grub_fails(read_information, "without an end"));
}

static void numbers_are_read(void)
{
	CHECK_EQ(info_number("a serial=0x3f8 b", "serial"), 0x3f8);
	CHECK_EQ(info_number("serial=1016", "serial"), 1016);
	CHECK_EQ(info_number("xserial=1 serial= 7", "serial"), 0);
	CHECK_EQ(info_number("", "serial"), 0);
}

static uint8_t kernel[8192];
static struct info_module os = { .words = "os" };

static bool is_64_bit;

static void prepare32(void)
{
	struct handoff handoff;

	linux_prepare32(&handoff, &memory, &info, &os, NULL);
}

static void prepare(void)
{
	struct linux_boot boot;

	os.base = (uint64_t)kernel;
	is_64_bit = linux_prepare(&boot, &memory, &info, &os, NULL);
}

/* What a bzImage says of itself, so far as it is asked. */
static void make_kernel(void)
{
	load(&maps[0]);
	memset(kernel, 0, sizeof(kernel));
	os.size = sizeof(kernel);
	kernel[0x1f1] = 1;
	put(kernel + 0x1f4, (sizeof(kernel) - 1024) / 16, 4);
	put(kernel + 0x1fe, 0xaa55, 2);
	memcpy(kernel + 0x202, "HdrS", 4);
	put(kernel + 0x206, 0x20f, 2);
	kernel[0x234] = 1;
	put(kernel + 0x236, 1, 2);
	put(kernel + 0x258, 16 * MIB, 8);
	put(kernel + 0x260, 32 * MIB, 4);
}

static void what_is_no_kernel_is_refused(void)
{
	make_kernel();
	os.size = 0x263;
	CHECK(fake_grub_fails(prepare, "is no kernel"));
	make_kernel();
	kernel[0x202]++;
	CHECK(fake_grub_fails(prepare, "is no kernel"));
	make_kernel();
	put(kernel + 0x206, 0x20b, 2);
	CHECK(fake_grub_fails(prepare, "too old"));
}

static void a_kernel_may_lack_the_64_bit_entry(void)
{
	make_kernel();
	kernel[0x236] = 0;
	CHECK(!fake_grub_fails(prepare, ""));
	CHECK(!is_64_bit);
}

static void a_cut_kernel_is_refused(void)
{
	make_kernel();
	os.size -= 16;
	CHECK(fake_grub_fails(prepare, "cut off"));
	make_kernel();
	put(kernel + 0x1f4, UINT32_MAX, 4);
	CHECK(fake_grub_fails(prepare, "cut off"));
	make_kernel();
	put(kernel + 0x260, 4096, 4);
	CHECK(fake_grub_fails(prepare, "too large"));
}

static void a_kernel_without_room_is_refused(void)
{
	make_kernel();
	put(kernel + 0x260, 0x80000000, 4);
	CHECK(!fake_grub_fails(prepare, ""));
	CHECK(!is_64_bit);
	CHECK(fake_grub_fails(prepare32, "no room for the OS"));
}

TESTS(
	RUN(odd_maps_become_clean);
	RUN(the_hypervisor_is_reserved_and_nothing_else);
	RUN(places_do_not_overlap);
	RUN(what_does_not_fit_is_not_placed);
	RUN(cpus_are_found);
	RUN(the_registers_of_sleep_and_reset_are_found);
	RUN(configuration_in_memory_is_found);
	RUN(malformed_tables_end_the_list);
	RUN(a_table_that_is_taken_is_found_no_more);
	RUN(information_is_read);
	RUN(malformed_information_stops_the_boot);
	RUN(numbers_are_read);
	RUN(what_is_no_kernel_is_refused);
	RUN(a_kernel_may_lack_the_64_bit_entry);
	RUN(a_cut_kernel_is_refused);
	RUN(a_kernel_without_room_is_refused);
)
