/* SPDX-License-Identifier: BSD-2-Clause */
/* A vendor whose guests do what a test's script says. */
#ifndef UNIT_FAKE_VENDOR_H
#define UNIT_FAKE_VENDOR_H

#include "core/cpu.h"

/* What a vCPU's control block holds here. */
struct fake_vcpu {
	uint64_t regs[GUEST_TSC_OFFSET + 1];
	const struct npt *npt;
	struct guest_state loaded;	/* by load() */
	unsigned int run_count;
	unsigned int flush_count;
	unsigned int inject_count;
	uint8_t vector;			/* of the last injection */
	bool has_error;
	uint32_t error;
};

/* Before it stops with `exit`, the guest does `act`, if there is one. */
struct fake_step {
	struct vmexit exit;
	void (*act)(struct vcpu *vcpu);
};

/* The next run()s of this host thread; after the last, FAKE_SCRIPT_END. */
void fake_play(const struct fake_step *steps, unsigned int count);
unsigned int fake_steps_left(void);
#define PLAY(steps)	fake_play(steps, COUNT_OF(steps))

/* Entries like Intel's EPT: three permission bits, memory type, bit 7. */
extern const struct npt_format ept_like_format;

void fake_vendor_make(struct vendor *vendor, const struct npt_format *format);

static inline struct fake_vcpu *fake_os(const struct cpu *cpu)
{
	return cpu->os_vcpu.hw;
}

static inline struct fake_vcpu *fake_pal(const struct cpu *cpu)
{
	return cpu->pal_vcpu.hw;
}

#endif
