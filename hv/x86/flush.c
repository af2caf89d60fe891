/* SPDX-License-Identifier: BSD-2-Clause */
/* platform_flush(): by instructions that AMD's and Intel's CPUs share. */
#include "core/platform.h"

#define MSR_PRED_CMD	0x49u		/* bit 0: IBPB */
#define MSR_FLUSH_CMD	0x10bu		/* bit 0: L1D_FLUSH */

/*
 * 32 calls, more than any CPU keeps; where a return takes one of them for its
 * own it finds a trap.
 */
static void fill_returns(void)
{
	uint32_t i = 16;

	__asm__ volatile("1:	call	2f\n"
			 "	int3\n"
			 "2:	call	3f\n"
			 "	int3\n"
			 "3:	decl	%0\n"
			 "	jnz	1b\n"
			 "	addq	$32 * 8, %%rsp\n"
			 "	lfence"
			 : "+r"(i) : : "cc", "memory");
}

/* VERW of memory: where the CPU has nothing to forget it just looks. */
static void overwrite_buffers(void)
{
	uint16_t selector;

	__asm__ volatile("movw	%%ds, %0\n"
			 "	verw	%0"
			 : "=m"(selector) : : "cc", "memory");
}

uint32_t platform_flush(uint32_t what)
{
	if (what & FLUSH_BRANCHES && !platform_write_msr(MSR_PRED_CMD, 1))
		what &= ~FLUSH_BRANCHES;
	if (what & FLUSH_RETURNS)
		fill_returns();
	if (what & FLUSH_L1D && !platform_write_msr(MSR_FLUSH_CMD, 1))
		what &= ~FLUSH_L1D;
	if (what & FLUSH_BUFFERS)
		overwrite_buffers();
	return what;
}
