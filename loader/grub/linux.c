/* SPDX-License-Identifier: BSD-2-Clause */
#include "linux.h"

#include "efi.h"
#include "lib/string.h"
#include "print.h"

/* Offsets in the kernel's file and in struct boot_params alike. */
#define SCREEN_MODE		0x006
#define SCREEN_COLUMNS		0x007
#define SCREEN_LINES		0x00e
#define SCREEN_IS_VGA		0x00f
#define SCREEN_POINTS		0x010
#define PICTURE_WIDTH		0x012
#define PICTURE_HEIGHT		0x014
#define PICTURE_BITS		0x016
#define PICTURE_BASE		0x018
#define PICTURE_SIZE		0x01c
#define PICTURE_LINE		0x024
#define PICTURE_COLOURS		0x026	/* bits and place of each */
#define PICTURE_ABILITIES	0x036
#define PICTURE_BASE_HIGH	0x03a
#define RSDP_SIZE		36
#define RSDP_ADDRESS		0x070
#define INITRD_HIGH		0x0c0	/* the upper halves of 64 bits */
#define INITRD_SIZE_HIGH	0x0c4
#define EFI_SIGNATURE		0x1c0
#define EFI_TABLE		0x1c4
#define EFI_ENTRY_SIZE		0x1c8
#define EFI_ENTRY_VERSION	0x1cc
#define EFI_MAP			0x1d0
#define EFI_MAP_SIZE		0x1d4
#define EFI_TABLE_HIGH		0x1d8
#define EFI_MAP_HIGH		0x1dc
#define E820_COUNT		0x1e8
#define SECURE_BOOT		0x1ec
#define SETUP_HEADER		0x1f1
#define SETUP_SECTORS		0x1f1
#define PARAGRAPHS		0x1f4	/* of 16 bytes, the last may be cut */
#define BOOT_FLAG		0x1fe
#define HEADER_JUMP		0x201	/* its second byte: the header's end */
#define HEADER_MAGIC		0x202
#define PROTOCOL_VERSION	0x206
#define LOADER_KIND		0x210
#define INITRD_LOW		0x218
#define INITRD_SIZE_LOW		0x21c
#define WORDS_POINTER		0x228
#define ALIGNMENT		0x230
#define IS_RELOCATABLE		0x234
#define LOAD_FLAGS2		0x236
#define WORDS_MAX		0x238
#define PREFERRED_ADDRESS	0x258
#define MEMORY_NEEDED		0x260
#define E820_TABLE		0x2d0

#define MAGIC			0x53726448u	/* "HdrS" */
#define BOOT_FLAG_VALUE		0xaa55
#define PROTOCOL_OLDEST		0x20c
#define FLAG_64_BIT		(1u << 0)
#define LOADER_UNNAMED		0xff
#define ENTRY_64		0x200
#define SECTOR			512
#define PARAGRAPH		16
#define PARAMETERS_SIZE		4096
#define E820_MAX		128
#define E820_ENTRY_SIZE		20
#define FOUR_GIB		(UINT64_C(1) << 32)
#define ONE_MIB			0x100000
#define TEXT_MODE		3
#define FONT_POINTS		16
#define SCREEN_IS_EFI		0x70
#define ABLE_HIGH_BASE		2	/* PICTURE_BASE_HIGH counts */
#define EFI_SIGNATURE_64	0x34364c45	/* "EL64" */
#define SECURE_BOOT_OFF		2
#define SECURE_BOOT_ON		3

#define PAGE			4096u

static uint64_t read_field(const void *base, uint32_t offset, uint32_t size)
{
	uint64_t value = 0;

	memcpy(&value, (const char *)base + offset, size);
	return value;
}

static void write_field(void *base, uint32_t offset, uint64_t value,
			uint32_t size)
{
	memcpy((char *)base + offset, &value, size);
}

/* Its real-mode part, before the kernel proper. */
static uint64_t setup_size(const void *file)
{
	uint64_t sectors = read_field(file, SETUP_SECTORS, 1);

	return ((sectors ? sectors : 4) + 1) * SECTOR;
}

bool linux_is_one(const struct info_module *os)
{
	const void *file = (const void *)os->base;

	return os->size >= MEMORY_NEEDED + 4 &&
	       read_field(file, BOOT_FLAG, 2) == BOOT_FLAG_VALUE &&
	       read_field(file, HEADER_MAGIC, 4) == MAGIC;
}

static uint64_t align_up(uint64_t value, uint64_t align)
{
	return (value + align - 1) & ~(align - 1);
}

