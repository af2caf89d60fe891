/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Linux as the OS: its x86 boot protocol, 64-bit or 32-bit entry
 * (Documentation/arch/x86/boot.rst of the kernel).
 */
#ifndef GRUB_LINUX_H
#define GRUB_LINUX_H

#include "handoff.h"
#include "memory.h"

/* Where everything lies, ready for linux_start(). */
struct linux_boot {
	uint64_t entry;
	uint64_t parameters;	/* struct boot_params */
};

/* Is it a kernel of this protocol, of any version? */
bool linux_is_one(const struct info_module *os);

/*
 * Put the kernel of module `os`, its command line, the initrd (may be NULL) and
 * the parameters in place, with the map of `memory` as it is now.  Returns
 * false if it has no 64-bit entry, or can only be where we are: then the other
 * entry is for it.  Fails the machine with a reason if it is no kernel, or has
 * no room.
 */
bool linux_prepare(struct linux_boot *boot, struct memory *memory,
		   const struct info *info, const struct info_module *os,
		   const struct info_module *initrd);

/* The same for the 32-bit entry, with handoff_start(). */
void linux_prepare32(struct handoff *handoff, struct memory *memory,
		     const struct info *info, const struct info_module *os,
		     const struct info_module *initrd);

/* Go there. */
void linux_start(const struct linux_boot *boot) __attribute__((noreturn));

#endif
