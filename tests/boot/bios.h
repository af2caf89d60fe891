/* SPDX-License-Identifier: BSD-2-Clause */
/* What C in real mode can ask of assembly. */
#ifndef BOOT_BIOS_H
#define BOOT_BIOS_H

#include "print.h"

struct bios_registers {
	uint32_t eax, ebx, ecx, edx, esi, edi;
	uint16_t es, flags;
};

#define FLAGS_CF	1u
#define FLAGS_ZF	0x40u

/* Go in and come out by INT `vector`. */
extern struct bios_registers bios_registers;
void bios_int(uint32_t vector);

/* One byte, word or double word of the first MiB. */
uint32_t far_read32(uint32_t address);
uint16_t far_read16(uint32_t address);

/*
 * Read 32 bits anywhere below 4 GiB: in unreal mode, and in 16-bit protected
 * mode.  An exception makes it -vector.
 */
int peek_unreal(uint32_t address, uint32_t *value);
int peek_protected(uint32_t address, uint32_t *value);

/* Reset the machine, if the disk was made for that (reset.c). */
void reset_if_wanted(void);

/* All that the BIOS does (bios.c). */
void bios_tests(void);

#endif
