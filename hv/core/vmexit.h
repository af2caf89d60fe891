/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Why a guest stopped, in words that AMD and Intel share.
 *
 * svm/ and vmx/ translate the hardware's exit into this and decide nothing.
 * core/exit.c (the OS) and core/pal_run.c (a PAL) decide and know no vendor.
 */
#ifndef CORE_VMEXIT_H
#define CORE_VMEXIT_H

#include "core/addr.h"

enum vmexit_kind {
	VMEXIT_CPUID,
	VMEXIT_RDMSR,
	VMEXIT_WRMSR,
	VMEXIT_HYPERCALL,
	VMEXIT_NPT_FAULT,
	VMEXIT_EXCEPTION,
	VMEXIT_INTERRUPT,	/* one is pending; nothing was consumed */
	VMEXIT_NMI,		/* consumed, if the OS's were intercepted */
	VMEXIT_NMI_END,		/* the OS is about to leave its NMI handler */
	VMEXIT_SMI,
	VMEXIT_INIT,		/* an INIT was caught; it is consumed */
	VMEXIT_SHUTDOWN,	/* triple fault, or a state the CPU refuses */
	VMEXIT_VIRT_INSN,	/* VMRUN, VMXON and their kin */
	VMEXIT_INVD,
	VMEXIT_IO,		/* IN, OUT and their kin */
	VMEXIT_PRIVILEGED,	/* another instruction that is intercepted */
	VMEXIT_UNKNOWN,
};

struct vmexit {
	enum vmexit_kind kind;
	uint64_t next_rip;	/* after the instruction; valid for the first
				 * four kinds, VMEXIT_INVD and VMEXIT_IO */
	union {
		struct {
			gpa_t at;
			unsigned int access;	/* NPT_*: what was tried */
			bool table_walk;	/* by the guest's page walk */
			bool delivering;	/* while an event was delivered */
			uint8_t vector;		/* that event's vector */
			bool was_exception;	/* and whether it was one */
			uint8_t insn_count;	/* bytes that the CPU fetched of
						 * the instruction; 0: it does
						 * not tell */
			const uint8_t *insn;
		} npt;
		struct {
			uint8_t vector;
			uint32_t error;
			uint64_t address;	/* of #PF */
		} exception;
		struct {
			uint16_t port;
			uint8_t size;		/* bytes */
			bool is_in;
			bool is_string;		/* INS or OUTS */
		} io;
		unsigned int insn;	/* PAL_INSN_* of VMEXIT_PRIVILEGED */
	};
	uint64_t raw;		/* the vendor's own code, for the log only */
};

#endif
