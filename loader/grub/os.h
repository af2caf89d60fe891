/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The OS: which module it is, and by which protocol it is booted.
 *
 *	os		what its file says: Linux, Multiboot2, Multiboot
 *	os-linux32	Linux by its 32-bit entry
 *	os-multiboot	as GRUB's command of that name
 *	os-multiboot2
 *	bootsector	a disk's first sector, whatever it loads
 */
#ifndef GRUB_OS_H
#define GRUB_OS_H

#include "handoff.h"
#include "info.h"
#include "linux.h"
#include "memory.h"

enum os_kind {
	OS_LINUX,
	OS_LINUX32,
	OS_MULTIBOOT,
	OS_MULTIBOOT2,
	OS_SECTOR,
};

struct os {
	const struct info_module *module;
	enum os_kind kind;
	struct linux_boot boot;	/* its 64-bit entry */
	struct handoff handoff;		/* other kernels */
};

/* Is any module an OS? */
bool os_is_there(const struct info *info);

/* Find it and judge it; fails the machine if there is none that can boot. */
void os_find(struct os *os, const struct info *info);

/* Put it in place, with the map of `memory` as it is then. */
void os_prepare(struct os *os, struct memory *memory, struct info *info);

/* What it is, for people. */
const char *os_name(const struct os *os);

void os_start(const struct os *os, const struct memory *memory)
	__attribute__((noreturn));

#endif
