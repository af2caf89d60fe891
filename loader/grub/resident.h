/* SPDX-License-Identifier: BSD-2-Clause */
/* What bios.c fills in of resident.S (struct resident). */
#ifndef GRUB_RESIDENT_H
#define GRUB_RESIDENT_H

#define RESIDENT_SIZE		4096	/* of base memory */
#define RESIDENT_KIB		4
#define RESIDENT_TABLE		1024	/* the memory map begins here */
#define RESIDENT_ENTRY_SIZE	20
#define RESIDENT_CS		0x08
#define RESIDENT_DS		0x10

/* Offsets in struct resident. */
#define RESIDENT_BEGIN		24
#define RESIDENT_OLD_VECTOR	28
#define RESIDENT_ABOVE_1M	32
#define RESIDENT_BELOW_16M	34
#define RESIDENT_ABOVE_16M	36
#define RESIDENT_COUNT		38
#define RESIDENT_DRIVE		40
#define RESIDENT_PARTITION	42
#define RESIDENT_CODE		48

#endif
