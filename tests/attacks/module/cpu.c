// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* One instruction each, whose trap becomes a number. */
#include "cpu.h"

#include <linux/errno.h>
#include <linux/irqflags.h>
#include <asm/asm.h>

#define EXECUTE(trap, rax, instruction)					\
	asm volatile("1: " instruction "\n"				\
		     "	jmp 3f\n"					\
		     "2: mov %%eax, %[out]\n"				\
		     "3:\n"						\
		     _ASM_EXTABLE_FAULT(1b, 2b)				\
		     : [out] "+r"(trap), "+a"(rax)			\
		     : "c"(0)						\
		     : "memory", "cc")

int cpu_read_msr(struct attack_msr *msr)
{
	u32 low = 0, high = 0;
	int trap = ATTACK_WORKED;

	asm volatile("1: rdmsr\n"
		     "	jmp 3f\n"
		     "2: mov %%eax, %[out]\n"
		     "3:\n"
		     _ASM_EXTABLE_FAULT(1b, 2b)
		     : [out] "+r"(trap), "+a"(low), "=d"(high)
		     : "c"(msr->msr));
	msr->result = trap;
	msr->value = (u64)high << 32 | low;
	return 0;
}

int cpu_write_msr(struct attack_msr *msr)
{
	u32 low = (u32)msr->value, high = msr->value >> 32;
	int trap = ATTACK_WORKED;

	asm volatile("1: wrmsr\n"
		     "	jmp 3f\n"
		     "2: mov %%eax, %[out]\n"
		     "3:\n"
		     _ASM_EXTABLE_FAULT(1b, 2b)
		     : [out] "+r"(trap), "+a"(low)
		     : "c"(msr->msr), "d"(high)
		     : "memory");
	msr->result = trap;
	return 0;
}

int cpu_execute(struct attack_execute *execute)
{
	u64 rax = execute->address;
	unsigned long flags;
	int trap = ATTACK_WORKED;
	int err = 0;

	local_irq_save(flags);
	switch ((enum attack_instruction)execute->instruction) {
	case ATTACK_VMRUN:
		EXECUTE(trap, rax, "vmrun");
		break;
	case ATTACK_VMLOAD:
		EXECUTE(trap, rax, "vmload");
		break;
	case ATTACK_VMSAVE:
		EXECUTE(trap, rax, "vmsave");
		break;
	case ATTACK_STGI:
		EXECUTE(trap, rax, "stgi");
		break;
	case ATTACK_CLGI:
		EXECUTE(trap, rax, "clgi");
		break;
	case ATTACK_SKINIT:
		EXECUTE(trap, rax, "skinit");
		break;
	case ATTACK_INVLPGA:
		EXECUTE(trap, rax, "invlpga");
		break;
	case ATTACK_INVD:
		EXECUTE(trap, rax, "invd");
		break;
	case ATTACK_VMMCALL:
		EXECUTE(trap, rax, "vmmcall");
		break;
	case ATTACK_INSTRUCTIONS:
		err = -EINVAL;
		break;
	}
	local_irq_restore(flags);
	execute->result = trap;
	return err;
}
