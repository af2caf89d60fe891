/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What GRUB tells: the boot information of Multiboot2, 3.6.
 *
 * Read once, at the start, into structures of our own.  GRUB is trusted (it is
 * measured before us); what it passes on, like a module's words, is checked.
 */
#ifndef GRUB_INFO_H
#define GRUB_INFO_H

#include <stdbool.h>
#include <stdint.h>

#define INFO_RANGES_MAX		128
#define INFO_MODULES_MAX	8
#define INFO_WORDS_MAX		2048	/* Linux takes no longer line */

/* Kinds of memory, with the numbers of E820. */
#define MEMORY_RAM	1
#define MEMORY_RESERVED	2
#define MEMORY_ACPI	3
#define MEMORY_NVS	4
#define MEMORY_BAD	5

struct info_range {
	uint64_t base;
	uint64_t size;
	uint32_t kind;
};

struct info_module {
	uint64_t base;
	uint64_t size;
	const char *words;	/* ended by a zero; the first says what it is */
};

/* A linear framebuffer; size 0: none. */
struct info_picture {
	uint64_t base;
	uint64_t size;
	uint32_t line_size, width, height;	/* bytes; pixels */
	uint8_t bits;				/* of a pixel */
	uint8_t colours[6];	/* place and bits of red, green, blue */
};

/* UEFI; table 0: none. */
struct info_efi {
	uint64_t table;			/* EFI_SYSTEM_TABLE */
	uint64_t image;			/* GRUB's handle; 0: it has ended the
					 * boot services itself */
	bool is_secure_boot;
	const void *map;		/* when the boot services ended */
	uint32_t map_size, entry_size, entry_version;
};

struct info {
	uint64_t base;			/* where all this lies */
	uint64_t size;
	const char *words;		/* our own command line */
	struct info_range ranges[INFO_RANGES_MAX];
	uint32_t range_count;
	struct info_module modules[INFO_MODULES_MAX];
	uint32_t module_count;
	uint64_t rsdp;			/* of ACPI, copied by GRUB; 0: none */
	uint32_t text_columns, text_rows;	/* 0: no text screen */
	struct info_picture picture;
	struct info_efi efi;
};

/*
 * Read the information at `at`; fails the machine if it is malformed.  While
 * UEFI's boot services run, GRUB tells nothing of memory.
 */
void info_read(struct info *info, uint64_t at);

/* One more part of the memory map; fails the machine if there are too many. */
void info_add_range(struct info *info, uint64_t base, uint64_t size,
		    uint32_t kind);

/* The module whose first word this is, or NULL. */
const struct info_module *info_module(const struct info *info,
				      const char *role);

/* What follows the first word, without the blanks between. */
const char *info_rest(const char *words);

/* The number behind NAME= in the line, or 0. */
uint64_t info_number(const char *words, const char *name);

#endif
