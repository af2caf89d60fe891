/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a Multiboot kernel is told: GRUB's information for us, made anew.
 *
 * The memory map is ours (without the hypervisor), and so are the modules, the
 * command line, and the kernel's own sections; all else is as it came.
 */
#ifndef GRUB_MULTIBOOT_INFO_H
#define GRUB_MULTIBOOT_INFO_H

#include "info.h"
#include "memory.h"

#define MULTIBOOT_LOADED1	0x2badb002u	/* for EAX */
#define MULTIBOOT_LOADED2	0x36d76289u

/* The kernel's ELF section headers, in memory. */
struct multiboot_sections {
	uint64_t base;
	uint32_t count, size, names;
};

struct multiboot_facts {
	const struct info *info;
	const char *words;		/* its command line */
	struct multiboot_sections sections;
	uint64_t load_base;
	struct info_efi efi;		/* with the map for the OS */
};

/* Each returns where it is, for EBX; fails the machine if there is no room. */
uint64_t multiboot_info1(struct memory *memory,
			 const struct multiboot_facts *facts);
uint64_t multiboot_info2(struct memory *memory,
			 const struct multiboot_facts *facts);

/* The whole KiB of RAM from `base` on in one piece. */
uint32_t multiboot_kib_from(const struct memory *memory, uint64_t base);

/* The next of the kernel's own modules behind `module` (NULL: the first). */
const struct info_module *
multiboot_next_module(const struct info *info,
		      const struct info_module *module);

/* Bytes that all words for it and its modules take, with their ends. */
uint64_t multiboot_words_size(const struct multiboot_facts *facts);

#endif
