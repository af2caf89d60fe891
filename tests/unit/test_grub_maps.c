/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * loader/grub/memory.c: memory maps that firmware of real machines has told, as
 * Linux's log has them ("BIOS-e820:"); of some only a part is recorded.
 */
#include <stdint.h>
#include <string.h>

#include "memory.h"
#include "test.h"

#define GIB	(UINT64_C(1) << 30)
#define MIB	(UINT64_C(1) << 20)

enum { RAM = 1, RESERVED, ACPI, NVS };

struct map {
	const char *name;
	bool has_room;			/* for the hypervisor */
	struct {
		uint64_t first, last;
		uint32_t kind;
	} parts[20];
};

static const struct map maps[] = {
	{ "Dell Precision T3400: parts that end within a page", true, {
		{ 0, 0x9ebff, RAM }, { 0xf0000, 0xfffff, RESERVED },
		{ 0x100000, 0xbfe01bff, RAM }, { 0xbfe01c00, 0xbfe53bff, NVS },
		{ 0xbfe53c00, 0xbfe55bff, ACPI },
		{ 0xbfe55c00, 0xbfffffff, RESERVED },
		{ 0xe0000000, 0xefffffff, RESERVED },
		{ 0xfec00000, 0xfed003ff, RESERVED },
		{ 0xfed20000, 0xfed9ffff, RESERVED },
		{ 0xfee00000, 0xfeefffff, RESERVED },
		{ 0xffb00000, 0xffffffff, RESERVED },
		{ 0x100000000, 0x23bffffff, RAM } } },
	{ "Dell PowerEdge 1900: all of the first 640 KiB", true, {
		{ 0, 0x9ffff, RAM }, { 0x100000, 0xcffa7fff, RAM },
		{ 0xcffa8000, 0xcffb7bff, ACPI },
		{ 0xcffb7c00, 0xcfffffff, RESERVED },
		{ 0xe0000000, 0xefffffff, RESERVED },
		{ 0xfe000000, 0xffffffff, RESERVED },
		{ 0x100000000, 0x42fffffff, RAM } } },
	{ "QEMU's older machine, 4 GiB", true, {
		{ 0, 0x9fbff, RAM }, { 0x9fc00, 0x9ffff, RESERVED },
		{ 0xf0000, 0xfffff, RESERVED }, { 0x100000, 0xbffdffff, RAM },
		{ 0xbffe0000, 0xbfffffff, RESERVED },
		{ 0xfffc0000, 0xffffffff, RESERVED },
		{ 0x100000000, 0x13fffffff, RAM } } },
	{ "a desktop of 8 GiB: pages between RAM and RAM", true, {
		{ 0, 0x903ff, RAM }, { 0x90400, 0x9ffff, RESERVED },
		{ 0xe0000, 0xfffff, RESERVED }, { 0x100000, 0xc9f98fff, RAM },
		{ 0xc9f99000, 0xc9f99fff, NVS },
		{ 0xc9f9a000, 0xc9f9afff, RESERVED },
		{ 0xc9f9b000, 0xd987cfff, RAM },
		{ 0xd987d000, 0xdaeb3fff, RESERVED },
		{ 0xdaeb4000, 0xdaef7fff, ACPI },
		{ 0xdaef8000, 0xdb818fff, NVS },
		{ 0xdb819000, 0xdbdfefff, RESERVED },
		{ 0xdbdff000, 0xdbdfffff, RAM },
		{ 0xdbe00000, 0xdfffffff, RESERVED },
		{ 0xf8000000, 0xfbffffff, RESERVED },
		{ 0xff000000, 0xffffffff, RESERVED },
		{ 0x100000000, 0x21dffffff, RAM } } },
	{ "a laptop (Optimus) below 4 GiB: RAM in seven pieces", true, {
		{ 0, 0x57fff, RAM }, { 0x58000, 0x58fff, RESERVED },
		{ 0x59000, 0x9dfff, RAM }, { 0x9e000, 0x9ffff, RESERVED },
		{ 0x100000, 0xad852fff, RAM }, { 0xad853000, 0xad859fff, NVS },
		{ 0xad85a000, 0xae0d2fff, RAM },
		{ 0xae0d3000, 0xae373fff, RESERVED },
		{ 0xae374000, 0xbd8c5fff, RAM },
		{ 0xbd8c6000, 0xbdacefff, RESERVED },
		{ 0xbdacf000, 0xbde00fff, RAM },
		{ 0xbde01000, 0xbeb05fff, NVS },
		{ 0xbeb06000, 0xbeffefff, RESERVED },
		{ 0xbefff000, 0xbeffffff, RAM } } },
	{ "a server of several nodes, each with a hole at its end", true, {
		{ 0x759a0000, 0x75aecfff, RAM },
		{ 0x75aed000, 0x75aedfff, RESERVED },
		{ 0x75aee000, 0x75b09fff, RAM },
		{ 0x75b0a000, 0x75d49fff, RESERVED },
		{ 0x75d4a000, 0x79201fff, RAM },
		{ 0x79202000, 0x79202fff, NVS },
		{ 0x79203000, 0x7bffffff, RAM },
		{ 0x7c000000, 0x8fffffff, RESERVED },
		{ 0x100000000, 0x2f7fffffff, RAM },
		{ 0x2f80000000, 0x303fffffff, RESERVED },
		{ 0x3040000000, 0x5f7bffffff, RAM },
		{ 0x5f7c000000, 0x603fffffff, RESERVED },
		{ 0x6040000000, 0x8f7bffffff, RAM } } },
	{ "a laptop of 5 GiB", true, {
		{ 0, 0x9e3ff, RAM }, { 0x9e400, 0x9ffff, RESERVED },
		{ 0xf0000, 0xfffff, RESERVED }, { 0x100000, 0xcf68ffff, RAM },
		{ 0xcf690000, 0xcf6dffff, RESERVED },
		{ 0xcf6e0000, 0xcf6e2fff, NVS },
		{ 0xcf6e3000, 0xcf6effff, ACPI },
		{ 0xcf6f0000, 0xcf6fffff, RESERVED },
		{ 0xe0000000, 0xefffffff, RESERVED },
		{ 0xfec00000, 0xffffffff, RESERVED },
		{ 0x100000000, 0x12fffffff, RAM } } },
	{ "QEMU, 16 MiB: too little", false, {
		{ 0, 0x9fbff, RAM }, { 0x9fc00, 0x9ffff, RESERVED },
		{ 0xf0000, 0xfffff, RESERVED }, { 0x100000, 0xfdffff, RAM },
		{ 0xfe0000, 0xffffff, RESERVED },
		{ 0xfffc0000, 0xffffffff, RESERVED } } },
};

