/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What GRUB and the firmware pass: an odd first byte, then a MADT; an even one,
 * then the boot information, whose own size is put right.
 */
#include <setjmp.h>
#include <string.h>
#include <sys/mman.h>
#include "acpi.h"
#include "efi.h"
#include "fuzz.h"
#include "info.h"
#include "memory.h"
#include "print.h"

#define ROOM	0x10000u

static jmp_buf catcher;

void fail(const char *words, ...)
{
	(void)words;
	longjmp(catcher, 1);
}

/* The last `size` bytes before a page that is not there, below 4 GiB. */
static uint8_t *at_end(size_t size)
{
	static uint8_t *room;

	if (!room) {
		room = mmap(NULL, ROOM + 4096, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
		REQUIRE(room != MAP_FAILED);
		REQUIRE(!mprotect(room + ROOM, 4096, PROT_NONE));
	}
	return room + ROOM - size;
}

static void read_madt(const uint8_t *bytes, size_t size)
{
	static struct {
		uint8_t pointer[40], root[44];
	} *tables;
	uint32_t ids[ACPI_CPUS_MAX], length = (uint32_t)size;
	uint8_t *madt = at_end((size + 15) & ~(size_t)15);
	uint64_t address;

	if (size < 36)
		return;
	madt = at_end(size);
	tables = (void *)at_end(ROOM);
	memset(tables, 0, sizeof(*tables));
	memcpy(madt, bytes, size);
	memcpy(madt, "APIC", 4);
	memcpy(madt + 4, &length, 4);
	memcpy(tables->pointer, "RSD PTR ", 8);
	tables->pointer[15] = 2;
	address = (uint64_t)tables->root;
	memcpy(tables->pointer + 24, &address, 8);
	memcpy(tables->root, "XSDT\x2c", 5);
	address = (uint64_t)madt;
	memcpy(tables->root + 36, &address, 8);
	REQUIRE(acpi_cpus((uint64_t)tables, ids) <= ACPI_CPUS_MAX);
}

static void check_map(const struct memory *memory)
{
	for (uint32_t i = 1; i < memory->range_count; i++)
		REQUIRE(memory->ranges[i - 1].base + memory->ranges[i - 1].size
			<= memory->ranges[i].base);
}

/* The map for the OS is written to memory that is there. */
static void make_efi_map(struct info_efi *efi, struct memory *memory)
{
	static uint8_t *room;
	uint32_t size = efi->map_size;

	efi_check(efi);
	efi_take_boot_services(efi, memory);
	if (!room) {
		room = mmap(NULL, ROOM, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
		REQUIRE(room != MAP_FAILED);
	}
	memory->ranges[0] = (struct info_range){ (uint64_t)room, ROOM,
						 MEMORY_RAM };
	memory->range_count = 1;
	efi_make_map(efi, memory);
	REQUIRE(!efi->table || efi->map_size % efi->entry_size == 0);
	REQUIRE(!efi->table || efi->map_size + efi->entry_size > size);
}

static void read_information(const uint8_t *bytes, size_t size)
{
	static struct info info;
	static struct memory memory;
	uint32_t length = (uint32_t)size & ~7u;
	uint8_t *copy = at_end(length);
	uint64_t place;

	if (length < 8)
		return;
	memcpy(copy, bytes, length);
	memcpy(copy, &length, 4);
	info_read(&info, (uint64_t)copy);
	memory_init(&memory, &info);
	check_map(&memory);
	place = memory_place(&memory, 0x400000, 0x400000, 0x1000000,
			     1ull << 32);
	if (place)
		memory_reserve(&memory, place, 0x400000);
	check_map(&memory);
	make_efi_map(&info.efi, &memory);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	if (!size || size > ROOM / 2 || setjmp(catcher))
		return 0;
	if (bytes[0] & 1)
		read_madt(bytes + 1, size - 1);
	else
		read_information(bytes + 1, size - 1);
	return 0;
}
