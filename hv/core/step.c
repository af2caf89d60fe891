/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/step.h"

#include "core/guest_mem.h"
#include "core/hv.h"

#define VECTOR_DB		1
#define DR6_BS			(1u << 14)
#define MSR_DEBUG_CONTROL	0x1d9
#define DEBUG_CONTROL_BTF	(1u << 1)

/* With BTF, TF stops at branches only (APM Vol. 2, 13.1.5). */
static bool is_branches_only(void)
{
	uint64_t control;

	return platform_read_msr(MSR_DEBUG_CONTROL, &control) &&
	       control & DEBUG_CONTROL_BTF;
}

/* Apart from the path of a call, which would run out of registers. */
void __attribute__((noinline)) step_with_flags(struct cpu *cpu)
{
	struct vcpu *os = &cpu->os_vcpu;
	const struct vendor *vendor = cpu->vendor;

	os->regs->rflags &= ~(uint64_t)RFLAGS_RF;
	if (!(os->regs->rflags & RFLAGS_TF) || is_branches_only())
		return;
	vendor->set(os, GUEST_DR6, vendor->get(os, GUEST_DR6) | DR6_BS);
	vendor->inject(os, VECTOR_DB, false, 0);
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
bool step_decode(struct cpu *cpu, const struct vmexit *exit,
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
