/* SPDX-License-Identifier: BSD-2-Clause */
/* The information of Multiboot2, 3.6, and what both versions share. */
#include <stddef.h>

#include "lib/string.h"
#include "multiboot_info.h"
#include "print.h"

#define FOUR_GIB	(UINT64_C(1) << 32)
#define ONE_MIB		0x100000
#define PAGE		4096u
#define TAG_ALIGN	7u

struct header {
	uint32_t size, reserved;
};

struct memory_entry {
	uint64_t base, size;
	uint32_t kind, reserved;
};

struct writer {
	char *base;
	uint64_t at, room;
};

const struct info_module *
multiboot_next_module(const struct info *info,
		      const struct info_module *module)
{
	const struct info_module *end = info->modules + info->module_count;

	for (module = module ? module + 1 : info->modules; module < end;
	     module++)
		if (info_is(module, "module"))
			return module;
	return NULL;
}

uint64_t multiboot_words_size(const struct multiboot_facts *facts)
{
	const struct info_module *module = NULL;
	uint64_t size = strlen(facts->words) + 1;

	while ((module = multiboot_next_module(facts->info, module)))
		size += strlen(info_rest(module->words)) + 1;
	return size;
}

uint32_t multiboot_kib_from(const struct memory *memory, uint64_t base)
{
	uint32_t i;

	for (i = 0; i < memory->range_count; i++) {
		const struct info_range *range = &memory->ranges[i];

		if (range->kind == MEMORY_RAM && base >= range->base &&
		    base - range->base < range->size)
			return (uint32_t)((range->base + range->size - base) >>
					  10);
	}
	return 0;
}

static void append(struct writer *writer, const void *bytes, uint64_t size)
{
	if (size > writer->room - writer->at)
		fail("Palisade: no room for what the OS is told");
	memcpy(writer->base + writer->at, bytes, size);
	writer->at += size;
}

/* A tag whose content follows, and its end. */
static void begin(struct writer *writer, uint32_t kind, uint64_t size)
{
	const struct info_tag tag = { kind, (uint32_t)(sizeof(tag) + size) };

	append(writer, &tag, sizeof(tag));
}

static void end(struct writer *writer)
{
	const char zeros[TAG_ALIGN] = "";

	append(writer, zeros, -writer->at & TAG_ALIGN);
}

static void tell_words(struct writer *writer, const char *words)
{
	begin(writer, INFO_TAG_WORDS, strlen(words) + 1);
	append(writer, words, strlen(words) + 1);
	end(writer);
}

static void tell_memory(struct writer *writer, const struct memory *memory)
{
	const uint32_t form[2] = { sizeof(struct memory_entry), 0 };
	uint32_t i;

	begin(writer, INFO_TAG_MEMORY_MAP,
	      sizeof(form) + memory->range_count * sizeof(struct memory_entry));
	append(writer, form, sizeof(form));
	for (i = 0; i < memory->range_count; i++) {
		const struct memory_entry entry = {
			memory->ranges[i].base, memory->ranges[i].size,
			memory->ranges[i].kind, 0 };

		append(writer, &entry, sizeof(entry));
	}
	end(writer);
}

static void tell_memory_size(struct writer *writer,
			     const struct memory *memory)
{
	const uint32_t kib[2] = { multiboot_kib_from(memory, 0),
				  multiboot_kib_from(memory, ONE_MIB) };

	begin(writer, INFO_TAG_MEMORY_SIZE, sizeof(kib));
	append(writer, kib, sizeof(kib));
	end(writer);
}

static void tell_modules(struct writer *writer, const struct info *info)
{
	const struct info_module *module = NULL;

	while ((module = multiboot_next_module(info, module))) {
		const char *words = info_rest(module->words);
		const uint32_t place[2] = {
			(uint32_t)module->base,
			(uint32_t)(module->base + module->size) };

		begin(writer, INFO_TAG_MODULE,
		      sizeof(place) + strlen(words) + 1);
		append(writer, place, sizeof(place));
		append(writer, words, strlen(words) + 1);
		end(writer);
	}
}

static void tell_sections(struct writer *writer,
			  const struct multiboot_sections *sections)
{
	const uint32_t head[3] = { sections->count, sections->size,
				   sections->names };
	uint64_t size = (uint64_t)sections->count * sections->size;

	/* As GRUB: it says so, too, if there are none. */
	begin(writer, INFO_TAG_SECTIONS, sizeof(head) + size);
	append(writer, head, sizeof(head));
	append(writer, (const void *)sections->base, size);
	end(writer);
}

static void tell_efi_map(struct writer *writer, const struct info_efi *efi)
{
	const uint32_t form[2] = { efi->entry_size, efi->entry_version };

	begin(writer, INFO_TAG_EFI_MAP, sizeof(form) + efi->map_size);
	append(writer, form, sizeof(form));
	append(writer, efi->map, efi->map_size);
	end(writer);
}

/* What GRUB told us, and is true of the kernel. */
static void pass_on(struct writer *writer, const struct info_tag *tag)
{
	switch (tag->kind) {
	case INFO_TAG_WORDS:		/* told in tell_ours() */
	case INFO_TAG_MEMORY_SIZE:
	case INFO_TAG_MEMORY_MAP:
	case INFO_TAG_EFI_MAP:
	case INFO_TAG_MODULE:
	case INFO_TAG_SECTIONS:
	case INFO_TAG_LOAD_BASE:
	case INFO_TAG_BOOT_SERVICES:	/* they do no more */
	case INFO_TAG_EFI32_IMAGE:
	case INFO_TAG_EFI64_IMAGE:
		break;
	default:
		append(writer, tag, tag->size);
		end(writer);
	}
}

static void tell_ours(struct writer *writer, const struct memory *memory,
		      const struct multiboot_facts *facts)
{
	const uint32_t load_base = (uint32_t)facts->load_base;

	tell_words(writer, facts->words);
	tell_memory_size(writer, memory);
	tell_memory(writer, memory);
	if (facts->efi.table)
		tell_efi_map(writer, &facts->efi);
	tell_modules(writer, facts->info);
	tell_sections(writer, &facts->sections);
	begin(writer, INFO_TAG_LOAD_BASE, sizeof(load_base));
	append(writer, &load_base, sizeof(load_base));
	end(writer);
}

static uint64_t room_for(const struct memory *memory,
			 const struct multiboot_facts *facts)
{
	return facts->info->size + facts->efi.map_size +
	       memory->range_count * sizeof(struct memory_entry) +
	       multiboot_words_size(facts) +
	       facts->info->module_count * (sizeof(struct info_tag) + 16) +
	       (uint64_t)facts->sections.count * facts->sections.size + PAGE;
}

uint64_t multiboot_info2(struct memory *memory,
			 const struct multiboot_facts *facts)
{
	struct writer writer = { .room = room_for(memory, facts) };
	const struct info_tag *tag = NULL;
	struct header header = { 0, 0 };

	writer.base = (char *)memory_place(memory, writer.room, PAGE, ONE_MIB,
					   FOUR_GIB);
	if (!writer.base)
		fail("Palisade: no room for what the OS is told");
	append(&writer, &header, sizeof(header));
	tell_ours(&writer, memory, facts);
	while ((tag = info_next_tag(facts->info, tag)))
		pass_on(&writer, tag);
	begin(&writer, INFO_TAG_END, 0);
	header.size = (uint32_t)writer.at;
	memcpy(writer.base, &header, sizeof(header));
	return (uint64_t)writer.base;
}