/* All of the kernel proper is there, and has room where it will be. */
static void check(const struct info_module *os)
{
	const void *file = (const void *)os->base;
	uint64_t skip;

	if (!linux_is_one(os))
		fail("Palisade: the module 'os' is no kernel (a bzImage of "
		     "Linux, Multiboot, Multiboot2)");
	if (read_field(file, PROTOCOL_VERSION, 2) < PROTOCOL_OLDEST)
		fail("Palisade: this kernel is too old: its boot protocol is "
		     "before 2.12");
	skip = setup_size(file);
	if (skip > os->size ||
	    read_field(file, PARAGRAPHS, 4) * PARAGRAPH >
	    align_up(os->size - skip, PARAGRAPH) ||
	    os->size - skip > read_field(file, MEMORY_NEEDED, 4))
		fail("Palisade: the kernel's file is cut off, or too large");
}

static uint64_t memory_needed(const void *file)
{
	return align_up(read_field(file, MEMORY_NEEDED, 4), PAGE);
}

/* One that cannot be moved is at 1 MiB, whatever it would like. */
static uint64_t wanted_address(const void *file)
{
	return read_field(file, IS_RELOCATABLE, 1) ?
		       read_field(file, PREFERRED_ADDRESS, 8) : ONE_MIB;
}

/* Where it would like to be, else anywhere if it can be moved; 0: nowhere. */
static uint64_t find_place(struct memory *memory, const void *file)
{
	uint64_t wanted = wanted_address(file);
	uint64_t size = memory_needed(file);
	uint64_t align = read_field(file, ALIGNMENT, 4);

	if (memory_place_at(memory, wanted, size))
		return wanted;
	if (!read_field(file, IS_RELOCATABLE, 1) || align < PAGE ||
	    (align & (align - 1)) != 0)
		return 0;
	return memory_place(memory, size, align, wanted, FOUR_GIB);
}

static void copy_kernel(uint64_t place, const struct info_module *os)
{
	const char *file = (const char *)os->base;
	uint64_t skip = setup_size(file);

	memcpy((void *)place, file + skip, os->size - skip);
}

static void place_words(struct memory *memory, char *parameters,
			const struct info_module *os)
{
	const char *words = info_rest(os->words);
	uint64_t size = strlen(words) + 1;
	uint64_t place = memory_place(memory, size, 16, ONE_MIB, FOUR_GIB);

	if (size - 1 > read_field(parameters, WORDS_MAX, 4))
		fail("Palisade: the kernel's command line is longer than the "
		     "%lu characters it takes",
		     read_field(parameters, WORDS_MAX, 4));
	if (!place)
		fail("Palisade: no room for the command line");
	memcpy((void *)place, words, size);
	write_field(parameters, WORDS_POINTER, place, 4);
}

static void tell_memory(const struct memory *memory, char *parameters)
{
	uint32_t i;

	if (memory->range_count > E820_MAX)
		fail("Palisade: the memory map has too many parts for Linux");
	for (i = 0; i < memory->range_count; i++) {
		uint32_t at = E820_TABLE + i * E820_ENTRY_SIZE;

		write_field(parameters, at, memory->ranges[i].base, 8);
		write_field(parameters, at + 8, memory->ranges[i].size, 8);
		write_field(parameters, at + 16, memory->ranges[i].kind, 4);
	}
	write_field(parameters, E820_COUNT, memory->range_count, 1);
}

static void tell_text(const struct info *info, char *parameters)
{
	write_field(parameters, SCREEN_MODE, TEXT_MODE, 1);
	write_field(parameters, SCREEN_COLUMNS, info->text_columns, 1);
	write_field(parameters, SCREEN_LINES, info->text_rows, 1);
	write_field(parameters, SCREEN_IS_VGA, 1, 1);
	write_field(parameters, SCREEN_POINTS, FONT_POINTS, 2);
}

/* Only UEFI's: GRUB leaves a BIOS in text mode for us. */
static void tell_picture(const struct info_picture *picture, char *parameters)
{
	uint32_t i;

	write_field(parameters, SCREEN_IS_VGA, SCREEN_IS_EFI, 1);
	write_field(parameters, PICTURE_WIDTH, picture->width, 2);
	write_field(parameters, PICTURE_HEIGHT, picture->height, 2);
	write_field(parameters, PICTURE_BITS, picture->bits, 2);
	write_field(parameters, PICTURE_BASE, picture->base, 4);
	write_field(parameters, PICTURE_BASE_HIGH, picture->base >> 32, 4);
	write_field(parameters, PICTURE_ABILITIES, ABLE_HIGH_BASE, 4);
	write_field(parameters, PICTURE_SIZE, picture->size, 4);
	write_field(parameters, PICTURE_LINE, picture->line_size, 2);
	/* Multiboot2 has a colour's place first, Linux its bits. */
	for (i = 0; i < sizeof(picture->colours); i++)
		write_field(parameters, PICTURE_COLOURS + i,
			    picture->colours[i ^ 1], 1);
}

static void tell_screen(const struct info *info, char *parameters)
{
	if (info->text_rows)
		tell_text(info, parameters);
	else if (info->picture.size && info->efi.table)
		tell_picture(&info->picture, parameters);
}

