// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* One instruction each, whose trap becomes a number. */
#include "cpu.h"

#include <linux/errno.h>
#include <linux/io.h>
#include <linux/irqflags.h>
#include <asm/asm.h>
#include <asm/desc_defs.h>

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

#define OUT(trap, instruction, port, value)				\
	asm volatile("1: " instruction "\n"				\
		     "	jmp 3f\n"					\
		     "2: mov %%eax, %[out]\n"				\
		     "3:\n"						\
		     _ASM_EXTABLE_FAULT(1b, 2b)				\
		     : [out] "+r"(trap), "+a"(value)			\
		     : "d"(port)					\
		     : "memory")

static int write_port(struct attack_port *port)
{
	u32 value = port->value;
	int trap = ATTACK_WORKED;

	switch (port->width) {
	case 1:
		OUT(trap, "outb %%al, %%dx", port->port, value);
		break;
	case 2:
		OUT(trap, "outw %%ax, %%dx", port->port, value);
		break;
	case 4:
		OUT(trap, "outl %%eax, %%dx", port->port, value);
		break;
	default:
		return -EINVAL;
	}
	port->result = trap;
	return 0;
}

static int read_port(struct attack_port *port)
{
	switch (port->width) {
	case 1:
		port->value = inb(port->port);
		break;
	case 2:
		port->value = inw(port->port);
		break;
	case 4:
		port->value = inl(port->port);
		break;
	default:
		return -EINVAL;
	}
	port->result = ATTACK_WORKED;
	return 0;
}

int cpu_access_port(struct attack_port *port)
{
	return port->is_read_only ? read_port(port) : write_port(port);
}

static void triple_fault(void)
{
	const struct desc_ptr none = { 0, 0 };

	asm volatile("lidt %0; int3" : : "m"(none));
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
	case ATTACK_TRIPLE_FAULT:
		triple_fault();
		break;
	case ATTACK_INSTRUCTIONS:
		err = -EINVAL;
		break;
	}
	local_irq_restore(flags);
	execute->result = trap;
	return err;
}
