/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Registers of a guest, in neutral words.
 *
 * struct guest_regs is what changes at every exit; struct guest_state is all
 * there is, captured from the machine at launch or made up for a PAL.
 */
#ifndef CORE_GUEST_STATE_H
#define CORE_GUEST_STATE_H

#include <stdint.h>

/* svm/run.S knows the order; offsets are pinned there. */
struct guest_regs {
	uint64_t rax, rbx, rcx, rdx, rsi, rdi, rbp;
	uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
	uint64_t rsp, rip, rflags;
};

#define RFLAGS_FIXED	(1u << 1)
#define RFLAGS_TF	(1u << 8)
#define RFLAGS_IF	(1u << 9)
#define RFLAGS_RF	(1u << 16)

struct guest_segment {
	uint16_t selector;
	uint16_t attributes;	/* descriptor bits 55:52 and 47:40, as
				 * 11:8 and 7:0; 0: unusable */
	uint32_t limit;		/* bytes */
	uint64_t base;
};

#define SEGMENT_LONG	(1u << 9)	/* 64-bit code */
#define SEGMENT_BIG	(1u << 10)	/* 32-bit code */

struct guest_table {
	uint64_t base;
	uint16_t limit;
};

struct guest_state {
	uint64_t cr0, cr2, cr3, cr4;
	uint64_t dr6, dr7;
	uint64_t efer, pat;
	uint64_t star, lstar, cstar, sfmask;
	uint64_t kernel_gs_base;
	uint64_t sysenter_cs, sysenter_esp, sysenter_eip;
	struct guest_segment cs, ss, ds, es, fs, gs, tr, ldtr;
	struct guest_table gdtr, idtr;
};

#define CR0_PG		(1u << 31)
#define CR0_WP		(1u << 16)
#define CR0_NE		(1u << 5)
#define CR0_ET		(1u << 4)
#define CR0_TS		(1u << 3)
#define CR0_MP		(1u << 1)
#define CR0_PE		(1u << 0)
#define CR4_PSE		(1u << 4)
#define CR4_PAE		(1u << 5)
#define CR4_MCE		(1u << 6)
#define CR4_PGE		(1u << 7)
#define CR4_OSFXSR	(1u << 9)
#define CR4_OSXMMEXCPT	(1u << 10)
#define CR4_LA57	(1u << 12)
#define CR4_OSXSAVE	(1u << 18)
#define CR4_PKE		(1u << 22)
#define EFER_SCE	(1u << 0)
#define EFER_LME	(1u << 8)
#define EFER_LMA	(1u << 10)
#define EFER_NXE	(1u << 11)
#define EFER_SVME	(1u << 12)
#define EFER_AIBRSE	(1u << 21)

#endif
