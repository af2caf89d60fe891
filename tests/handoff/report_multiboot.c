/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a Multiboot kernel was told, in lines that are the same wherever the
 * loader put things: contents instead of addresses, but for the memory map.
 */
#include "print.h"

#define LOADED1		0x2badb002u
#define LOADED2		0x36d76289u
#define PAGE_OFFSET	0xfffu
#define SECTION_STRINGS	3

void report_multiboot(void);

extern const uint32_t registers[9];			/* state.S */

struct information1 {
	uint32_t flags, lower, upper, boot_device, words, module_count, modules;
	uint32_t section_count, section_size, sections, section_names;
	uint32_t map_size, map, drives_size, drives, configuration;
	uint32_t loader_name, apm, vbe_control, vbe_mode_info;
	uint16_t vbe_mode, vbe_segment, vbe_offset, vbe_size;
	uint64_t framebuffer;
	uint32_t pitch, width, height;
	uint8_t bits, kind, colors[6];
} __attribute__((packed));

struct module {
	uint32_t start, end, words, reserved;
};

struct section {
	uint32_t name, kind, flags, address, offset, size, rest[4];
};

struct tag {
	uint32_t kind, size, values[];
};

static const void *at(uint32_t address)
{
	return (const void *)(uintptr_t)address;
}

static void say_module(uint32_t start, uint32_t end, const char *words)
{
	say_text("module", words);
	say_line("module.size", end - start);
	say_line("module.offset", start & PAGE_OFFSET);
	say_line("module.sum", sum_of(at(start), end - start));
}

static void say_range(uint64_t base, uint64_t size, uint32_t kind)
{
	say("map");
	say_number(base);
	say_number(size);
	say_number(kind);
	say("\n");
}

static void say_sections(const char *table, uint32_t count, uint32_t size,
			 uint32_t names)
{
	const struct section *own = (const void *)(table + names * size);

	say_line("sections", count);
	say_line("sections.size", size);
	if (size != sizeof(*own))		/* ELF64: only counted */
		return;
	for (uint32_t i = 0; i < count; i++) {
		const struct section *section =
			(const void *)(table + i * size);

		say_text("section", (const char *)at(own->address) +
			 section->name);
		say_line("section.kind", section->kind);
		say_line("section.size", section->size);
		if (section->kind == SECTION_STRINGS)
			say_line("section.sum", sum_of(at(section->address),
						       section->size));
	}
}

static void say_map1(const struct information1 *information)
{
	const char *entry = at(information->map);
	const char *end = entry + information->map_size;

	while (entry < end) {
		say_range(*(const uint64_t *)(entry + 4),
			  *(const uint64_t *)(entry + 12),
			  *(const uint32_t *)(entry + 20));
		entry += *(const uint32_t *)entry + 4;
	}
}

static void report1(const struct information1 *information)
{
	const struct module *modules = at(information->modules);

	say_line("information.flags", information->flags);
	say_line("lower", information->lower);
	say_line("upper", information->upper);
	if (information->flags & 2)
		say_line("boot device", information->boot_device);
	say_text("words", at(information->words));
	for (uint32_t i = 0; i < information->module_count; i++)
		say_module(modules[i].start, modules[i].end,
			   at(modules[i].words));
	if (information->flags & 1 << 5)
		say_sections(at(information->sections),
			     information->section_count,
			     information->section_size,
			     information->section_names);
	say_map1(information);
	if (information->flags & 1 << 9)
		say_text("loader", at(information->loader_name));
	if (information->flags & 1 << 11) {
		say_line("vbe", sum_of(&information->vbe_mode, 8));
		say_line("vbe.control",
			 sum_of(at(information->vbe_control), 512));
		say_line("vbe.mode",
			 sum_of(at(information->vbe_mode_info), 256));
	}
	if (information->flags & 1 << 12)
		say_line("framebuffer", sum_of(&information->framebuffer, 22));
}

static void say_map2(const struct tag *tag)
{
	const char *entry = (const char *)&tag->values[2];
	const char *end = (const char *)tag + tag->size;

	for (; entry < end; entry += tag->values[0])
		say_range(*(const uint64_t *)entry,
			  *(const uint64_t *)(entry + 8),
			  *(const uint32_t *)(entry + 16));
}

static void say_tag(const struct tag *tag)
{
	switch (tag->kind) {
	case 1:
		say_text("words", (const char *)tag->values);
		break;
	case 2:
		say_text("loader", (const char *)tag->values);
		break;
	case 3:
		say_module(tag->values[0], tag->values[1],
			   (const char *)&tag->values[2]);
		break;
	case 4:
		say_line("lower", tag->values[0]);
		say_line("upper", tag->values[1]);
		break;
	case 6:
		say_map2(tag);
		break;
	case 9:
		say_sections((const char *)&tag->values[3], tag->values[0],
			     tag->values[1], tag->values[2]);
		break;
	case 17:			/* EFI's map: kinds and pages vary */
		say_line("efi map", tag->values[0]);
		break;
	case 21:
		say_line("load base", tag->values[0]);
		break;
	default:
		say_line("tag", tag->kind);
		say_line("tag.size", tag->size);
		say_line("tag.sum", sum_of(tag->values, tag->size - 8));
	}
}

static void report2(const char *information)
{
	const char *end = information + *(const uint32_t *)information;
	const struct tag *tag;

	for (information += 8; information < end;
	     information += (tag->size + 7) & ~7u) {
		tag = (const void *)information;
		if (tag->kind == 0)
			break;
		say_tag(tag);
	}
}

void report_multiboot(void)
{
	say_state();
	say_line("information.offset", registers[1] & 7);
	if (registers[0] == LOADED1)
		report1(at(registers[1]));
	if (registers[0] == LOADED2)
		report2(at(registers[1]));
	say("done\n");
}
