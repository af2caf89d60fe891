/* SPDX-License-Identifier: BSD-2-Clause */
#include "info.h"

#include <stddef.h>

#include "lib/string.h"
#include "print.h"

#define INFO_HEADER_SIZE	8
#define FRAMEBUFFER_RGB		1
#define FRAMEBUFFER_TEXT	2
#define FRAMEBUFFER_TAG_SIZE	30	/* without what depends on its kind */
#define FRAMEBUFFER_COLOURS	32	/* where those of RGB begin */
#define RSDP_OLD_SIZE		20
#define RSDP_NEW_SIZE		36
#define KIND_LAST		MEMORY_BAD

struct module_tag {
	struct info_tag tag;
	uint32_t start, end;
	char words[];
};

struct memory_map_tag {
	struct info_tag tag;
	uint32_t entry_size, entry_version;
	uint8_t entries[];
};

struct memory_map_entry {
	uint64_t base, size;
	uint32_t kind, reserved;
};

struct framebuffer_tag {
	struct info_tag tag;
	uint64_t address;
	uint32_t pitch, width, height;
	uint8_t bits, kind;
};

struct efi_address_tag {
	struct info_tag tag;
	uint64_t address;
};

struct efi_map_tag {
	struct info_tag tag;
	uint32_t entry_size, entry_version;
	uint8_t entries[];
};

/* Text of a tag, which the tag itself must end. */
static const char *text_of(const struct info_tag *tag, size_t offset)
{
	const char *text = (const char *)tag + offset;

	if (tag->size <= offset || text[tag->size - offset - 1] != '\0')
		fail("Palisade: GRUB passed a line without an end");
	return text;
}

static void take_module(struct info *info, const struct module_tag *tag)
{
	if (tag->end < tag->start)
		fail("Palisade: GRUB's information is malformed");
	if (info->module_count == INFO_MODULES_MAX)
		fail("Palisade: more than %u modules", INFO_MODULES_MAX);
	info->modules[info->module_count++] = (struct info_module){
		.base = tag->start,
		.size = tag->end - tag->start,
		.words = text_of(&tag->tag, sizeof(*tag)),
	};
}
void info_add_range(struct info *info, uint64_t base, uint64_t size,
		    uint32_t kind)
{
	struct info_range *last = NULL;

	if (info->range_count)
		last = &info->ranges[info->range_count - 1];
	if (last && last->kind == kind && last->base + last->size == base) {
		last->size += size;
		return;
	}
	if (info->range_count == INFO_RANGES_MAX)
		fail("Palisade: the memory map has more than %u parts",
		     INFO_RANGES_MAX);
	info->ranges[info->range_count++] =
		(struct info_range){ base, size, kind };
}


static void take_memory_map(struct info *info, const struct memory_map_tag *tag)
{
	uint32_t at;

	if (tag->entry_size < sizeof(struct memory_map_entry))
		fail("Palisade: GRUB's memory map has an unknown form");
	for (at = sizeof(*tag); tag->entry_size <= tag->tag.size - at;
	     at += tag->entry_size) {
		const void *place = (const char *)tag + at;
		struct memory_map_entry entry;

		memcpy(&entry, place, sizeof(entry));
		if (entry.size == 0 || entry.base + entry.size < entry.base)
			continue;
		if (entry.kind == 0 || entry.kind > KIND_LAST)
			entry.kind = MEMORY_RESERVED;
		info_add_range(info, entry.base, entry.size, entry.kind);
	}
}

static void take_picture(struct info_picture *picture,
			 const struct framebuffer_tag *tag)
{
	if (tag->tag.size < FRAMEBUFFER_COLOURS + sizeof(picture->colours))
		fail("Palisade: GRUB's information is malformed");
	*picture = (struct info_picture){
		.base = tag->address,
		.size = (uint64_t)tag->pitch * tag->height,
		.line_size = tag->pitch,
		.width = tag->width,
		.height = tag->height,
		.bits = tag->bits,
	};
	memcpy(picture->colours, (const char *)tag + FRAMEBUFFER_COLOURS,
	       sizeof(picture->colours));
}

static void take_framebuffer(struct info *info,
			     const struct framebuffer_tag *tag)
{
	if (tag->kind == FRAMEBUFFER_RGB)
		take_picture(&info->picture, tag);
	if (tag->kind != FRAMEBUFFER_TEXT)
		return;
	info->text_columns = tag->width;
	info->text_rows = tag->height;
}

static uint64_t address_of(const struct info_tag *tag)
{
	return ((const struct efi_address_tag *)tag)->address;
}

static void take_efi_map(struct info_efi *efi, const struct efi_map_tag *tag)
{
	efi->map = tag->entries;
	efi->map_size = tag->tag.size - (uint32_t)sizeof(*tag);
	efi->entry_size = tag->entry_size;
	efi->entry_version = tag->entry_version;
}

