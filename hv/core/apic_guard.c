/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/apic_guard.h"

#include "core/hv.h"
#include "core/insn.h"
#include "core/startup.h"
#include "core/step.h"

/* No register lies below; QEMU takes a store there for a device's message. */
#define APIC_FIRST		0x10u
#define APIC_ID			0x20u
#define APIC_ICR_LOW		0x300u
#define APIC_ICR_HIGH		0x310u
#define ICR_MODE(icr_low)	((icr_low) >> 8 & 7)
#define ALL_XAPIC		0xffu

bool apic_guard_allows(struct cpu *cpu, uint32_t icr_low, uint32_t destination)
{
	const struct access_row *row = access_find(ACCESS_COMMAND,
						   ICR_MODE(icr_low));

	if (row && row->write == ACCESS_PASS)
		return true;
	if (row && row->write == ACCESS_STARTUP)
		startup_send(cpu, icr_low, destination);
	return false;
}

/* The page has eight bits of it. */
static uint32_t destination(const struct cpu *cpu)
{
	uint32_t id = cpu->apic_destination;

	return id == ALL_XAPIC ? STARTUP_ALL : id;
}

/*
 * By its id a CPU is found when it is to stop; it keeps it, as CPUs do where
 * the register is read-only.
 */
static bool is_dropped(struct cpu *cpu, uint32_t offset, uint32_t value)
{
	return offset == APIC_ID ||
	       (offset == APIC_ICR_LOW &&
		!apic_guard_allows(cpu, value, destination(cpu)));
}

bool apic_guard_write(struct cpu *cpu, const struct vmexit *exit)
{
	uint32_t offset = (uint32_t)(exit->npt.at.v - cpu->hv->apic_base);
	struct insn_store store;

	cpu_count(cpu, HV_COUNT_APIC_GUARD);
	if (offset < APIC_FIRST || offset % 16 != 0 ||
	    !step_decode(cpu, exit, &store) || store.size != 4)
		return false;
	if (offset == APIC_ICR_HIGH)
		cpu->apic_destination = store.value >> 24;
	if (!is_dropped(cpu, offset, store.value))
		platform_apic_write(offset, store.value);
	step_to(cpu, cpu->os_vcpu.regs->rip + store.length);
	return true;
}
