/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any OS, by the boot sector of its disk or its partition, on a machine with a
 * BIOS.
 *
 * GRUB reads the sector for us, as a module; the OS reads the rest with the
 * BIOS, which works as ever, in the guest, but for what it says of memory
 * (bios.h).
 */
#ifndef GRUB_CHAIN_H
#define GRUB_CHAIN_H

#include "memory.h"

/*
 * Judge the module `bootsector` and take its sector; `memory` loses what stays
 * resident.  Its word drive= is the BIOS's number of the disk, else 0x80.  With
 * the word partition=, 1 to 4, it is that partition's own; then the module
 * `table` is the disk's first sector, of which it is handed the table.  Fails
 * the machine with a reason if that cannot be booted here.
 */
void chain_prepare(struct memory *memory, const struct info *info,
		   const struct info_module *module);

/* To real mode, with what BIOSes promise a boot sector. */
void chain_start(const struct memory *memory) __attribute__((noreturn));

#endif