/* How long a tag of this kind is at least. */
static uint32_t least_size(uint32_t kind)
{
	switch (kind) {
	case INFO_TAG_MODULE:
		return sizeof(struct module_tag);
	case INFO_TAG_MEMORY_MAP:
		return sizeof(struct memory_map_tag);
	case INFO_TAG_FRAMEBUFFER:
		return FRAMEBUFFER_TAG_SIZE;
	case INFO_TAG_EFI64:
	case INFO_TAG_EFI64_IMAGE:
		return sizeof(struct efi_address_tag);
	case INFO_TAG_EFI_MAP:
		return sizeof(struct efi_map_tag);
	case INFO_TAG_ACPI_OLD:
		return sizeof(struct info_tag) + RSDP_OLD_SIZE;
	case INFO_TAG_ACPI_NEW:
		return sizeof(struct info_tag) + RSDP_NEW_SIZE;
	}
	return sizeof(struct info_tag);
}

static void take(struct info *info, const struct info_tag *tag)
{
	switch (tag->kind) {
	case INFO_TAG_WORDS:
		info->words = text_of(tag, sizeof(*tag));
		break;
	case INFO_TAG_MODULE:
		take_module(info, (const struct module_tag *)tag);
		break;
	case INFO_TAG_MEMORY_MAP:
		take_memory_map(info, (const struct memory_map_tag *)tag);
		break;
	case INFO_TAG_FRAMEBUFFER:
		take_framebuffer(info, (const struct framebuffer_tag *)tag);
		break;
	case INFO_TAG_EFI64:
		info->efi.table = address_of(tag);
		break;
	case INFO_TAG_EFI64_IMAGE:
		info->efi.image = address_of(tag);
		break;
	case INFO_TAG_EFI_MAP:
		take_efi_map(&info->efi, (const struct efi_map_tag *)tag);
		break;
	case INFO_TAG_ACPI_OLD:
		if (info->rsdp)
			break;
		/* fall through */
	case INFO_TAG_ACPI_NEW:
		info->rsdp = (uint64_t)(tag + 1);
		break;
	}
}

const struct info_tag *info_next_tag(const struct info *info,
				     const struct info_tag *tag)
{
	uint64_t end = info->base + info->size;
	uint64_t at = info->base + INFO_HEADER_SIZE;

	if (tag)
		at = (uint64_t)tag + (((uint64_t)tag->size + 7) &
				      ~UINT64_C(7));
	if (at + sizeof(*tag) > end)
		return NULL;
	tag = (const struct info_tag *)at;
	if (tag->kind == INFO_TAG_END)
		return NULL;
	if (tag->size < least_size(tag->kind) || tag->size > end - at)
		fail("Palisade: GRUB's information is malformed");
	return tag;
}

void info_read(struct info *info, uint64_t at)
{
	const struct info_tag *tag = NULL;

	memset(info, 0, sizeof(*info));
	info->base = at;
	info->size = *(const uint32_t *)at;
	info->words = "";
	while ((tag = info_next_tag(info, tag)))
		take(info, tag);
	if (!info->efi.table)
		info->efi.image = 0;
	if (!info->range_count && !info->efi.image)
		fail("Palisade: GRUB passed no memory map");
}

static bool begins_with(const char *words, const char *word)
{
	size_t length = strlen(word);

	return strlen(words) >= length && !memcmp(words, word, length);
}

bool info_is(const struct info_module *module, const char *role)
{
	size_t length = strlen(role);

	return begins_with(module->words, role) &&
	       (module->words[length] == ' ' || module->words[length] == '\0');
}

const struct info_module *info_module(const struct info *info, const char *role)
{
	uint32_t i;

	for (i = 0; i < info->module_count; i++)
		if (info_is(&info->modules[i], role))
			return &info->modules[i];
	return NULL;
}

const char *info_rest(const char *words)
{
	while (*words && *words != ' ')
		words++;
	while (*words == ' ')
		words++;
	return words;
}

static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return -1;
}

static uint64_t parse_number(const char *text)
{
	int base = begins_with(text, "0x") ? 16 : 10;
	uint64_t value = 0;

	for (text += base == 16 ? 2 : 0; digit(*text) >= 0 &&
	     digit(*text) < base; text++)
		value = value * (unsigned int)base +
			(unsigned int)digit(*text);
	return value;
}

static bool is_named(const char *words, const char *name)
{
	return begins_with(words, name) && words[strlen(name)] == '=';
}

const char *info_text(const char *words, const char *name)
{
	for (; *words; words = info_rest(words)) {
		if (is_named(words, name))
			return words + strlen(name) + 1;
		if (is_named(words, INFO_PROGRAM))
			break;
	}
	return NULL;
}

uint64_t info_number(const char *words, const char *name)
{
	const char *text = info_text(words, name);

	return text ? parse_number(text) : 0;
}
