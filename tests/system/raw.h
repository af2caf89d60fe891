/* SPDX-License-Identifier: BSD-2-Clause */
/* Any hypercall with any registers, past libpal. */
#ifndef SYSTEM_RAW_H
#define SYSTEM_RAW_H

#include <stdint.h>
#include "abi/hypercall.h"

struct raw_registers {
	uint64_t rax, rdi, rsi, rdx, rcx, r8, r9;
};

/* Execute VMMCALL with these registers and put there what comes back. */
static inline int raw_hypercall(struct raw_registers *regs)
{
	register uint64_t r8 __asm__("r8") = regs->r8;
	register uint64_t r9 __asm__("r9") = regs->r9;

	__asm__ volatile("vmmcall"
			 : "+a"(regs->rax), "+D"(regs->rdi), "+S"(regs->rsi),
			   "+d"(regs->rdx), "+c"(regs->rcx), "+r"(r8), "+r"(r9)
			 :
			 : "memory", "cc");
	regs->r8 = r8;
	regs->r9 = r9;
	return (int)regs->rax;
}

/* HC_PAL_CALL of that thread's entry with no input and no output. */
static inline int raw_call(uint64_t handle, uint64_t entry)
{
	struct raw_registers regs = {
		.rax = HC_PAL_CALL, .rdi = handle, .rsi = entry,
	};

	return raw_hypercall(&regs);
}

#endif /* SYSTEM_RAW_H */
