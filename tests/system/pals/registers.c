/* SPDX-License-Identifier: BSD-2-Clause */
/* Fills registers, or says what it finds in them. */
#include "registers.h"
#include <pal.h>
#include <string.h>

PAL_NAME("registers");

#define FILL(i) "movq %0, %%xmm" #i "\n\tpunpcklqdq %%xmm" #i ", %%xmm" #i "\n\t"

/* The null selectors are 0 to 3. */
static long leave(const void *in, size_t in_size, void *out, size_t out_size)
{
	uint64_t secret = REGISTERS_SECRET;
	uint32_t mxcsr = REGISTERS_MXCSR;

	(void)in, (void)in_size, (void)out, (void)out_size;
	__asm__ volatile(FILL(0) FILL(1) FILL(2) FILL(3) FILL(4) FILL(5)
			 FILL(6) FILL(7) FILL(8) FILL(9) FILL(10) FILL(11)
			 FILL(12) FILL(13) FILL(14) FILL(15)
			 "fldl	%1\n\tfildll	%1\n\tldmxcsr %2"
			 : : "r"(secret), "m"(secret), "m"(mxcsr));
	__asm__ volatile("movl	%0, %%ds\n\tmovl	%1, %%es\n\t"
			 "movl	%2, %%fs\n\tmovl	%3, %%gs"
			 : : "r"(1), "r"(2), "r"(3), "r"(0));
	return 0;
}

static long look(const void *in, size_t in_size, void *out, size_t out_size)
{
	struct registers_found found __attribute__((aligned(16))) = {0};

	__asm__ volatile("fxsave64 %0\n\t"
			 "movw	%%ds, %1\n\tmovw	%%es, %2\n\t"
			 "movw	%%fs, %3\n\tmovw	%%gs, %4"
			 : "+m"(found.fpu), "=m"(found.ds), "=m"(found.es),
			   "=m"(found.fs), "=m"(found.gs));
	(void)in, (void)in_size;
	if (out_size < sizeof(found))
		return -1;
	memcpy(out, &found, sizeof(found));
	return sizeof(found);
}

PAL_ENTRIES(leave, look);
