/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the BIOS says of memory, and real mode.
 *
 * The BIOS does not know that memory is gone.  So a piece of ours stays at the
 * end of the base memory and answers for it where software asks how much there
 * is (resident.S): of the OS's, a boot sector does, and a kernel may.
 */
#ifndef GRUB_BIOS_H
#define GRUB_BIOS_H

#include "memory.h"

/*
 * Find the place of what stays; `memory` loses it.  Returns false, having
 * changed nothing, if there is no base memory that a BIOS would have.
 */
bool bios_reserve(struct memory *memory);

/*
 * From now on int 15h tells of `memory` as it is.  After bios_reserve(), and
 * when real mode is needed no more to start CPUs.
 */
void bios_answer(const struct memory *memory);

/* After that: to real mode, at 0:7C00, with these in DL and in SI and BP. */
void bios_leave(uint8_t drive, uint16_t partition) __attribute__((noreturn));

#endif
