/* SPDX-License-Identifier: BSD-2-Clause */
#include "efi.h"

#include <stdbool.h>
#include <stddef.h>

#include "lib/string.h"
#include "print.h"
#include "uefi.h"

#define PAGE		4096u
#define ONE_MIB		0x100000
#define FOUR_GIB	(UINT64_C(1) << 32)

/* EFI_MEMORY_DESCRIPTOR; firmware may have more behind it. */
struct efi_entry {
	uint32_t kind;
	uint32_t padding;
	uint64_t base;
	uint64_t virtual_base;
	uint64_t page_count;
	uint64_t attributes;
};

/* The map that is being made. */
struct map {
	char *entries;
	uint32_t entry_size;
	uint32_t count, count_max;
};

static uint32_t count_of(const struct info_efi *efi)
{
	return efi->map_size / efi->entry_size;
}

static struct efi_entry entry_at(const struct info_efi *efi, uint32_t i)
{
	struct efi_entry entry;

	memcpy(&entry, (const char *)efi->map + (size_t)i * efi->entry_size,
	       sizeof(entry));
	return entry;
}

static uint64_t end_of(const struct efi_entry *entry)
{
	return entry->base + entry->page_count * PAGE;
}

void efi_check(const struct info_efi *efi)
{
	uint32_t i;

	if (!efi->table)
		return;
	if (!efi->map || efi->entry_size < sizeof(struct efi_entry) ||
	    efi->entry_size % sizeof(uint64_t))
		fail("Palisade: GRUB passed no UEFI memory map that is known");
	for (i = 0; i < count_of(efi); i++) {
		struct efi_entry entry = entry_at(efi, i);

		if (entry.base % PAGE || entry.page_count > UINT64_MAX / PAGE ||
		    end_of(&entry) < entry.base)
			fail("Palisade: the firmware's UEFI memory map is "
			     "malformed (part %u)", i);
	}
}

/* Free as soon as the boot services have ended. */
static bool is_usable(uint32_t kind)
{
	return kind == UEFI_FREE ||
	       (kind >= UEFI_LOADER_CODE && kind <= UEFI_BOOT_DATA);
}

static uint32_t memory_kind(uint32_t kind)
{
	switch (kind) {
	case UEFI_BAD:
		return MEMORY_BAD;
	case UEFI_ACPI:
		return MEMORY_ACPI;
	case UEFI_NVS:
		return MEMORY_NVS;
	}
	return is_usable(kind) ? MEMORY_RAM : MEMORY_RESERVED;
}

void efi_read_map(struct info *info)
{
	uint32_t i;

	info->range_count = 0;
	for (i = 0; i < count_of(&info->efi); i++) {
		struct efi_entry entry = entry_at(&info->efi, i);

		if (entry.page_count)
			info_add_range(info, entry.base,
				       entry.page_count * PAGE,
				       memory_kind(entry.kind));
	}
}

void efi_take_boot_services(const struct info_efi *efi, struct memory *memory)
{
	uint64_t base = 0, end = 0;
	uint32_t i;

	if (!efi->table)
		return;
	for (i = 0; i < count_of(efi); i++) {
		struct efi_entry entry = entry_at(efi, i);

		if (entry.kind != UEFI_BOOT_CODE &&
		    entry.kind != UEFI_BOOT_DATA)
			continue;
		if (entry.base != end) {
			if (base < end)
				memory_take(memory, base, end - base);
			base = entry.base;
		}
		end = end_of(&entry);
	}
	if (base < end)
		memory_take(memory, base, end - base);
}

static bool has_page(const struct info_range *range, uint64_t page)
{
	return range->base < page + PAGE && page < range->base + range->size;
}

/* What the OS is to take a page for that the firmware calls `kind`. */
static uint32_t kind_of_page(const struct memory *memory, uint64_t page,
			     uint32_t kind)
{
	uint32_t i;

	if (!is_usable(kind))
		return kind;
	for (i = 0; i < memory->range_count; i++)
		if (memory->ranges[i].kind != MEMORY_RAM &&
		    has_page(&memory->ranges[i], page))
			return UEFI_RESERVED;
	for (i = 0; i < memory->taken_count && kind == UEFI_FREE; i++)
		if (has_page(&memory->taken[i], page))
			return UEFI_LOADER_DATA;
	return kind;
}

/* The page behind `at`, up to `next`, where one of the ranges begins or ends. */
static uint64_t border_in(const struct info_range *ranges, uint32_t count,
			  uint64_t at, uint64_t next)
{
	uint32_t i;

	for (i = 0; i < count; i++) {
		uint64_t base = ranges[i].base & ~(uint64_t)(PAGE - 1);
		uint64_t end = (ranges[i].base + ranges[i].size + PAGE - 1) &
			       ~(uint64_t)(PAGE - 1);

		if (base > at && base < next)
			next = base;
		if (end > at && end < next)
			next = end;
	}
	return next;
}

static void append(struct map *map, const void *original,
		   const struct efi_entry *part)
{
	char *place = map->entries + (size_t)map->count * map->entry_size;

	if (map->count++ == map->count_max)
		fail("Palisade: the UEFI memory map has too many parts");
	memcpy(place, original, map->entry_size);
	memcpy(place, part, sizeof(*part));
}

/* One of the firmware's entries, in as many parts as it has kinds. */
static void append_parts(struct map *map, const struct memory *memory,
			 const void *original)
{
	struct efi_entry whole, part;
	uint64_t at, next;

	memcpy(&whole, original, sizeof(whole));
	part = whole;
	part.kind = kind_of_page(memory, whole.base, whole.kind);
	for (at = whole.base; at < end_of(&whole); at = next) {
		uint32_t kind;

		next = border_in(memory->ranges, memory->range_count, at,
				 end_of(&whole));
		next = border_in(memory->taken, memory->taken_count, at, next);
		kind = kind_of_page(memory, at, whole.kind);
		if (kind != part.kind) {
			append(map, original, &part);
			part.base = at;
			part.kind = kind;
		}
		part.page_count = (next - part.base) / PAGE;
	}
	append(map, original, &part);
}

void efi_make_map(struct info_efi *efi, struct memory *memory)
{
	struct map map = { .entry_size = efi->entry_size };
	uint64_t place;
	uint32_t i;

	if (!efi->table)
		return;
	/* Each range has two borders, and cuts an entry at each. */
	map.count_max = count_of(efi) +
			2 * (memory->range_count + memory->taken_count + 1);
	place = memory_place(memory, (uint64_t)map.count_max * map.entry_size,
			     PAGE, ONE_MIB, FOUR_GIB);
	if (!place)
		fail("Palisade: no room for the UEFI memory map");
	map.entries = (char *)place;
	for (i = 0; i < count_of(efi); i++)
		append_parts(&map, memory,
			     (const char *)efi->map +
				     (size_t)i * efi->entry_size);
	efi->map = map.entries;
	efi->map_size = map.count * map.entry_size;
}
