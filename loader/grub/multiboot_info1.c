/* SPDX-License-Identifier: BSD-2-Clause */
/* The information of Multiboot 0.6.96, 3.3: Multiboot2's, in the older form. */
#include <stddef.h>

#include "lib/string.h"
#include "multiboot_info.h"
#include "print.h"

#define FOUR_GIB	(UINT64_C(1) << 32)
#define ONE_MIB		0x100000
#define PAGE		4096u

/* What is there. */
#define HAS_MEMORY	(1u << 0)
#define HAS_BOOT_DEVICE	(1u << 1)
#define HAS_WORDS	(1u << 2)
#define HAS_MODULES	(1u << 3)
#define HAS_SECTIONS	(1u << 5)
#define HAS_MEMORY_MAP	(1u << 6)
#define HAS_LOADER_NAME	(1u << 9)
#define HAS_VBE		(1u << 11)
#define HAS_FRAMEBUFFER	(1u << 12)

#define FRAMEBUFFER_INDEXED	0
#define FRAMEBUFFER_COLORS	(sizeof(struct info_tag) + 24)
#define COLOR_SIZE		3
#define BOOT_DEVICE_END		0xffu
#define VBE_CONTROL_SIZE	512
#define VBE_MODE_SIZE		256

struct information {
	uint32_t flags, memory_lower, memory_upper, boot_device, words;
	uint32_t module_count, modules;
	uint32_t section_count, section_size, sections, section_names;
	uint32_t map_size, map;
	uint32_t drives_size, drives, configuration, loader_name, apm;
	uint32_t vbe_control, vbe_mode_info;
	uint16_t vbe_mode, vbe_segment, vbe_offset, vbe_size;
	uint64_t framebuffer;
	uint32_t framebuffer_pitch, framebuffer_width, framebuffer_height;
	uint8_t framebuffer_bits, framebuffer_kind, colors[6];
} __attribute__((packed));

_Static_assert(sizeof(struct information) == 116, "Multiboot 3.3");

struct module {
	uint32_t start, end, words, reserved;
};

struct map_entry {
	uint32_t size;			/* of what follows */
	uint64_t base, length;
	uint32_t kind;
} __attribute__((packed));

struct boot_device {
	struct info_tag tag;
	uint32_t drive, partition, part;
};

struct vbe {
	struct info_tag tag;
	uint16_t mode, segment, offset, size;
	uint8_t control[VBE_CONTROL_SIZE], mode_info[VBE_MODE_SIZE];
};

struct framebuffer {
	struct info_tag tag;
	uint64_t address;
	uint32_t pitch, width, height;
	uint8_t bits, kind;
	uint16_t reserved;
};

/* One block of memory, filled from its start. */
struct writer {
	uint64_t at, end;
};

static uint32_t append(struct writer *writer, const void *bytes, uint64_t size)
{
	uint64_t place = (writer->at + 7) & ~UINT64_C(7);

	if (size > writer->end - place)
		fail("Palisade: no room for what the OS is told");
	memcpy((void *)place, bytes, size);
	writer->at = place + size;
	return (uint32_t)place;
}

static uint32_t append_text(struct writer *writer, const char *text)
{
	return append(writer, text, strlen(text) + 1);
}

static void tell_modules(struct information *told, struct writer *writer,
			 const struct info *info)
{
	const struct info_module *from = NULL;
	struct module modules[INFO_MODULES_MAX];
	uint32_t count = 0;

	while ((from = multiboot_next_module(info, from)))
		modules[count++] = (struct module){
			(uint32_t)from->base,
			(uint32_t)(from->base + from->size),
			append_text(writer, info_rest(from->words)), 0 };
	if (!count)
		return;
	told->flags |= HAS_MODULES;
	told->module_count = count;
	told->modules = append(writer, modules, count * sizeof(modules[0]));
}

static void tell_memory(struct information *told, struct writer *writer,
			const struct memory *memory)
{
	uint32_t i;

	told->flags |= HAS_MEMORY | HAS_MEMORY_MAP;
	told->memory_lower = multiboot_kib_from(memory, 0);
	told->memory_upper = multiboot_kib_from(memory, ONE_MIB);
	told->map = (uint32_t)(writer->at = (writer->at + 7) & ~UINT64_C(7));
	for (i = 0; i < memory->range_count; i++) {
		const struct info_range *range = &memory->ranges[i];
		const struct map_entry entry = {
			sizeof(entry) - sizeof(entry.size),
			range->base, range->size, range->kind };

		append(writer, &entry, sizeof(entry));
	}
	told->map_size = memory->range_count * sizeof(struct map_entry);
}

