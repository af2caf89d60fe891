/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/msr.h"

#include "core/apic_guard.h"
#include "core/hv.h"
#include "core/startup.h"

#define APIC_BASE_ADDRESS	UINT64_C(0x000ffffffffff000)
#define VM_CR_DISABLED_LOCKED	0x18		/* SVMDIS, LOCK */

/* EFER bits that the OS may change freely: SCE NXE LMSLE FFXSR TCE AIBRSE. */
#define EFER_FREE		UINT64_C(0x20e801)

static const struct msr_row rows[] = {
	/* The hypervisor's mode of the CPU. */
	{ 0xc0000080, MSR_EFER, MSR_EFER, 0 },		/* EFER */
	{ 0xc0010114, MSR_VALUE, MSR_REFUSE, VM_CR_DISABLED_LOCKED },
	{ 0xc0010117, MSR_VALUE, MSR_REFUSE, 0 },	/* VM_HSAVE_PA */
	{ 0xc0010118, MSR_VALUE, MSR_REFUSE, 0 },	/* SVM_KEY */
	/* The APIC, whose page is guarded where INIT cannot be caught. */
	{ 0x0000001b, MSR_PASS, MSR_APIC_BASE, 0 },	/* APIC_BASE */
	{ 0x00000830, MSR_PASS, MSR_ICR, 0 },		/* x2APIC ICR */
	/* What physical addresses mean. */
	{ 0xc0010010, MSR_PASS, MSR_REFUSE, 0 },	/* SYSCFG */
	{ 0xc0010016, MSR_PASS, MSR_REFUSE, 0 },	/* IORR_BASE0 */
	{ 0xc0010017, MSR_PASS, MSR_REFUSE, 0 },	/* IORR_MASK0 */
	{ 0xc0010018, MSR_PASS, MSR_REFUSE, 0 },	/* IORR_BASE1 */
	{ 0xc0010019, MSR_PASS, MSR_REFUSE, 0 },	/* IORR_MASK1 */
	{ 0xc001001a, MSR_PASS, MSR_REFUSE, 0 },	/* TOP_MEM */
	{ 0xc001001d, MSR_PASS, MSR_REFUSE, 0 },	/* TOP_MEM2 */
	{ 0xc0010058, MSR_PASS, MSR_REFUSE, 0 },	/* MMIO_CFG_BASE */
	{ 0xc0010111, MSR_PASS, MSR_REFUSE, 0 },	/* SMM_BASE */
	{ 0xc0010112, MSR_PASS, MSR_REFUSE, 0 },	/* SMM_ADDR */
	{ 0xc0010113, MSR_PASS, MSR_REFUSE, 0 },	/* SMM_MASK */
	{ 0xc0010116, MSR_PASS, MSR_REFUSE, 0 },	/* SMM_CTL */
};

/*
 * The banks of scalable machine check.  No bitmap has bits for them, so each
 * access is an exit; Linux reads them every few minutes and panics on #GP.
 */
#define MACHINE_CHECK_FIRST	0xc0002000u
#define MACHINE_CHECK_COUNT	0x1000u

static const struct msr_row machine_check = { 0, MSR_PASS, MSR_PASS, 0 };

const struct msr_row *msr_rows(unsigned int *count)
{
	*count = sizeof(rows) / sizeof(rows[0]);
	return rows;
}

static const struct msr_row *find(uint32_t msr)
{
	unsigned int i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].msr == msr)
			return &rows[i];
	if (msr - MACHINE_CHECK_FIRST < MACHINE_CHECK_COUNT)
		return &machine_check;
	return NULL;
}

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
	if (!platform_write_msr(0xc0000080, value | EFER_SVME | EFER_LME |
				EFER_LMA | EFER_NXE))
		return false;
	platform_write_msr(0xc0000080, EFER_SVME | EFER_LME | EFER_LMA |
			   EFER_NXE);
	cpu->vendor->set(&cpu->os_vcpu, GUEST_EFER, old ^ change);
	return true;
}

static bool write_apic_base(struct cpu *cpu, uint64_t value)
{
	if ((value & APIC_BASE_ADDRESS) != cpu->hv->apic_base)
		return false;
	return platform_write_msr(0x1b, value);
}

static bool write_icr(struct cpu *cpu, uint64_t value)
{
	if (cpu->hv->has_apic_guard && !apic_guard_allows((uint32_t)value)) {
		cpu_count(cpu, HV_COUNT_APIC_GUARD);
		startup_send(cpu, (uint32_t)value, (uint32_t)(value >> 32));
		return true;
	}
	return platform_write_msr(0x830, value);
}

bool msr_read(struct cpu *cpu)
{
	struct guest_regs *regs = cpu->os_vcpu.regs;
	uint32_t msr = (uint32_t)regs->rcx;
	const struct msr_row *row = find(msr);
	uint64_t value = 0;

	switch (row ? row->read : MSR_REFUSE) {
	case MSR_PASS:
		if (!platform_read_msr(msr, &value))
			return false;
		break;
	case MSR_VALUE:
		value = row->value;
		break;
	case MSR_EFER:
		value = read_efer(cpu);
		break;
	case MSR_REFUSE:
	case MSR_APIC_BASE:
	case MSR_ICR:
		return false;
	}
	regs->rax = (uint32_t)value;
	regs->rdx = value >> 32;
	return true;
}

bool msr_write(struct cpu *cpu)
{
	struct guest_regs *regs = cpu->os_vcpu.regs;
	uint32_t msr = (uint32_t)regs->rcx;
	const struct msr_row *row = find(msr);
	uint64_t value = regs->rdx << 32 | (uint32_t)regs->rax;

	switch (row ? row->write : MSR_REFUSE) {
	case MSR_PASS:
		return platform_write_msr(msr, value);
	case MSR_EFER:
		return write_efer(cpu, value);
	case MSR_APIC_BASE:
		return write_apic_base(cpu, value);
	case MSR_ICR:
		return write_icr(cpu, value);
	case MSR_REFUSE:
	case MSR_VALUE:
		break;
	}
	return false;
}
