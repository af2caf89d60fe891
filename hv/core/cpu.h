/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One struct cpu per processor.  Functions take it as their first argument.
 *
 * A CPU has two vCPUs: one never runs PAL code, the other never runs the OS.
 */
#ifndef CORE_CPU_H
#define CORE_CPU_H

#include <stdatomic.h>

#include "abi/hypercall.h"
#include "core/access.h"
#include "core/guest_state.h"
#include "core/platform.h"
#include "core/vendor.h"

struct vcpu {
	struct guest_regs *regs;	/* os_regs, or a PAL thread's */
	void *hw;			/* the vendor's control block */
};

struct paused_msr {
	uint32_t msr;
	uint64_t value;
};

/* A bit for each row with ACCESS_PAUSE that is on. */
#define SWITCH_MSRS	((1u << ACCESS_PAUSED_MAX) - 1)

struct cpu {
	uint8_t os_fpu[FPU_STATE_SIZE] __attribute__((aligned(64)));
	struct hv *hv;
	const struct vendor *vendor;	/* hv's, one load closer */
	unsigned int id;
	struct vcpu os_vcpu;
	struct vcpu pal_vcpu;
	struct guest_regs os_regs;
	struct hv_cpu_stats stats;	/* written by this CPU only */
	_Atomic uint64_t epoch;		/* the last one this CPU has flushed for */
	_Atomic int entered;		/* 1 from hv_enter() to leaving */
	_Atomic uint32_t startup;	/* what core/startup.c has to do with it */
	uint32_t apic_id;
	uint32_t apic_destination;	/* as the OS last wrote it */
	_Atomic bool is_nmi_ours;	/* the next: startup_follow() is meant */
	bool is_in_nmi;			/* the OS, in one that we handed on */
	bool has_nmi_pending;
	uint32_t switch_work;		/* what a PAL's stay has to do besides:
					 * SWITCH_MSRS, core/flush.h's bits */
	uint32_t paused_count;
	struct paused_msr paused[ACCESS_PAUSED_MAX];
	void *machine;			/* x86/'s own */
};

static inline void cpu_count(struct cpu *cpu, enum hv_counter counter)
{
	cpu->stats.count[counter]++;
}

#endif
