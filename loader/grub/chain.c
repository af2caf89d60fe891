/* SPDX-License-Identifier: BSD-2-Clause */
#include "chain.h"

#include "bios.h"
#include "lib/string.h"
#include "print.h"

#define SECTOR			512u
#define SECTOR_AT		0x7c00u
#define SIGNATURE_AT		510u
#define FIRST_DISK		0x80u

static char sector[SECTOR];
static uint8_t drive;

void chain_prepare(struct memory *memory, const struct info *info,
		   const struct info_module *module)
{
	const char *bytes = (const char *)module->base;
	uint64_t number = info_number(module->words, "drive");

	if (info->efi.table)
		fail("Palisade: a boot sector needs a BIOS, and this machine "
		     "was started by UEFI");
	if (module->size < SECTOR || (uint8_t)bytes[SIGNATURE_AT] != 0x55 ||
	    (uint8_t)bytes[SIGNATURE_AT + 1] != 0xaa)
		fail("Palisade: the module 'bootsector' is none: no 55 AA at "
		     "its end (module2 (hd0)+1 bootsector)");
	if (number > UINT8_MAX)
		fail("Palisade: drive=0x%lx is no BIOS disk (0x80 is the "
		     "first)", number);
	if (!bios_reserve(memory))
		fail("Palisade: the BIOS tells of no base memory that it could "
		     "have");
	memcpy(sector, bytes, SECTOR);
	drive = number ? (uint8_t)number : FIRST_DISK;
}

void chain_start(const struct memory *memory)
{
	bios_answer(memory);
	memcpy((void *)SECTOR_AT, sector, SECTOR);
	bios_leave(drive);
}
