// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Knows the kernel's exception table: a trap here becomes a number. */
#include "probe.h"

#include <asm/asm.h>

#include "attack.h"

int probe_read(const void *at, u64 *value)
{
	int trap = ATTACK_WORKED;
	u64 read = 0;

	asm volatile("1: mov (%[at]), %[read]\n"
		     "2:\n"
		     _ASM_EXTABLE_FAULT(1b, 2b)
		     : "+a"(trap), [read] "+r"(read)
		     : [at] "r"(at)
		     : "memory");
	*value = read;
	return trap;
}

int probe_write(void *at, u64 value)
{
	int trap = ATTACK_WORKED;

	asm volatile("1: mov %[value], (%[at])\n"
		     "2:\n"
		     _ASM_EXTABLE_FAULT(1b, 2b)
		     : "+a"(trap)
		     : [at] "r"(at), [value] "r"(value)
		     : "memory");
	return trap;
}
