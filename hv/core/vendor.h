/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Everything the core needs from AMD SVM or Intel VMX.
 *
 * The core owns this interface; svm/svm.c, vmx/vmx.c and the fake machine of
 * the host tests implement it.  Keep it small: a new member needs a reason that
 * no existing one can serve.  All functions act on the calling CPU.
 */
#ifndef CORE_VENDOR_H
#define CORE_VENDOR_H

#include "core/npt.h"
#include "core/vmexit.h"

struct cpu;
struct vcpu;
struct guest_state;
struct hv;

/* What vendor->get() and set() reach; the general registers are in vcpu->regs. */
enum guest_reg {
	GUEST_CR0,
	GUEST_CR3,
	GUEST_CR4,
	GUEST_EFER,
	GUEST_CPL,
	GUEST_DR6,
	GUEST_CS_BASE,
	GUEST_CS_ATTRIBUTES,	/* struct guest_segment */
	GUEST_TSC_OFFSET,	/* what it reads is later by so many ticks */
};

struct vendor {
	const char *name;
	const struct npt_format *npt;
	const struct npt_format *npt_amd_vi;	/* AMD's IOMMU reads it, too */

	/*
	 * Can this CPU do all we need?  Changes nothing.  HV_OK, or HV_ENOTSUP
	 * with an HV_REASON_*.
	 */
	int (*probe)(uint32_t *reason);

	/* Build what all CPUs share; once, before the first cpu_prepare(). */
	int (*init)(struct hv *hv);

	/* Build this CPU's control blocks in memory.  HV_OK or HV_ENOMEM. */
	int (*cpu_prepare)(struct cpu *cpu);

	/*
	 * Start virtualization on this CPU and give it the hypervisor's own
	 * segments and gates; from here on interrupts and NMIs wait.
	 */
	void (*cpu_on)(struct cpu *cpu);

	/* Go on natively with the OS where its vCPU stands. */
	void (*cpu_leave)(struct cpu *cpu) __attribute__((noreturn));

	/* Fill a vCPU with a whole state; only before its first run(). */
	void (*load)(struct vcpu *vcpu, const struct guest_state *from);

	/* Run until the next exit.  *vcpu->regs go in and come back out. */
	void (*run)(struct vcpu *vcpu, struct vmexit *exit);

	/* One register of a stopped vCPU; what is set must be legal. */
	uint64_t (*get)(const struct vcpu *vcpu, enum guest_reg reg);
	void (*set)(struct vcpu *vcpu, enum guest_reg reg, uint64_t value);

	/* Take effect at the next run(). */
	void (*set_npt)(struct vcpu *vcpu, const struct npt *npt);
	void (*flush)(struct vcpu *vcpu);
	void (*inject)(struct vcpu *vcpu, uint8_t vector, bool has_error,
		       uint32_t error);
};

extern const struct vendor svm_vendor;

#endif
