// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Knows the instruction, and nothing of what it is used for. */
#include "call.h"

#include <asm/asm.h>

int call_make(struct attack_call *call)
{
	register u64 r8 asm("r8") = 0;
	u64 number = call->number, rdx = call->rdx, rcx = 0;
	int trap = ATTACK_WORKED;

	/* A trap's vector comes in RAX, so it must be told apart from a status. */
	asm volatile("1: vmmcall\n"
		     "	jmp 3f\n"
		     "2: mov %%eax, %[trap]\n"
		     "3:\n"
		     _ASM_EXTABLE_FAULT(1b, 2b)
		     : "+a"(number), "+d"(rdx), "+c"(rcx), "+r"(r8),
		       [trap] "+r"(trap)
		     : "D"(call->rdi), "S"(call->rsi)
		     : "memory", "cc");
	call->result = trap;
	call->status = number;
	call->result_rdx = rdx;
	call->result_rcx = rcx;
	call->result_r8 = r8;
	return 0;
}
