/* SPDX-License-Identifier: BSD-2-Clause */
#include "bios.h"

#include <stddef.h>

#include "lib/string.h"
#include "print.h"
#include "resident.h"

#define VECTOR_15		0x54u
#define BDA_BASE_KIB		0x413u
#define BASE_KIB_MIN		256u
#define BASE_KIB_MAX		640u
#define KIB			1024u
#define ONE_MIB			0x100000u
#define SIXTEEN_MIB		0x1000000u
#define FOUR_GIB		(UINT64_C(1) << 32)
#define EXTENDED_KIB_MAX	(63u * 1024)	/* what 16 bits can say */
#define BLOCKS_MAX		0xffffu
#define BLOCK_64K		0x10000u

#define CODE_16		UINT64_C(0x00009b000000ffff)
#define DATA_16		UINT64_C(0x000093000000ffff)

struct resident_entry {			/* as int 15h, AX = E820h gives it */
	uint64_t base, size;
	uint32_t kind;
} __attribute__((packed));

struct resident {
	uint64_t gdt[3];
	uint16_t begin_offset, begin_segment;	/* of what runs in real mode */
	uint32_t old_vector;		/* the BIOS's int 15h */
	uint16_t above_1m_kib;		/* int 15h, AH = 88h */
	uint16_t below_16m_kib;		/* int 15h, AX = E801h */
	uint16_t above_16m_blocks;	/* of 64 KiB */
	uint16_t entry_count;
	uint8_t drive;
	uint8_t reserved1;
	uint16_t partition;		/* the address of its entry; 0: none */
	uint8_t reserved2[4];
	uint8_t code[RESIDENT_TABLE - RESIDENT_CODE];
	struct resident_entry entries[(RESIDENT_SIZE - RESIDENT_TABLE) /
				      RESIDENT_ENTRY_SIZE];
};

#define PIN(field, at) \
	_Static_assert(offsetof(struct resident, field) == (at), "resident.S")
PIN(begin_offset, RESIDENT_BEGIN);
PIN(old_vector, RESIDENT_OLD_VECTOR);
PIN(above_1m_kib, RESIDENT_ABOVE_1M);
PIN(below_16m_kib, RESIDENT_BELOW_16M);
PIN(above_16m_blocks, RESIDENT_ABOVE_16M);
PIN(entry_count, RESIDENT_COUNT);
PIN(drive, RESIDENT_DRIVE);
PIN(partition, RESIDENT_PARTITION);
PIN(code, RESIDENT_CODE);
PIN(entries, RESIDENT_TABLE);
#undef PIN
_Static_assert(sizeof(struct resident_entry) == RESIDENT_ENTRY_SIZE, "ABI");
_Static_assert(sizeof(struct resident) <= RESIDENT_SIZE, "one page");

extern const char resident[], resident_leave[], resident_begin[],
	resident_int_15[], resident_end[];	/* resident.S */

static uint64_t place;

/* The compiler takes addresses as low as this for mistakes. */
static uint16_t read_low(uint64_t at)
{
	uint16_t value;

	__asm__ volatile("movw (%1), %0" : "=r"(value) : "r"(at));
	return value;
}

static uint32_t read_vector(void)
{
	return read_low(VECTOR_15) | (uint32_t)read_low(VECTOR_15 + 2) << 16;
}

static void write_low(uint64_t at, uint16_t value)
{
	__asm__ volatile("movw %0, (%1)"
			 : : "r"(value), "r"(at) : "memory");
}

bool bios_reserve(struct memory *memory)
{
	uint16_t base_kib = read_low(BDA_BASE_KIB);

	if (base_kib < BASE_KIB_MIN || base_kib > BASE_KIB_MAX)
		return false;
	place = (uint64_t)(base_kib - RESIDENT_KIB) * KIB;
	memory_reserve(memory, place, RESIDENT_SIZE);
	return true;
}

/* Where the RAM that begins at 1 MiB ends. */
static uint64_t extended_end(const struct memory *memory)
{
	uint32_t i;

	for (i = 0; i < memory->range_count; i++) {
		const struct info_range *range = &memory->ranges[i];
		uint64_t end = range->base + range->size;

		if (range->kind == MEMORY_RAM && range->base <= ONE_MIB &&
		    end > ONE_MIB)
			return end < FOUR_GIB ? end : FOUR_GIB;
	}
	return ONE_MIB;
}

static uint64_t lesser(uint64_t one, uint64_t other)
{
	return one < other ? one : other;
}

static void tell_sizes(struct resident *to, const struct memory *memory)
{
	uint64_t end = extended_end(memory);

	to->above_1m_kib = (uint16_t)lesser((end - ONE_MIB) / KIB,
					    EXTENDED_KIB_MAX);
	to->below_16m_kib = (uint16_t)((lesser(end, SIXTEEN_MIB) - ONE_MIB) /
				       KIB);
	to->above_16m_blocks = end <= SIXTEEN_MIB ? 0 :
		(uint16_t)lesser((end - SIXTEEN_MIB) / BLOCK_64K, BLOCKS_MAX);
}

static void tell_map(struct resident *to, const struct memory *memory)
{
	uint32_t i;

	if (memory->range_count > sizeof(to->entries) / sizeof(to->entries[0]))
		fail("Palisade: the memory map has too many parts");
	for (i = 0; i < memory->range_count; i++)
		to->entries[i] = (struct resident_entry){
			memory->ranges[i].base, memory->ranges[i].size,
			memory->ranges[i].kind };
	to->entry_count = (uint16_t)memory->range_count;
}

static void __attribute__((noreturn)) go(const struct resident *from)
{
	const struct {
		uint16_t reserved[3];
		uint16_t limit;
		uint64_t base;
	} __attribute__((aligned(8))) table = {
		.limit = sizeof(from->gdt) - 1,
		.base = (uint64_t)from->gdt,
	};

	__asm__ volatile("lgdt %0\n\t"
			 "pushq %1\n\t"
			 "pushq %2\n\t"
			 "lretq"
			 : : "m"(table.limit), "i"(RESIDENT_CS),
			     "r"((uint64_t)(resident_leave - resident))
			 : "memory");
	__builtin_unreachable();
}

void bios_answer(const struct memory *memory)
{
	struct resident *to = (struct resident *)place;

	memset(to, 0, sizeof(*to));
	memcpy(to, resident, (size_t)(resident_end - resident));
	to->old_vector = read_vector();
	tell_sizes(to, memory);
	tell_map(to, memory);
	write_low(VECTOR_15, (uint16_t)(resident_int_15 - resident));
	write_low(VECTOR_15 + 2, (uint16_t)(place >> 4));
	write_low(BDA_BASE_KIB,
		  (uint16_t)(read_low(BDA_BASE_KIB) - RESIDENT_KIB));
}

void bios_leave(uint8_t drive, uint16_t partition)
{
	struct resident *to = (struct resident *)place;

	to->gdt[1] = CODE_16 | place << 16;	/* below 1 MiB: 24 bits do */
	to->gdt[2] = DATA_16;
	to->begin_offset = (uint16_t)(resident_begin - resident);
	to->begin_segment = (uint16_t)(place >> 4);
	to->drive = drive;
	to->partition = partition;
	go(to);
}
