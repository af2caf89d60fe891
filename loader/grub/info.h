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
#define INFO_MODULES_MAX	32
#define INFO_WORDS_MAX		2048	/* Linux takes no longer line */

/* Kinds of memory, with the numbers of E820. */
#define MEMORY_RAM	1
#define MEMORY_RESERVED	2
#define MEMORY_ACPI	3
#define MEMORY_NVS	4
#define MEMORY_BAD	5

/* Kinds of GRUB's tags. */
#define INFO_TAG_END		0
#define INFO_TAG_WORDS		1
#define INFO_TAG_LOADER		2
#define INFO_TAG_MODULE		3
#define INFO_TAG_MEMORY_SIZE	4
#define INFO_TAG_BOOT_DEVICE	5
#define INFO_TAG_MEMORY_MAP	6
#define INFO_TAG_VBE		7
#define INFO_TAG_FRAMEBUFFER	8
#define INFO_TAG_SECTIONS	9
#define INFO_TAG_APM		10
#define INFO_TAG_EFI64		12
#define INFO_TAG_ACPI_OLD	14
#define INFO_TAG_ACPI_NEW	15
#define INFO_TAG_EFI_MAP	17
#define INFO_TAG_BOOT_SERVICES	18	/* of EFI: they run */
#define INFO_TAG_EFI32_IMAGE	19
#define INFO_TAG_EFI64_IMAGE	20
#define INFO_TAG_LOAD_BASE	21

struct info_tag {
	uint32_t kind;
	uint32_t size;		/* with this */
};

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

/*
 * The tag behind this one (NULL: the first), as GRUB made it; NULL behind the
 * last.  Fails the machine if it is malformed: shorter than its kind, or beyond
 * the information.
 */
const struct info_tag *info_next_tag(const struct info *info,
				     const struct info_tag *tag);

/* Is this the first of the module's words? */
bool info_is(const struct info_module *module, const char *role);

/* The module whose first word this is, or NULL. */
const struct info_module *info_module(const struct info *info,
				      const char *role);

/* What follows the first word, without the blanks between. */
const char *info_rest(const char *words);

/* The last word in a line of ours: what is behind is the program's. */
#define INFO_PROGRAM	"os-efi"

/* What follows NAME= in the line, to the line's end, or NULL. */
const char *info_text(const char *words, const char *name);

/* The number behind NAME= in the line, or 0. */
uint64_t info_number(const char *words, const char *name);

#endif
