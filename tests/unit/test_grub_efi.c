/* SPDX-License-Identifier: BSD-2-Clause */
/* loader/grub/efi.c: UEFI's memory map, before and after we were there. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "efi.h"
#include "fake_grub.h"
#include "test.h"

#define GIB		(UINT64_C(1) << 30)
#define MIB		(UINT64_C(1) << 20)
#define PAGE		4096
#define ENTRY_SIZE	48	/* EDK II's: more than is specified */
#define ENTRIES_MAX	64
#define HYPERVISOR_SIZE	(4 * MIB)

enum { RESERVED, LOADER_CODE, LOADER, BOOT_CODE, BOOT, RUN_CODE, RUN, FREE,
       BAD, ACPI, NVS, IO };

struct entry {
	uint32_t kind, padding;
	uint64_t base, virtual_base, page_count, attributes, more;
};

struct part {
	uint32_t kind;
	uint64_t base, end;
};

struct map {
	const char *name;
	struct part parts[24];
};

static const struct map maps[] = {
	{ "OVMF, 1 GiB", {
		{ BOOT_CODE, 0, 0x1000 }, { LOADER, 0x1000, 0x87000 },
		{ BOOT, 0x87000, 0x88000 }, { LOADER, 0x88000, 0xa0000 },
		{ LOADER, 0x100000, 0x150000 }, { FREE, 0x150000, 0x806000 },
		{ NVS, 0x806000, 0x808000 }, { FREE, 0x808000, 0x810000 },
		{ NVS, 0x810000, 0x900000 }, { BOOT, 0x900000, 0x1500000 },
		{ LOADER, 0x1500000, 0xb1ff000 },
		{ FREE, 0xb1ff000, 0x2c5fe000 },
		{ LOADER_CODE, 0x2c5fe000, 0x3bb6d000 },
		{ BOOT, 0x3bb6d000, 0x3bb8d000 },
		{ FREE, 0x3bb8d000, 0x3e33c000 },
		{ LOADER_CODE, 0x3e33c000, 0x3e363000 },
		{ FREE, 0x3e363000, 0x3e384000 },
		{ BOOT, 0x3e384000, 0x3ea8a000 },
		{ RUN, 0x3ea8a000, 0x3eb8c000 },
		{ BOOT_CODE, 0x3eb8c000, 0x3f4ec000 },
		{ RUN, 0x3f4ec000, 0x3f5ec000 },
		{ RUN_CODE, 0x3f5ec000, 0x3f6ec000 },
		{ ACPI, 0x3f76c000, 0x3f77e000 },
		{ NVS, 0x3f77e000, 0x3f7fe000 } } },
	{ "boot services up to 64 MiB, free memory in small pieces", {
		{ BOOT, 0, 64 * MIB }, { FREE, 64 * MIB, 66 * MIB },
		{ LOADER, 66 * MIB, 67 * MIB }, { FREE, 67 * MIB, 75 * MIB },
		{ RUN, 75 * MIB, 76 * MIB }, { BAD, 76 * MIB, 77 * MIB },
		{ FREE, 77 * MIB, 79 * MIB } } },
	{ "not in order, and much above 4 GiB", {
		{ FREE, 4 * GIB, 20 * GIB }, { RUN_CODE, GIB, GIB + MIB },
		{ FREE, 0, GIB }, { IO, 0xfed00000, 0xfed01000 },
		{ BOOT_CODE, GIB + MIB, GIB + 2 * MIB } } },
};

static struct info info;
static struct memory memory;
static struct entry entries[ENTRIES_MAX];

static bool is_ram(uint32_t kind)
{
	return kind == FREE || (kind >= LOADER_CODE && kind <= BOOT);
}

/* As GRUB does it: the map of Multiboot2 is made from UEFI's. */
static void load(const struct map *map)
{
	uint32_t i;

	memset(&info, 0, sizeof(info));
	memset(entries, 0, sizeof(entries));
	for (i = 0; i < 24 && map->parts[i].end; i++) {
		const struct part *part = &map->parts[i];

		entries[i] = (struct entry){
			.kind = part->kind,
			.base = part->base,
			.page_count = (part->end - part->base) / PAGE,
			.attributes = 0xf,
			.more = i,
		};
		info.ranges[info.range_count++] = (struct info_range){
			part->base, part->end - part->base,
			is_ram(part->kind) ? MEMORY_RAM : MEMORY_RESERVED };
	}
	info.efi = (struct info_efi){ .table = 1, .map = entries,
		.map_size = i * ENTRY_SIZE, .entry_size = ENTRY_SIZE };
	memory_init(&memory, &info);
}

/* What the map says of a page; all parts of it that say something agree. */
static uint32_t kind_of(uint64_t page)
{
	const struct entry *entry = info.efi.map;
	uint32_t i, kind = UINT32_MAX;

	for (i = 0; i < info.efi.map_size / ENTRY_SIZE; i++) {
		if (page < entry[i].base ||
		    page >= entry[i].base + entry[i].page_count * PAGE)
			continue;
		CHECK_EQ(kind, UINT32_MAX);
		kind = entry[i].kind;
	}
	return kind;
}

static uint64_t page_sum(void)
{
	const struct entry *entry = info.efi.map;
	uint64_t sum = 0;
	uint32_t i;

	for (i = 0; i < info.efi.map_size / ENTRY_SIZE; i++) {
		CHECK(entry[i].page_count > 0);
		CHECK_EQ(entry[i].attributes, 0xf);
		sum += entry[i].page_count;
	}
	return sum;
}

