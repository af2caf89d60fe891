/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/msr.h"

#include "core/access.h"
#include "core/apic_guard.h"
#include "core/hv.h"
#include "core/startup.h"

#define APIC_BASE_ADDRESS	UINT64_C(0x000ffffffffff000)
#define APIC_BASE_ENABLED	UINT64_C(0x800)
#define APIC_BASE_X2APIC	UINT64_C(0x400)
/* EFER bits that the OS may change freely: SCE NXE LMSLE FFXSR TCE AIBRSE. */
#define EFER_FREE		UINT64_C(0x20e801)

static uint64_t read_efer(struct cpu *cpu)
{
	return cpu->vendor->get(&cpu->os_vcpu, GUEST_EFER);
}

/*
 * LME may change with paging off only, LMA follows by itself.  SVME stays as it
 * is: by it KVM and others see that SVM is in use, and leave it alone.
 */
static bool write_efer(struct cpu *cpu, uint64_t value)
{
	uint64_t old = read_efer(cpu);
	uint64_t change = (value ^ old) & ~(uint64_t)(EFER_LMA | EFER_SVME);
	uint64_t cr0 = cpu->vendor->get(&cpu->os_vcpu, GUEST_CR0);
	uint64_t allowed = EFER_FREE;

	if (!(cr0 & CR0_PG))
		allowed |= EFER_LME;
	if (change & ~allowed)
		return false;
	/* The CPU knows which of the bits exist: ask it, with ours kept. */
	if (!platform_write_msr(0xc0000080, value | cpu->hv->own_efer))
		return false;
	platform_write_msr(0xc0000080, cpu->hv->own_efer);
	cpu->vendor->set(&cpu->os_vcpu, GUEST_EFER, old ^ change);
	return true;
}

/*
 * It stays on.  The way out of x2APIC mode leads through off (APM Vol. 2,
 * 16.9): it is gone at once, when the OS comes to its end.
 */
static bool write_apic_base(struct cpu *cpu, uint64_t value)
{
	uint64_t old;

	if ((value & APIC_BASE_ADDRESS) != cpu->hv->apic_base)
		return false;
	if (!(value & APIC_BASE_ENABLED))
		return !(value & APIC_BASE_X2APIC);
	if (platform_read_msr(0x1b, &old) && old & ~value & APIC_BASE_X2APIC)
		platform_write_msr(0x1b, value & ~APIC_BASE_ENABLED);
	return platform_write_msr(0x1b, value);
}

static bool write_icr(struct cpu *cpu, uint64_t value)
{
	if (!cpu->hv->has_apic_guard)
		return platform_write_msr(0x830, value);
	if (apic_guard_allows(cpu, (uint32_t)value, (uint32_t)(value >> 32)))
		return platform_write_msr(0x830, value);
	cpu_count(cpu, HV_COUNT_APIC_GUARD);
	return true;
}

/* Which of the rows with ACCESS_PAUSE this is. */
static unsigned int slot_of(const struct access_row *row)
{
	unsigned int slot = 0, count;
	const struct access_row *other;

	for (other = access_rows(&count); other != row; other++)
		slot += other->write == ACCESS_PAUSE;
	return slot;
}

static void note(struct cpu *cpu, const struct access_row *row, uint64_t value)
{
	uint32_t bit = 1u << slot_of(row);

	if (value & row->value)
		cpu->switch_work |= bit;
	else
		cpu->switch_work &= ~bit;
}

static bool write_noted(struct cpu *cpu, const struct access_row *row,
			uint64_t value)
{
	if (!platform_write_msr((uint32_t)row->first, value))
		return false;
	note(cpu, row, value);
	return true;
}

/* Only what is in `free` may change, but to what it is may all be written. */
static bool write_bits(uint32_t msr, uint64_t value, uint64_t free)
{
	uint64_t old;

	return platform_read_msr(msr, &old) && !((value ^ old) & ~free) &&
	       platform_write_msr(msr, value);
}

bool msr_read(struct cpu *cpu)
{
	struct guest_regs *regs = cpu->os_vcpu.regs;
	uint32_t msr = (uint32_t)regs->rcx;
	const struct access_row *row = access_find(ACCESS_MSR, msr);
	uint64_t value;

	if (!row || row->read == ACCESS_REFUSE ||
	    !platform_read_msr(msr, &value))
		return false;
	if (row->read == ACCESS_VALUE)
		value = row->value;
	else if (row->read == ACCESS_EFER)
		value = read_efer(cpu);
	regs->rax = (uint32_t)value;
	regs->rdx = value >> 32;
	return true;
}

bool msr_write(struct cpu *cpu)
{
	struct guest_regs *regs = cpu->os_vcpu.regs;
	uint32_t msr = (uint32_t)regs->rcx;
	const struct access_row *row = access_find(ACCESS_MSR, msr);
	uint64_t value = regs->rdx << 32 | (uint32_t)regs->rax;

	switch (row ? row->write : ACCESS_REFUSE) {
	case ACCESS_PASS:
		return platform_write_msr(msr, value);
	case ACCESS_IGNORE:
		return platform_read_msr(msr, &value);
	case ACCESS_BITS:
		return write_bits(msr, value, row->value);
	case ACCESS_SET:
		return write_bits(msr, value, value);
	case ACCESS_PAUSE:
		return write_noted(cpu, row, value);
	case ACCESS_EFER:
		return write_efer(cpu, value);
	case ACCESS_APIC_BASE:
		return write_apic_base(cpu, value);
	case ACCESS_TSC:
		cpu->vendor->set(&cpu->os_vcpu, GUEST_TSC_OFFSET,
				 value - platform_ticks());
		return true;
	case ACCESS_ICR:
		return write_icr(cpu, value);
	case ACCESS_REFUSE:
	case ACCESS_VALUE:
	case ACCESS_RESET:
	case ACCESS_RESET_VALUE:
	case ACCESS_KEYBOARD:
	case ACCESS_CONFIG:
	case ACCESS_IOMMU:
	case ACCESS_STARTUP:
		break;
	}
	return false;
}

void msr_begin(struct cpu *cpu)
{
	unsigned int count, i;
	const struct access_row *rows = access_rows(&count);
	uint64_t value;

	for (i = 0; i < count; i++)
		if (rows[i].write == ACCESS_PAUSE &&
		    platform_read_msr((uint32_t)rows[i].first, &value))
			note(cpu, &rows[i], value);
}

/* One register may have two numbers, so what was stopped last starts first. */
void msr_pause(struct cpu *cpu)
{
	unsigned int count, i;
	const struct access_row *rows = access_rows(&count);
	struct paused_msr *next = cpu->paused;

	for (i = 0; i < count; i++) {
		if (rows[i].write != ACCESS_PAUSE ||
		    !(cpu->switch_work & 1u << slot_of(&rows[i])) ||
		    !platform_read_msr((uint32_t)rows[i].first, &next->value))
			continue;
		next->msr = (uint32_t)rows[i].first;
		platform_write_msr(next->msr, next->value & ~rows[i].value);
		next++;
	}
	cpu->paused_count = (uint32_t)(next - cpu->paused);
}

void msr_resume(struct cpu *cpu)
{
	while (cpu->paused_count > 0) {
		const struct paused_msr *last =
			&cpu->paused[--cpu->paused_count];

		platform_write_msr(last->msr, last->value);
	}
}
