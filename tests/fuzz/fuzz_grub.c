/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What GRUB and the firmware pass: an odd first byte, then a MADT; 2, 4 or 6 in
 * its low bits, then a kernel, as ELF or with a header of Multiboot or
 * Multiboot2, whose magic numbers are put right; else the boot information,
 * whose own size is.
 */
#include <setjmp.h>
#include <string.h>
#include <sys/mman.h>
#include "acpi.h"
#include "efi.h"
#include "fuzz.h"
#include "info.h"
#include "memory.h"
#include "multiboot.h"
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

static void put(uint8_t *at, uint32_t value)
{
	memcpy(at, &value, sizeof(value));
}

static uint32_t get(const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return value;
}

static void check_image(const struct elf *image, size_t size)
{
	uint32_t i;

	REQUIRE(image->entry >= image->base && image->entry < image->end);
	REQUIRE(image->end <= 1ull << 32);
	for (i = 0; i < image->piece_count; i++) {
		const struct elf_piece *piece = &image->pieces[i];

		REQUIRE(piece->offset <= size &&
			piece->size <= size - piece->offset);
		REQUIRE(piece->address >= image->base &&
			piece->size <= image->end - piece->address);
	}
	REQUIRE(image->sections_offset + (uint64_t)image->section_count *
		image->section_size <= size);
}

static void read_elf(uint8_t *file, size_t size)
{
	static struct elf elf;

	put(file, 0x464c457f);
	file[4] = file[4] & 1 ? 1 : 2;
	file[5] = 1;
	file[18] = file[4] == 1 ? 3 : 62;
	file[19] = 0;
	elf_read(&elf, file, size);
	check_image(&elf, size);
}

static void read_multiboot(uint8_t *file, size_t size, uint32_t version)
{
	static struct multiboot multiboot;

	if (version == 1) {
		put(file, 0x1badb002);
		put(file + 8, -(get(file) + get(file + 4)));
	} else {
		put(file, 0xe85250d6);
		put(file + 4, 0);
		put(file + 12, -(get(file) + get(file + 8)));
	}
	if (multiboot_read(&multiboot, file, size, version))
		check_image(&multiboot.image, size);
}

static void read_kernel(const uint8_t *bytes, size_t size, uint32_t kind)
{
	uint8_t *copy = at_end(size);

	if (size < 64)
		return;
	memcpy(copy, bytes, size);
	if (kind == 1)
		read_elf(copy, size);
	else
		read_multiboot(copy, size, kind - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	if (!size || size > ROOM / 2 || setjmp(catcher))
		return 0;
	if (bytes[0] & 1)
		read_madt(bytes + 1, size - 1);
	else if (bytes[0] & 6)
		read_kernel(bytes + 1, size - 1, bytes[0] >> 1 & 3);
	else
		read_information(bytes + 1, size - 1);
	return 0;
}