static char *room;		/* where the new map is written, for real */

/* Places are sought from the last range on. */
static void make_map(void)
{
	if (!room)
		room = mmap(NULL, MIB, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	memory.ranges[memory.range_count++] = (struct info_range){
		(uint64_t)room, MIB, MEMORY_RAM };
	efi_make_map(&info.efi, &memory);
	CHECK((const char *)info.efi.map >= room &&
	      (const char *)info.efi.map < room + MIB);
}

static uint64_t place_hypervisor(void)
{
	uint64_t at;

	memory_take(&memory, 0, MIB);
	efi_take_boot_services(&info.efi, &memory);
	at = memory_place(&memory, HYPERVISOR_SIZE, HYPERVISOR_SIZE,
			  16 * MIB, 4 * GIB);
	CHECK(at);
	memory_reserve(&memory, at, HYPERVISOR_SIZE);
	return at;
}

static void the_hypervisor_is_reserved_and_no_page_is_lost(void)
{
	unsigned int i;

	for (i = 0; i < COUNT_OF(maps); i++) {
		uint64_t at, page, before;

		load(&maps[i]);
		efi_check(&info.efi);
		before = page_sum();
		at = place_hypervisor();
		make_map();
		CHECK_EQ(page_sum(), before);
		for (page = at; page < at + HYPERVISOR_SIZE; page += PAGE)
			CHECK_EQ(kind_of(page), RESERVED);
		CHECK(kind_of(at - PAGE) != RESERVED);
		CHECK(kind_of(at + HYPERVISOR_SIZE) != RESERVED);
	}
}

static void boot_services_memory_is_left_alone(void)
{
	uint64_t at;

	load(&maps[1]);
	at = place_hypervisor();
	CHECK_EQ(at, 68 * MIB);
	CHECK_EQ(memory_place(&memory, 5 * MIB, PAGE, MIB, 4 * GIB), 0);
	CHECK(!memory_place_at(&memory, 16 * MIB, MIB));
}

static void what_was_placed_is_a_loaders(void)
{
	uint64_t words;

	load(&maps[0]);
	place_hypervisor();
	words = memory_place(&memory, 100, 16, MIB, 4 * GIB);
	memory_take(&memory, 0xb200800, 0x1000);	/* on two pages */
	make_map();
	CHECK_EQ(kind_of(words & -(uint64_t)PAGE), LOADER);
	CHECK_EQ(kind_of(0xb1ff000), FREE);
	CHECK_EQ(kind_of(0xb200000), LOADER);
	CHECK_EQ(kind_of(0xb201000), LOADER);
	CHECK_EQ(kind_of(0xb202000), FREE);
}

static void the_firmwares_own_stays_as_it_is(void)
{
	unsigned int i;

	load(&maps[0]);
	place_hypervisor();
	memory_take(&memory, 0x806000, 0x1000);
	make_map();
	for (i = 0; i < 24; i++)
		if (!is_ram(maps[0].parts[i].kind) ||
		    maps[0].parts[i].kind == BOOT)
			CHECK_EQ(kind_of(maps[0].parts[i].base),
				 maps[0].parts[i].kind);
}

static void what_comes_behind_an_entry_is_kept(void)
{
	const struct entry *entry;
	uint64_t at;

	load(&maps[2]);
	at = place_hypervisor();
	make_map();
	for (entry = info.efi.map; entry->base != at; entry++)
		;
	CHECK_EQ(entry->more, 2);
}

static void check(void)
{
	efi_check(&info.efi);
}

static void a_malformed_map_stops_the_boot(void)
{
	load(&maps[0]);
	CHECK(!fake_grub_fails(check, ""));
	info.efi.entry_size = 32;
	CHECK(fake_grub_fails(check, "no UEFI memory map"));
	info.efi.entry_size = 41;
	CHECK(fake_grub_fails(check, "no UEFI memory map"));
	load(&maps[0]);
	info.efi.map = NULL;
	CHECK(fake_grub_fails(check, "no UEFI memory map"));
	load(&maps[0]);
	entries[3].base++;
	CHECK(fake_grub_fails(check, "(part 3)"));
	load(&maps[0]);
	entries[0].page_count = UINT64_MAX / PAGE + 1;
	CHECK(fake_grub_fails(check, "(part 0)"));
	load(&maps[0]);
	entries[4].base = -(uint64_t)PAGE;
	CHECK(fake_grub_fails(check, "(part 4)"));
}

static void no_uefi_is_no_failure(void)
{
	load(&maps[0]);
	memset(&info.efi, 0, sizeof(info.efi));
	efi_check(&info.efi);
	efi_take_boot_services(&info.efi, &memory);
	efi_make_map(&info.efi, &memory);
	CHECK_EQ(memory.taken_count, 0);
	CHECK(!info.efi.map);
}

TESTS(
	RUN(the_hypervisor_is_reserved_and_no_page_is_lost);
	RUN(boot_services_memory_is_left_alone);
	RUN(what_was_placed_is_a_loaders);
	RUN(the_firmwares_own_stays_as_it_is);
	RUN(what_comes_behind_an_entry_is_kept);
	RUN(a_malformed_map_stops_the_boot);
	RUN(no_uefi_is_no_failure);
)
