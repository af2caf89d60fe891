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
	unsigned int length;		/* of the instruction, in bytes */
};

/*
 * Decode a 32-bit MOV to memory in 64-bit mode: 89 /r (from a register),
 * C7 /0 (an immediate) or A3 (EAX to an absolute address), with an optional
 * REX prefix (Intel SDM Vol. 2, 2.1 and MOV).  `count` of `bytes` are there.
 * False for everything else; then *store is as before.
 */
bool insn_decode_store(const uint8_t *bytes, unsigned int count,
		       const struct guest_regs *regs, struct insn_store *store);

#endif
