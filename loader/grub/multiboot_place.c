/* SPDX-License-Identifier: BSD-2-Clause */
#include "bios.h"
#include "efi.h"
#include "lib/string.h"
#include "multiboot.h"
#include "multiboot_info.h"
#include "print.h"

#define FOUR_GIB	(UINT64_C(1) << 32)
#define ONE_MIB		0x100000
#define PAGE		4096u
#define SECTION_NOBITS	8

/* Where a section's header of 32 and 64 bits has what we need. */
#define KIND		4
#define ADDRESS32	12
#define OFFSET32	16
#define SIZE32		20
#define ADDRESS64	16
#define OFFSET64	24
#define SIZE64		32

static bool has_bios;

static uint64_t read_field(const char *place, uint32_t size)
{
	uint64_t value = 0;

	memcpy(&value, place, size);
	return value;
}

static uint64_t choose_target(struct memory *memory,
			      const struct multiboot *multiboot)
{
	const struct elf *image = &multiboot->image;
	uint64_t size = image->end - image->base;
	uint64_t place;

	if (!multiboot->is_relocatable ||
	    (multiboot->wants_low &&
	     memory_is_ram(memory, image->base, size)))
		return image->base;
	place = memory_place(memory, size, multiboot->align, multiboot->lowest,
			     multiboot->highest);
	return place ? place : image->base;
}

static void copy_pieces(const struct handoff *handoff, const struct elf *image,
			const struct info_module *os)
{
	uint32_t i;

	for (i = 0; i < image->piece_count; i++) {
		const struct elf_piece *piece = &image->pieces[i];

		memcpy((char *)handoff->staged + (piece->address - image->base),
		       (const char *)os->base + piece->offset, piece->size);
	}
}

/* One section that is in the file but not in the kernel's memory: its size. */
static uint64_t size_to_bring(const struct elf *image, uint64_t file_size,
			      const char *header)
{
	uint64_t address, offset, size;

	address = image->is_64 ? read_field(header + ADDRESS64, 8) :
				 read_field(header + ADDRESS32, 4);
	offset = image->is_64 ? read_field(header + OFFSET64, 8) :
				read_field(header + OFFSET32, 4);
	size = image->is_64 ? read_field(header + SIZE64, 8) :
			      read_field(header + SIZE32, 4);
	if (address || read_field(header + KIND, 4) == SECTION_NOBITS ||
	    offset > file_size || size > file_size - offset)
		return 0;
	return size;
}

static uint64_t align_up(uint64_t value)
{
	return (value + 15) & ~UINT64_C(15);
}

static void write_address(const struct elf *image, char *header, uint64_t value)
{
	if (image->is_64)
		memcpy(header + ADDRESS64, &value, 8);
	else
		memcpy(header + ADDRESS32, &value, 4);
}

/* Headers and what they tell of, in one block. */
static void bring_sections(struct multiboot_sections *sections,
			   struct memory *memory, const struct elf *image,
			   const struct info_module *os)
{
	const char *file = (const char *)os->base;
	uint64_t table = (uint64_t)image->section_count * image->section_size;
	uint64_t room = align_up(table), place;
	uint32_t i;

	*sections = (struct multiboot_sections){ 0, image->section_count,
						 image->section_size,
						 image->section_names };
	if (!table)
		return;
	for (i = 0; i < image->section_count; i++)
		room += align_up(size_to_bring(
			image, os->size, file + image->sections_offset +
			(uint64_t)i * image->section_size));
	place = room < FOUR_GIB ? memory_place(memory, room, PAGE, ONE_MIB,
					       FOUR_GIB) : 0;
	if (!place)
		fail("Palisade: no room for the symbols of the module 'os'");
	memcpy((void *)place, file + image->sections_offset, table);
	sections->base = place;
	place += align_up(table);
	for (i = 0; i < image->section_count; i++) {
		char *header = (char *)sections->base +
			       (uint64_t)i * image->section_size;
		uint64_t size = size_to_bring(image, os->size, header);

		if (!size)
			continue;
		memcpy((void *)place,
		       file + (image->is_64 ? read_field(header + OFFSET64, 8) :
				      read_field(header + OFFSET32, 4)), size);
		write_address(image, header, place);
		place += align_up(size);
	}
}

void multiboot_prepare(struct handoff *handoff, struct memory *memory,
		       struct info *info, const struct info_module *os,
		       const struct multiboot *multiboot)
{
	const struct elf *image = &multiboot->image;
	struct multiboot_facts facts = {
		.info = info,
		.words = info_rest(os->words),
		.efi = info->efi,
	};
	uint32_t i;

	if (multiboot->needs_boot_services && info->efi.table)
		fail("Palisade: the module 'os' wants EFI's boot services, "
		     "which have ended");
	has_bios = !info->efi.table && bios_reserve(memory);
	facts.load_base = choose_target(memory, multiboot);
	handoff_prepare(handoff, memory, facts.load_base,
			image->end - image->base);
	copy_pieces(handoff, image, os);
	for (i = 0; i < info->module_count; i++)
		if (info_is(&info->modules[i], "module"))
			info->modules[i] = handoff_spare(handoff, memory,
							 &info->modules[i]);
	bring_sections(&facts.sections, memory, image, os);
	efi_make_map(&facts.efi, memory);
	handoff->entry = (uint32_t)(image->entry - image->base +
				    facts.load_base);
	handoff->esi = 0;
	if (multiboot->version == 1) {
		handoff->eax = MULTIBOOT_LOADED1;
		handoff->ebx = (uint32_t)multiboot_info1(memory, &facts);
	} else {
		handoff->eax = MULTIBOOT_LOADED2;
		handoff->ebx = (uint32_t)multiboot_info2(memory, &facts);
	}
}

void multiboot_start(const struct handoff *handoff, const struct memory *memory)
{
	if (has_bios)
		bios_answer(memory);
	handoff_start(handoff);
}
