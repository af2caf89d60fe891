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
#define PARAGRAPHS		0x1f4	/* of 16 bytes, behind the sectors */
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

static void check(const struct info_module *os)
{
	const void *file = (const void *)os->base;

	if (os->size < MEMORY_NEEDED + 4 ||
	    read_field(file, BOOT_FLAG, 2) != BOOT_FLAG_VALUE ||
	    read_field(file, HEADER_MAGIC, 4) != MAGIC)
		fail("Palisade: the module 'os' is no Linux kernel (bzImage)");
	if (read_field(file, PROTOCOL_VERSION, 2) < PROTOCOL_OLDEST ||
	    !(read_field(file, LOAD_FLAGS2, 2) & FLAG_64_BIT))
		fail("Palisade: this kernel has no 64-bit entry (too old, or "
		     "32-bit)");
}

static uint64_t align_up(uint64_t value, uint64_t align)
{
	return (value + align - 1) & ~(align - 1);
}

/* Where it would like to be, else anywhere if it can be moved. */
static uint64_t find_place(struct memory *memory, const void *file)
{
	uint64_t wanted = read_field(file, PREFERRED_ADDRESS, 8);
	uint64_t size = align_up(read_field(file, MEMORY_NEEDED, 4), PAGE);
	uint64_t align = read_field(file, ALIGNMENT, 4);
	uint64_t place = 0;

	if (memory_place_at(memory, wanted, size))
		return wanted;
	if (read_field(file, IS_RELOCATABLE, 1) && align >= PAGE &&
	    (align & (align - 1)) == 0)
		place = memory_place(memory, size, align, wanted, FOUR_GIB);
	if (!place)
		fail("Palisade: no room for the kernel (%lu MiB in one piece "
		     "below 4 GiB)", size >> 20);
	return place;
}

/* The kernel proper, behind its real-mode sectors. */
static uint64_t place_kernel(struct memory *memory,
			     const struct info_module *os)
{
	const char *file = (const char *)os->base;
	uint64_t sectors = read_field(file, SETUP_SECTORS, 1);
	uint64_t skip = ((sectors ? sectors : 4) + 1) * SECTOR;
	uint64_t place = find_place(memory, file);

	if (skip + read_field(file, PARAGRAPHS, 4) * PARAGRAPH > os->size ||
	    os->size - skip > read_field(file, MEMORY_NEEDED, 4))
		fail("Palisade: the kernel's file is cut off, or too large");
	memcpy((void *)place, file + skip, os->size - skip);
	return place + ENTRY_64;
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

void linux_prepare(struct linux_boot *boot, struct memory *memory,
		   const struct info *info, const struct info_module *os,
		   const struct info_module *initrd)
{
	const char *file = (const char *)os->base;
	uint64_t header_end;
	char *parameters;

	check(os);
	boot->entry = place_kernel(memory, os);
	boot->parameters = memory_place(memory, PARAMETERS_SIZE, PAGE, ONE_MIB,
					FOUR_GIB);
	if (!boot->parameters)
		fail("Palisade: no room for the kernel's parameters");
	parameters = (char *)boot->parameters;
	memset(parameters, 0, PARAMETERS_SIZE);
	header_end = HEADER_MAGIC + read_field(file, HEADER_JUMP, 1);
	memcpy(parameters + SETUP_HEADER, file + SETUP_HEADER,
	       header_end - SETUP_HEADER);
	write_field(parameters, LOADER_KIND, LOADER_UNNAMED, 1);
	place_words(memory, parameters, os);
	tell_initrd(parameters, initrd);
	tell_screen(info, parameters);
	tell_acpi(memory, info, parameters);
	tell_efi(memory, info, parameters);
	tell_memory(memory, parameters);
}

void linux_start(const struct linux_boot *boot)
{
	__asm__ volatile("jmp *%0"
			 : : "r"(boot->entry), "S"(boot->parameters),
			     "D"(0), "b"(0)
			 : "memory");
	__builtin_unreachable();
}
