/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Leaving for an OS that is entered in 32-bit protected mode without paging.
 *
 * Such an OS may want to be where we are.  So it is made ready elsewhere, and
 * moved by the last instructions before it is entered.
 */
#ifndef GRUB_HANDOFF_H
#define GRUB_HANDOFF_H

#include "memory.h"

struct handoff {
	uint64_t page;			/* of the last instructions */
	uint64_t target, size;		/* where the OS shall be */
	uint64_t staged;		/* where it is until then */
	uint32_t entry;
	uint32_t eax, ebx, esi;		/* what it finds in its registers */
};

/*
 * Take the target, which must be RAM below 4 GiB but may be in use, a place as
 * large to make the OS ready in (zeroed), and the page.  Fails the machine if
 * there is no room.
 */
void handoff_prepare(struct handoff *handoff, struct memory *memory,
		     uint64_t target, uint64_t size);

/*
 * A module that the OS shall still find: if GRUB has put it into the target, it
 * is copied away.  Returns it with its place from now on; fails the machine if
 * there is no room.
 */
struct info_module handoff_spare(const struct handoff *handoff,
				 struct memory *memory,
				 const struct info_module *module);

/* Go, as a guest, with flat segments, interrupts off, ES to SS alike. */
void handoff_start(const struct handoff *handoff) __attribute__((noreturn));

#endif
