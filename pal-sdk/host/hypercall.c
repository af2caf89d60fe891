/* SPDX-License-Identifier: BSD-2-Clause */
/* The only place in user space with a hypercall instruction. */
#include "hypercall.h"
#include "abi/hypercall.h"

struct hypercall_result hypercall_pal_call(uint64_t handle, uint64_t entry,
					   uint64_t in_size, uint64_t out_size)
{
	struct hypercall_result result = {
		.status = HC_PAL_CALL,
		.rdx = in_size,
		.rcx = out_size,
	};

	/* memory: the PAL reads and writes the window meanwhile */
	__asm__ volatile("mov %[r8], %%r8\n\t"
			 "vmmcall\n\t"
			 "mov %%r8, %[r8]"
			 : "+a"(result.status), "+d"(result.rdx),
			   "+c"(result.rcx), [r8] "+r"(result.r8)
			 : "D"(handle), "S"(entry)
			 : "r8", "memory", "cc");
	/* a status is an int, however it was widened */
	result.status = (int)result.status;
	return result;
}