static struct info info;
static struct memory memory;
static uint64_t ram_told;

/* The highest part first: nobody promises an order. */
static void load(const struct map *map)
{
	uint32_t count = 0;

	memset(&info, 0, sizeof(info));
	ram_told = 0;
	while (count < COUNT_OF(map->parts) && map->parts[count].last)
		count++;
	while (count-- > 0) {
		uint64_t size = map->parts[count].last -
				map->parts[count].first + 1;

		info_add_range(&info, map->parts[count].first, size,
			       map->parts[count].kind);
		if (map->parts[count].kind == RAM)
			ram_told += size;
	}
	memory_init(&memory, &info);
}

static uint64_t ram(void)
{
	uint64_t sum = 0;
	uint32_t i;

	for (i = 0; i < memory.range_count; i++)
		if (memory.ranges[i].kind == MEMORY_RAM)
			sum += memory.ranges[i].size;
	return sum;
}

/* Of how many bytes of the place does the map say this kind? */
static uint64_t bytes_of(uint64_t base, uint64_t size, uint32_t kind)
{
	uint64_t sum = 0;
	uint32_t i;

	for (i = 0; i < memory.range_count; i++) {
		const struct info_range *range = &memory.ranges[i];
		uint64_t from = range->base > base ? range->base : base;
		uint64_t to = range->base + range->size;

		if (to > base + size)
			to = base + size;
		if (range->kind == kind && from < to)
			sum += to - from;
	}
	return sum;
}

static void all_ram_is_kept(void)
{
	unsigned int i, j;

	for (i = 0; i < COUNT_OF(maps); i++) {
		load(&maps[i]);
		if (ram() != ram_told)
			printf("# %s\n", maps[i].name);
		CHECK_EQ(ram(), ram_told);
		for (j = 1; j < memory.range_count; j++)
			CHECK(memory.ranges[j - 1].base +
			      memory.ranges[j - 1].size <=
			      memory.ranges[j].base);
	}
}

static void the_hypervisor_is_in_ram_and_then_reserved(void)
{
	unsigned int i;

	for (i = 0; i < COUNT_OF(maps); i++) {
		uint64_t at;

		load(&maps[i]);
		memory_take(&memory, 0, MIB);
		at = memory_place(&memory, 4 * MIB, 4 * MIB, 16 * MIB, 4 * GIB);
		if (!at != !maps[i].has_room)
			printf("# %s\n", maps[i].name);
		CHECK_EQ(at != 0, maps[i].has_room);
		if (!at)
			continue;
		CHECK_EQ(bytes_of(at, 4 * MIB, MEMORY_RAM), 4 * MIB);
		memory_reserve(&memory, at, 4 * MIB);
		CHECK_EQ(bytes_of(at, 4 * MIB, MEMORY_RESERVED), 4 * MIB);
		CHECK_EQ(ram(), ram_told - 4 * MIB);
	}
}

TESTS(
	RUN(all_ram_is_kept);
	RUN(the_hypervisor_is_in_ram_and_then_reserved);
)