static void tell_sections(struct information *told,
			  const struct multiboot_sections *sections)
{
	if (!sections->count)
		return;
	told->flags |= HAS_SECTIONS;
	told->section_count = sections->count;
	told->section_size = sections->size;
	told->sections = (uint32_t)sections->base;
	told->section_names = sections->names;
}

static void tell_boot_device(struct information *told,
			     const struct info_tag *tag)
{
	const struct boot_device *device = (const void *)tag;

	if (tag->size < sizeof(*device))
		return;
	told->flags |= HAS_BOOT_DEVICE;
	told->boot_device = (device->drive & 0xff) << 24 |
			    (device->partition & 0xff) << 16 |
			    (device->part & 0xff) << 8 | BOOT_DEVICE_END;
}

static void tell_vbe(struct information *told, struct writer *writer,
		     const struct info_tag *tag)
{
	const struct vbe *vbe = (const void *)tag;

	if (tag->size < sizeof(*vbe))
		return;
	told->flags |= HAS_VBE;
	told->vbe_mode = vbe->mode;
	told->vbe_segment = vbe->segment;
	told->vbe_offset = vbe->offset;
	told->vbe_size = vbe->size;
	told->vbe_control = append(writer, vbe->control, VBE_CONTROL_SIZE);
	told->vbe_mode_info = append(writer, vbe->mode_info, VBE_MODE_SIZE);
}

/* Which bits are which colour; or a palette, which moves. */
static void tell_colors(struct information *told, struct writer *writer,
			const struct info_tag *tag)
{
	const char *colors = (const char *)tag + FRAMEBUFFER_COLORS;
	uint64_t room = tag->size - FRAMEBUFFER_COLORS;
	uint32_t palette;
	uint16_t count;

	if (told->framebuffer_kind != FRAMEBUFFER_INDEXED) {
		memcpy(told->colors, colors, room < sizeof(told->colors) ?
		       room : sizeof(told->colors));
		return;
	}
	if (room < sizeof(count))
		return;
	memcpy(&count, colors, sizeof(count));
	if (count > (room - sizeof(count)) / COLOR_SIZE)
		count = (uint16_t)((room - sizeof(count)) / COLOR_SIZE);
	palette = append(writer, colors + sizeof(count),
			 (uint64_t)count * COLOR_SIZE);
	memcpy(told->colors, &palette, sizeof(palette));
	memcpy(told->colors + sizeof(palette), &count, sizeof(count));
}

static void tell_framebuffer(struct information *told, struct writer *writer,
			     const struct info_tag *tag)
{
	struct framebuffer framebuffer;

	if (tag->size < sizeof(framebuffer))
		return;
	memcpy(&framebuffer, tag, sizeof(framebuffer));
	told->flags |= HAS_FRAMEBUFFER;
	told->framebuffer = framebuffer.address;
	told->framebuffer_pitch = framebuffer.pitch;
	told->framebuffer_width = framebuffer.width;
	told->framebuffer_height = framebuffer.height;
	told->framebuffer_bits = framebuffer.bits;
	told->framebuffer_kind = framebuffer.kind;
	tell_colors(told, writer, tag);
}

/* The loader's name is GRUB's: whoever looks there looks for its habits. */
static void tell(struct information *told, struct writer *writer,
		 const struct info_tag *tag)
{
	switch (tag->kind) {
	case INFO_TAG_LOADER:
		told->flags |= HAS_LOADER_NAME;
		told->loader_name = append(writer, tag + 1,
					   tag->size - sizeof(*tag));
		break;
	case INFO_TAG_BOOT_DEVICE:
		tell_boot_device(told, tag);
		break;
	case INFO_TAG_VBE:
		tell_vbe(told, writer, tag);
		break;
	case INFO_TAG_FRAMEBUFFER:
		tell_framebuffer(told, writer, tag);
		break;
	}
}

uint64_t multiboot_info1(struct memory *memory,
			 const struct multiboot_facts *facts)
{
	uint64_t room = PAGE + facts->info->size +
			multiboot_words_size(facts) +
			memory->range_count * sizeof(struct map_entry) +
			facts->info->module_count * (sizeof(struct module) + 8);
	uint64_t place = memory_place(memory, room, PAGE, ONE_MIB, FOUR_GIB);
	struct writer writer = { place + sizeof(struct information),
				 place + room };
	struct information told = { .flags = HAS_WORDS };
	const struct info_tag *tag = NULL;

	if (!place)
		fail("Palisade: no room for what the OS is told");
	told.words = append_text(&writer, facts->words);
	tell_modules(&told, &writer, facts->info);
	tell_memory(&told, &writer, memory);
	tell_sections(&told, &facts->sections);
	while ((tag = info_next_tag(facts->info, tag)))
		tell(&told, &writer, tag);
	memcpy((void *)place, &told, sizeof(told));
	return place;
}