/*
 * GRUB's copy of ACPI's root pointer lies where Linux may put something else.
 * Under UEFI Linux finds the firmware's own.
 */
static void tell_acpi(struct memory *memory, const struct info *info,
		      char *parameters)
{
	uint64_t place;

	if (!info->rsdp || info->efi.table)
		return;
	place = memory_place(memory, PAGE, PAGE, ONE_MIB, FOUR_GIB);
	if (!place)
		fail("Palisade: no room for ACPI's root pointer");
	memcpy((void *)place, (const void *)info->rsdp, RSDP_SIZE);
	memory_reserve(memory, place, PAGE);
	write_field(parameters, RSDP_ADDRESS, place, 8);
}

static void tell_initrd(char *parameters, const struct info_module *initrd)
{
	if (!initrd)
		return;
	write_field(parameters, INITRD_LOW, initrd->base, 4);
	write_field(parameters, INITRD_HIGH, initrd->base >> 32, 4);
	write_field(parameters, INITRD_SIZE_LOW, initrd->size, 4);
	write_field(parameters, INITRD_SIZE_HIGH, initrd->size >> 32, 4);
}

/* After all else that takes a place: the map says which places are taken. */
static void tell_efi(struct memory *memory, const struct info *info,
		     char *parameters)
{
	struct info_efi efi = info->efi;

	if (!efi.table)
		return;
	efi_make_map(&efi, memory);
	write_field(parameters, EFI_SIGNATURE, EFI_SIGNATURE_64, 4);
	write_field(parameters, SECURE_BOOT, efi.is_secure_boot ?
		    SECURE_BOOT_ON : SECURE_BOOT_OFF, 1);
	write_field(parameters, EFI_TABLE, efi.table, 4);
	write_field(parameters, EFI_TABLE_HIGH, efi.table >> 32, 4);
	write_field(parameters, EFI_ENTRY_SIZE, efi.entry_size, 4);
	write_field(parameters, EFI_ENTRY_VERSION, efi.entry_version, 4);
	write_field(parameters, EFI_MAP, (uint64_t)efi.map, 4);
	write_field(parameters, EFI_MAP_HIGH, (uint64_t)efi.map >> 32, 4);
	write_field(parameters, EFI_MAP_SIZE, efi.map_size, 4);
}

/* All that the kernel is told, wherever it is; returns its place. */
static uint64_t tell(struct memory *memory, const struct info *info,
		     const struct info_module *os,
		     const struct info_module *initrd)
{
	const char *file = (const char *)os->base;
	uint64_t header_end = HEADER_MAGIC + read_field(file, HEADER_JUMP, 1);
	uint64_t place = memory_place(memory, PARAMETERS_SIZE, PAGE, ONE_MIB,
				      FOUR_GIB);
	char *parameters = (char *)place;

	if (!place)
		fail("Palisade: no room for the kernel's parameters");
	memset(parameters, 0, PARAMETERS_SIZE);
	memcpy(parameters + SETUP_HEADER, file + SETUP_HEADER,
	       header_end - SETUP_HEADER);
	write_field(parameters, LOADER_KIND, LOADER_UNNAMED, 1);
	place_words(memory, parameters, os);
	tell_initrd(parameters, initrd);
	tell_screen(info, parameters);
	tell_acpi(memory, info, parameters);
	tell_efi(memory, info, parameters);
	tell_memory(memory, parameters);
	return place;
}

bool linux_prepare(struct linux_boot *boot, struct memory *memory,
		   const struct info *info, const struct info_module *os,
		   const struct info_module *initrd)
{
	const void *file = (const void *)os->base;
	uint64_t place;

	check(os);
	if (!(read_field(file, LOAD_FLAGS2, 2) & FLAG_64_BIT))
		return false;
	place = find_place(memory, file);
	if (!place)
		return false;
	copy_kernel(place, os);
	boot->entry = place + ENTRY_64;
	boot->parameters = tell(memory, info, os, initrd);
	return true;
}

void linux_prepare32(struct handoff *handoff, struct memory *memory,
		     const struct info *info, const struct info_module *os,
		     const struct info_module *initrd)
{
	const void *file = (const void *)os->base;
	struct info_module moved;
	uint64_t place;

	check(os);
	place = find_place(memory, file);
	handoff_prepare(handoff, memory,
			place ? place : wanted_address(file),
			memory_needed(file));
	copy_kernel(handoff->staged, os);
	if (initrd) {
		moved = handoff_spare(handoff, memory, initrd);
		initrd = &moved;
	}
	handoff->entry = (uint32_t)handoff->target;
	handoff->eax = 0;
	handoff->ebx = 0;
	handoff->esi = (uint32_t)tell(memory, info, os, initrd);
}

void linux_start(const struct linux_boot *boot)
{
	__asm__ volatile("jmp *%0"
			 : : "r"(boot->entry), "S"(boot->parameters),
			     "D"(0), "b"(0)
			 : "memory");
	__builtin_unreachable();
}
