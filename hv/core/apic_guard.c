/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/apic_guard.h"

#include "core/guest_mem.h"
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

static enum insn_mode code_mode(struct cpu *cpu)
{
	uint64_t attributes = cpu->vendor->get(&cpu->os_vcpu,
					       GUEST_CS_ATTRIBUTES);
	uint64_t efer = cpu->vendor->get(&cpu->os_vcpu, GUEST_EFER);

	if (efer & EFER_LMA && attributes & SEGMENT_LONG)
		return INSN_64_BIT;
	return attributes & SEGMENT_BIG ? INSN_32_BIT : INSN_16_BIT;
}

/* The linear address of the instruction. */
static uint64_t code_address(struct cpu *cpu, enum insn_mode mode)
{
	uint64_t rip = cpu->os_vcpu.regs->rip;

	if (mode == INSN_64_BIT)
		return rip;
	return (uint32_t)(cpu->vendor->get(&cpu->os_vcpu, GUEST_CS_BASE) + rip);
}

/* Up to `size` bytes of the instruction there; returns how many. */
static unsigned int fetch(struct cpu *cpu, uint64_t address, uint8_t *bytes,
			  unsigned int size)
{
	unsigned int count = 0;

	while (count < size) {
		uint64_t from = address + count;
		uint64_t left = PAGE_SIZE - (from & (PAGE_SIZE - 1));
		unsigned int part = size - count;
		gpa_t at;

		if (part > left)
			part = (unsigned int)left;
		if (!guest_mem_walk(cpu, from, &at) ||
		    guest_mem_read(cpu, at, bytes + count, part))
			break;
		count += part;
	}
	return count;
}

/* The CPU's own copy of the instruction if it gives one, else ours. */
static bool decode(struct cpu *cpu, const struct vmexit *exit,
		   struct insn_store *store)
{
	enum insn_mode mode = code_mode(cpu);
	uint8_t bytes[INSN_MAX];
	unsigned int count;

	if (exit->npt.insn_count > 0)
		return insn_decode_store(mode, exit->npt.insn,
					 exit->npt.insn_count,
					 cpu->os_vcpu.regs, store);
	spin_lock(&cpu->hv->lock);
	count = fetch(cpu, code_address(cpu, mode), bytes, sizeof(bytes));
	spin_unlock(&cpu->hv->lock);
	return insn_decode_store(mode, bytes, count, cpu->os_vcpu.regs, store);
}

bool apic_guard_write(struct cpu *cpu, const struct vmexit *exit)
{
	uint32_t offset = (uint32_t)(exit->npt.at.v - cpu->hv->apic_base);
	struct insn_store store;

	cpu_count(cpu, HV_COUNT_APIC_GUARD);
	if (offset < APIC_FIRST || offset % 16 != 0 ||
	    !decode(cpu, exit, &store))
		return false;
	if (offset == APIC_ICR_HIGH)
		cpu->apic_destination = store.value >> 24;
	if (!is_dropped(cpu, offset, store.value))
		platform_apic_write(offset, store.value);
	step_to(cpu, cpu->os_vcpu.regs->rip + store.length);
	return true;
}
