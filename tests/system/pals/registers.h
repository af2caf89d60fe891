/* SPDX-License-Identifier: BSD-2-Clause */
/* What the PAL "registers" and its test agree on. */
#ifndef PALS_REGISTERS_H
#define PALS_REGISTERS_H

#include <stdint.h>

/* LEAVE fills all that a PAL can fill; LOOK gives what it found. */
enum { REGISTERS_LEAVE, REGISTERS_LOOK };

#define REGISTERS_SECRET 0x5ec2e7f00d5ec2e7ULL
#define REGISTERS_MXCSR	 0x7f80 /* rounds toward zero */

struct registers_found {
	uint8_t fpu[512]; /* FXSAVE */
	uint16_t ds, es, fs, gs;
};

#endif /* PALS_REGISTERS_H */
