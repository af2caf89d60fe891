// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Knows the stores by which registers can be written.  The two halves of the
 * APIC's command are written with interrupts off, so that they stay together.
 */
#include "device.h"

#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/io.h>
#include <linux/irqflags.h>
#include <linux/mm.h>
#include <asm/asm.h>
#include <asm/nmi.h>

#define APIC_ICR_LOW	0xfee00300ULL

static atomic64_t nmi_count;

/* Nobody else has a use for an NMI on a machine without a watchdog. */
static int count_nmi(unsigned int type, struct pt_regs *regs)
{
	atomic64_inc(&nmi_count);
	return NMI_HANDLED;
}

int device_init(void)
{
	return register_nmi_handler(NMI_LOCAL, count_nmi, 0, "attack");
}

void device_end(void)
{
	unregister_nmi_handler(NMI_LOCAL, "attack");
}

int device_nmi_count(struct attack_nmi *nmi)
{
	nmi->count = atomic64_read(&nmi_count);
	return 0;
}

#define STORE(trap, instruction, at, value)				\
	asm volatile("1: " instruction "\n"				\
		     "2:\n"						\
		     _ASM_EXTABLE_FAULT(1b, 2b)				\
		     : "+a"(trap)					\
		     : [to] "r"(at), [from] "d"(value)			\
		     : "memory", "cc")

static int store(void *at, u64 value, u32 width)
{
	int trap = ATTACK_WORKED;

	switch (width) {
	case 0:
		STORE(trap, "lock orl %k[from], (%[to])", at, value);
		break;
	case 1:
		STORE(trap, "movb %b[from], (%[to])", at, value);
		break;
	case 2:
		STORE(trap, "movw %w[from], (%[to])", at, value);
		break;
	case 4:
		STORE(trap, "movl %k[from], (%[to])", at, value);
		break;
	case 8:
		STORE(trap, "movq %q[from], (%[to])", at, value);
		break;
	}
	return trap;
}

/* The upper half of the value names the CPU, as in the x2APIC's register. */
static int store_command(void *page, const struct attack_device *device)
{
	int trap = store(page + 0x310, device->value >> 32 << 24, 4);

	return trap != ATTACK_WORKED ? trap :
	       store(page + 0x300, (u32)device->value, device->width);
}

/* The page that the register lies in; undone by iounmap(). */
static int map(const struct attack_device *device, void **page)
{
	if (offset_in_page(device->address) + 8 > PAGE_SIZE)
		return -EINVAL;
	*page = (void __force *)ioremap(device->address & PAGE_MASK, PAGE_SIZE);
	return *page ? 0 : -ENOMEM;
}

int device_write(struct attack_device *device)
{
	u64 offset = offset_in_page(device->address);
	unsigned long flags;
	void *page;
	int err = map(device, &page);

	if (err)
		return err;
	local_irq_save(flags);
	if (device->address == APIC_ICR_LOW)
		device->result = store_command(page, device);
	else
		device->result = store(page + offset, device->value,
				       device->width);
	local_irq_restore(flags);
	iounmap((void __force __iomem *)page);
	return 0;
}

static int load(u32 *value, const void *at)
{
	int trap = ATTACK_WORKED;

	*value = 0;
	asm volatile("1: movl (%[from]), %[value]\n"
		     "2:\n"
		     _ASM_EXTABLE_FAULT(1b, 2b)
		     : "+a"(trap), [value] "+r"(*value)
		     : [from] "r"(at)
		     : "memory");
	return trap;
}

int device_read(struct attack_device *device)
{
	u64 offset = offset_in_page(device->address);
	u32 value;
	void *page;
	int err = map(device, &page);

	if (err)
		return err;
	device->result = load(&value, page + offset);
	device->value = value;
	iounmap((void __force __iomem *)page);
	return 0;
}

/* So quick that Linux does not miss what it was. */
int device_try(struct attack_device *device)
{
	u64 offset = offset_in_page(device->address);
	unsigned long flags;
	u32 before, value;
	void *page;
	int err = map(device, &page);

	if (err)
		return err;
	local_irq_save(flags);
	load(&before, page + offset);
	device->result = store(page + offset, device->value, 4);
	load(&value, page + offset);
	store(page + offset, before, 4);
	local_irq_restore(flags);
	device->value = value;
	iounmap((void __force __iomem *)page);
	return 0;
}
