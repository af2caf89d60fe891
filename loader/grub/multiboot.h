/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A Multiboot or Multiboot2 kernel as the OS: what its file asks for.
 *
 * Multiboot Specification 0.6.96, 3.1; Multiboot2 2.0, 3.1.
 */
#ifndef GRUB_MULTIBOOT_H
#define GRUB_MULTIBOOT_H

#include "elf.h"
#include "handoff.h"
#include "info.h"

struct multiboot {
	uint32_t version;		/* 1 or 2 */
	struct elf image;
	bool needs_boot_services;	/* of EFI */
	/* Where else it can be. */
	bool is_relocatable, wants_low;
	uint64_t lowest, highest, align;
};

/*
 * Look for the header of this version (0: either, the newer first) and read
 * what it says.  Returns false if there is none; fails the machine if it asks
 * for what cannot be had, or is malformed.
 */
bool multiboot_read(struct multiboot *multiboot, const void *file,
		    uint64_t size, uint32_t version);

/*
 * Put the kernel of module `os`, and all that it is told, in place for
 * multiboot_start(), with the map of `memory` as it is then.  Its modules are
 * GRUB's whose first word is "module".  Fails the machine if there is no room.
 * Such a kernel may ask the BIOS, too, if there is one: `memory` loses what
 * answers there (bios.h).
 */
void multiboot_prepare(struct handoff *handoff, struct memory *memory,
		       struct info *info, const struct info_module *os,
		       const struct multiboot *multiboot);

/* Go there. */
void multiboot_start(const struct handoff *handoff, const struct memory *memory)
	__attribute__((noreturn));

#endif
