/* SPDX-License-Identifier: BSD-2-Clause */
#include "chain.h"

#include "bios.h"
#include "lib/string.h"
#include "print.h"

#define SECTOR			512u
#define SECTOR_AT		0x7c00u
#define SIGNATURE_AT		510u
#define FIRST_DISK		0x80u
#define PARTITION_COUNT		4u
#define TABLE_IN_SECTOR		446u
#define TABLE_SIZE		64u
#define ENTRY_SIZE		16u
#define ENTRY_KIND		4u	/* 0: the entry is not used */
/* Where the disk's own sector has it, which moves itself to 0:600 first. */
#define TABLE_AT		0x7beu

static char sector[SECTOR];
static char table[TABLE_SIZE];
static uint8_t drive;
static uint16_t partition;

static bool is_sector(const struct info_module *module)
{
	const uint8_t *bytes = (const uint8_t *)module->base;

	return module->size >= SECTOR && bytes[SIGNATURE_AT] == 0x55 &&
	       bytes[SIGNATURE_AT + 1] == 0xaa;
}

static void take_partition(const struct info *info, uint64_t number)
{
	const struct info_module *disk = info_module(info, "table");

	if (!disk || !is_sector(disk))
		fail("Palisade: partition= needs the disk's first sector as "
		     "module 'table' (module2 (hd0)+1 table)");
	memcpy(table, (const char *)disk->base + TABLE_IN_SECTOR, TABLE_SIZE);
	if (number > PARTITION_COUNT ||
	    table[(number - 1) * ENTRY_SIZE + ENTRY_KIND] == 0)
		fail("Palisade: partition=%lu is none of the disk's (1 to %u)",
		     number, PARTITION_COUNT);
	partition = (uint16_t)(TABLE_AT + (number - 1) * ENTRY_SIZE);
}

void chain_prepare(struct memory *memory, const struct info *info,
		   const struct info_module *module)
{
	uint64_t disk = info_number(module->words, "drive");
	uint64_t number = info_number(module->words, "partition");

	if (info->efi.table)
		fail("Palisade: a boot sector needs a BIOS, and this machine "
		     "was started by UEFI");
	if (!is_sector(module))
		fail("Palisade: the module 'bootsector' is none: no 55 AA at "
		     "its end (module2 (hd0)+1 bootsector)");
	if (disk > UINT8_MAX)
		fail("Palisade: drive=0x%lx is no BIOS disk (0x80 is the "
		     "first)", disk);
	if (number)
		take_partition(info, number);
	if (!bios_reserve(memory))
		fail("Palisade: the BIOS tells of no base memory that it could "
		     "have");
	memcpy(sector, (const char *)module->base, SECTOR);
	drive = disk ? (uint8_t)disk : FIRST_DISK;
}

void chain_start(const struct memory *memory)
{
	bios_answer(memory);
	memcpy((void *)SECTOR_AT, sector, SECTOR);
	if (partition)
		memcpy((void *)(uint64_t)TABLE_AT, table, TABLE_SIZE);
	bios_leave(drive, partition);
}
