/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Any OS of a UEFI machine, by its own EFI program (another boot loader, or a
 * kernel that is one): os-efi=PATH on our line; all behind it is the program's.
 *
 * The boot services run on, as the hypervisor's guest.  Memory stays theirs:
 * what the hypervisor has was allocated for ever, so every map says it.
 */
#ifndef GRUB_PROGRAM_H
#define GRUB_PROGRAM_H

#include <stdbool.h>

#include "abi/launch.h"
#include "info.h"
#include "memory.h"

bool program_is_wanted(const struct info *info);

/*
 * Have the firmware find the program, judge and load it: from where GRUB came,
 * else from the first file system that has it.  Fails the machine if that
 * cannot be.  Nothing is changed before.
 */
void program_load(const struct info *info);

/* Where it was asked for, as the owner wrote it. */
const char *program_path(void);

/*
 * Have the firmware give us memory; `memory`, made from its map, then has no
 * other room than that.  Fails the machine if there is none.
 */
void program_make_room(struct memory *memory);

/* What the hypervisor needs none of goes back. */
void program_give_back(const struct hv_launch *launch);

/*
 * Call it as the launch contract wants: interrupts off, stack and descriptors
 * in our half of the address space.
 */
void program_call(void (*function)(void));

/* Go there.  If it comes back, say so, and restart the machine. */
void program_start(void) __attribute__((noreturn));

#endif
