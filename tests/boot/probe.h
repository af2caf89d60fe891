/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Trying instructions and looking what they do, in each mode of the CPU.  The
 * same sources make three images, of 16, 32 and 64 bits.
 */
#ifndef BOOT_PROBE_H
#define BOOT_PROBE_H

#include "print.h"

/* Selectors, the same in each image; LDT and TSS have two places each. */
#define SELECTOR_CODE		0x08
#define SELECTOR_DATA		0x10
#define SELECTOR_USER_CODE	0x1b
#define SELECTOR_USER_DATA	0x23
#define SELECTOR_TSS		0x28
#define SELECTOR_LDT		0x38
#define SELECTOR_ABSENT		0x48
#define SELECTOR_READ_ONLY	0x50
#define SELECTOR_EXECUTE_ONLY	0x58
#define SELECTOR_NEXT_CODE	0x60	/* of the next image */
#define SELECTOR_FLAT		0x68
#define SELECTOR_IN_LDT		0x04
#define SELECTOR_BEYOND		0x3f8

#define VECTOR_TIMER		0x20	/* the interrupt controller's first */
#define VECTOR_USER_END		0x40	/* user programs may call these two */
#define VECTOR_CALLED		0x41
#define VECTOR_COUNT		0x42

#define FLAGS_TF		(1u << 8)
#define FLAGS_IF		(1u << 9)
#define FLAGS_RF		(1u << 16)

/* The exception or interrupt that trap() is asked about; it may change them. */
struct trap {
	word vector, error, ip, flags, cs;
};
extern struct trap trap;

/* By the assembly: go on with what trap says?  Else the probe is given up. */
bool trap_goes_on(void);

/*
 * Run a probe: 0, or the vector that ended it, plus 1.  It may leave any
 * register behind it, but for the stack's.
 */
word guarded(void (*probe)(void));
word guarded_by_user(void (*probe)(void));

/* Registers of a probe: set by it, and printed. */
#define OUT_COUNT	6
extern word in[4], out[OUT_COUNT];

/* Descriptor tables; IMAGE_BASE is what the image's segments begin at. */
void tables_fill(void);
void tables_load(void);

/* Run them all, and print a line for each. */
void probes_run(const char *mode, bool has_rings);

#endif
