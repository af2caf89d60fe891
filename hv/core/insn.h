/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading the few instructions that write to a guarded device register. */
#ifndef CORE_INSN_H
#define CORE_INSN_H

#include <stdbool.h>
#include <stdint.h>

#include "core/guest_state.h"

#define INSN_MAX	15u		/* bytes */

struct insn_store {
	uint32_t value;			/* what it writes */
	unsigned int size;		/* bytes of that: 1, 2, 4 */
	unsigned int length;		/* of the instruction, in bytes */
};

/* What the code segment says of its instructions. */
enum insn_mode { INSN_16_BIT, INSN_32_BIT, INSN_64_BIT };

/*
 * Decode a MOV to memory of up to 32 bits: 88, 89 /r (from a register, not AH
 * to BH), C6, C7 /0 (an immediate) or A2, A3 (EAX to an absolute address), with
 * segment overrides, the prefix for operands, in 64-bit mode a REX prefix, in
 * 16-bit mode the prefix for addresses of 32 bits (Intel SDM Vol. 2, 2.1, MOV).
 * `count` of `bytes` are there.  False for everything else; then *store is as
 * before.
 */
bool insn_decode_store(enum insn_mode mode, const uint8_t *bytes,
		       unsigned int count, const struct guest_regs *regs,
		       struct insn_store *store);

#endif
