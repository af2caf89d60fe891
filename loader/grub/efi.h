/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * UEFI's memory map (UEFI 2.10, 7.2.3): whom it belongs to before the OS runs,
 * and what the OS is told of it.
 */
#ifndef GRUB_EFI_H
#define GRUB_EFI_H

#include "info.h"
#include "memory.h"

/* Nothing for a machine without UEFI, in all of them. */

/* Fails the machine if the firmware's map is not as we know it. */
void efi_check(const struct info_efi *efi);

/* The map's parts become info->ranges.  It was checked. */
void efi_read_map(struct info *info);

/*
 * The firmware may have left tables for the OS in the memory of its boot
 * services: nothing shall be placed there.
 */
void efi_take_boot_services(const struct info_efi *efi, struct memory *memory);

/*
 * Make the map for the OS, and have efi->map point to it: what memory->ranges
 * does not call RAM is reserved, and what was taken of free memory is a
 * loader's, so that the OS puts nothing there before it has read it.
 */
void efi_make_map(struct info_efi *efi, struct memory *memory);

#endif
