/* SPDX-License-Identifier: BSD-2-Clause */
#include "memory.h"

#include <stddef.h>

#include "lib/string.h"
#include "print.h"

static uint64_t end_of(const struct info_range *range)
{
	return range->base + range->size;
}

static void append(struct memory *memory, uint64_t base, uint64_t end,
		   uint32_t kind)
{
	struct info_range *last = NULL;

	if (memory->range_count)
		last = &memory->ranges[memory->range_count - 1];
	if (last && last->kind == kind && end_of(last) == base) {
		last->size += end - base;
		return;
	}
	if (memory->range_count == INFO_RANGES_MAX)
		fail("Palisade: the memory map has too many parts");
	memory->ranges[memory->range_count++] =
		(struct info_range){ base, end - base, kind };
}

/* The next address after `at` where the firmware's map begins or ends a part. */
static uint64_t next_border(const struct info *info, uint64_t at)
{
	uint64_t next = UINT64_MAX;
	uint32_t i;

	for (i = 0; i < info->range_count; i++) {
		const struct info_range *range = &info->ranges[i];

		if (range->base > at && range->base < next)
			next = range->base;
		if (end_of(range) > at && end_of(range) < next)
			next = end_of(range);
	}
	return next;
}

/* 0: nothing is said of it. */
static uint32_t kind_at(const struct info *info, uint64_t at)
{
	uint32_t kind = 0;
	uint32_t i;

	for (i = 0; i < info->range_count; i++) {
		const struct info_range *range = &info->ranges[i];

		if (at >= range->base && at < end_of(range) &&
		    range->kind > kind)
			kind = range->kind;
	}
	return kind;
}

void memory_init(struct memory *memory, const struct info *info)
{
	uint64_t at = 0, next;

	memory->range_count = 0;
	memory->taken_count = 0;
	for (; at != UINT64_MAX; at = next) {
		uint32_t kind = kind_at(info, at);

		next = next_border(info, at);
		if (kind)
			append(memory, at, next, kind);
	}
}

void memory_take(struct memory *memory, uint64_t base, uint64_t size)
{
	if (memory->taken_count == MEMORY_TAKEN_MAX)
		fail("Palisade: too many places taken");
	memory->taken[memory->taken_count++] =
		(struct info_range){ base, size, 0 };
}

/* What is taken and overlaps; of several the lowest. */
static const struct info_range *find_taken(const struct memory *memory,
					   uint64_t base, uint64_t size)
{
	const struct info_range *found = NULL;
	uint32_t i;

	for (i = 0; i < memory->taken_count; i++) {
		const struct info_range *taken = &memory->taken[i];

		if (taken->base < base + size && base < end_of(taken) &&
		    (!found || taken->base < found->base))
			found = taken;
	}
	return found;
}

/* The highest free place within one range; 0: none. */
static uint64_t place_in(const struct memory *memory, uint64_t low,
			 uint64_t high, uint64_t size, uint64_t align)
{
	while (high >= size && high - size >= low) {
		uint64_t base = (high - size) & ~(align - 1);
		const struct info_range *taken;

		if (base < low)
			return 0;
		taken = find_taken(memory, base, size);
		if (!taken)
			return base;
		high = taken->base;
	}
	return 0;
}

uint64_t memory_place(struct memory *memory, uint64_t size, uint64_t align,
		      uint64_t low, uint64_t high)
{
	uint64_t place = 0;
	uint32_t i;

	for (i = memory->range_count; i-- > 0 && !place;) {
		const struct info_range *range = &memory->ranges[i];
		uint64_t from = range->base > low ? range->base : low;
		uint64_t to = end_of(range) < high ? end_of(range) : high;

		if (range->kind == MEMORY_RAM && from < to)
			place = place_in(memory, from, to, size, align);
	}
	if (place)
		memory_take(memory, place, size);
	return place;
}

bool memory_is_ram(const struct memory *memory, uint64_t base, uint64_t size)
{
	uint32_t i;

	for (i = 0; i < memory->range_count; i++) {
		const struct info_range *range = &memory->ranges[i];

		if (range->kind == MEMORY_RAM && base >= range->base &&
		    base < end_of(range) && size <= end_of(range) - base)
			return true;
	}
	return false;
}

bool memory_place_at(struct memory *memory, uint64_t base, uint64_t size)
{
	if (!memory_is_ram(memory, base, size) ||
	    find_taken(memory, base, size))
		return false;
	memory_take(memory, base, size);
	return true;
}

void memory_reserve(struct memory *memory, uint64_t base, uint64_t size)
{
	struct info_range old[INFO_RANGES_MAX];
	uint32_t i, count = memory->range_count;

	memcpy(old, memory->ranges, count * sizeof(*old));
	memory->range_count = 0;
	for (i = 0; i < count; i++) {
		const struct info_range *range = &old[i];
		uint64_t end = end_of(range);

		if (base >= end || base + size <= range->base) {
			append(memory, range->base, end, range->kind);
			continue;
		}
		if (base > range->base)
			append(memory, range->base, base, range->kind);
		append(memory, base, base + size, MEMORY_RESERVED);
		if (base + size < end)
			append(memory, base + size, end, range->kind);
	}
}

void memory_tell(const struct memory *memory, struct hv_launch *launch)
{
	uint32_t i;

	for (i = 0; i < memory->range_count; i++) {
		const struct info_range *range = &memory->ranges[i];

		if (range->kind != MEMORY_RAM)
			continue;
		if (launch->ram_count == HV_LAUNCH_RAM_MAX)
			fail("Palisade: the memory map has too many parts");
		launch->ram[launch->ram_count++] =
			(struct hv_ram_range){ range->base, range->size };
	}
}
