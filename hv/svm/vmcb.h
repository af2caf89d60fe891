/* SPDX-License-Identifier: BSD-2-Clause */
/* The virtual machine control block: APM Vol. 2, appendix B. */
#ifndef SVM_VMCB_H
#define SVM_VMCB_H

#include <stddef.h>
#include <stdint.h>

struct vmcb_segment {
	uint16_t selector;
	uint16_t attributes;
	uint32_t limit;
	uint64_t base;
};

struct vmcb {
	uint16_t intercept_cr_read, intercept_cr_write;
	uint16_t intercept_dr_read, intercept_dr_write;
	uint32_t intercept_exception;
	uint32_t intercept_misc1;
	uint32_t intercept_misc2;
	uint32_t intercept_misc3;
	uint8_t reserved1[0x3c - 0x18];
	uint16_t pause_threshold, pause_count;
	uint64_t io_bitmap_pa;
	uint64_t msr_bitmap_pa;
	uint64_t tsc_offset;
	uint32_t asid;
	uint8_t tlb_control;
	uint8_t reserved2[3];
	uint64_t virtual_interrupt;
	uint64_t interrupt_shadow;
	uint64_t exit_code;
	uint64_t exit_info1;
	uint64_t exit_info2;
	uint64_t exit_interrupt_info;
	uint64_t nested_control;
	uint8_t reserved3[0xa8 - 0x98];
	uint64_t event_injection;
	uint64_t nested_cr3;
	uint64_t lbr_control;
	uint32_t clean;
	uint32_t reserved4;
	uint64_t next_rip;
	uint8_t insn_length;
	uint8_t insn_bytes[15];
	uint8_t reserved5[0x400 - 0xe0];

	struct vmcb_segment es, cs, ss, ds, fs, gs, gdtr, ldtr, idtr, tr;
	uint8_t reserved6[0x4cb - 0x4a0];
	uint8_t cpl;
	uint32_t reserved7;
	uint64_t efer;
	uint8_t reserved8[0x548 - 0x4d8];
	uint64_t cr4, cr3, cr0, dr7, dr6, rflags, rip;
	uint8_t reserved9[0x5d8 - 0x580];
	uint64_t rsp;
	uint8_t reserved10[0x5f8 - 0x5e0];
	uint64_t rax;
	uint64_t star, lstar, cstar, sfmask, kernel_gs_base;
	uint64_t sysenter_cs, sysenter_esp, sysenter_eip;
	uint64_t cr2;
	uint8_t reserved11[0x668 - 0x648];
	uint64_t pat;
	uint8_t reserved12[0x1000 - 0x670];
} __attribute__((packed, aligned(4096)));

#define PIN(field, at) \
	_Static_assert(offsetof(struct vmcb, field) == (at), "hardware")
PIN(io_bitmap_pa, 0x40);
PIN(asid, 0x58);
PIN(interrupt_shadow, 0x68);
PIN(exit_code, 0x70);
PIN(nested_control, 0x90);
PIN(event_injection, 0xa8);
PIN(clean, 0xc0);
PIN(next_rip, 0xc8);
PIN(es, 0x400);
PIN(tr, 0x490);
PIN(cpl, 0x4cb);
PIN(efer, 0x4d0);
PIN(cr4, 0x548);
PIN(rip, 0x578);
PIN(rsp, 0x5d8);
PIN(rax, 0x5f8);
PIN(cr2, 0x640);
PIN(pat, 0x668);
_Static_assert(sizeof(struct vmcb) == 4096, "hardware");
#undef PIN

/* intercept_misc1 */
#define INTERCEPT_INTR		(1u << 0)
#define INTERCEPT_NMI		(1u << 1)
#define INTERCEPT_SMI		(1u << 2)
#define INTERCEPT_INIT		(1u << 3)
#define INTERCEPT_CR0_SELECTIVE	(1u << 5)
#define INTERCEPT_DESCRIPTORS	(0xffu << 6)	/* IDTR GDTR LDTR TR, r and w */
#define INTERCEPT_RDPMC		(1u << 15)
#define INTERCEPT_CPUID		(1u << 18)
#define INTERCEPT_RSM		(1u << 19)
#define INTERCEPT_IRET		(1u << 20)
#define INTERCEPT_INTN		(1u << 21)
#define INTERCEPT_INVD		(1u << 22)
#define INTERCEPT_HLT		(1u << 24)
#define INTERCEPT_INVLPG	(1u << 25)
#define INTERCEPT_INVLPGA	(1u << 26)
#define INTERCEPT_IO		(1u << 27)
#define INTERCEPT_MSR		(1u << 28)
#define INTERCEPT_TASK_SWITCH	(1u << 29)
#define INTERCEPT_FERR_FREEZE	(1u << 30)
#define INTERCEPT_SHUTDOWN	(1u << 31)

/* intercept_misc2 */
#define INTERCEPT_VIRT		0x7fu		/* VMRUN to SKINIT, VMMCALL too */
#define INTERCEPT_ICEBP		(1u << 8)
#define INTERCEPT_WBINVD	(1u << 9)
#define INTERCEPT_MONITOR	(1u << 10)
#define INTERCEPT_MWAIT		(3u << 11)
#define INTERCEPT_XSETBV	(1u << 13)
#define INTERCEPT_RDPRU		(1u << 14)

/* intercept_misc3 */
#define INTERCEPT_INVLPGB	(1u << 0)
#define INTERCEPT_INVPCID	(1u << 2)
#define INTERCEPT_MCOMMIT	(1u << 3)
#define INTERCEPT_TLBSYNC	(1u << 4)

/* exit_code: APM Vol. 2, appendix C. */
#define EXIT_CR_FIRST		0x000
#define EXIT_CR_LAST		0x01f
#define EXIT_DR_FIRST		0x020
#define EXIT_DR_LAST		0x03f
#define EXIT_EXCEPTION_FIRST	0x040
#define EXIT_EXCEPTION_LAST	0x05f
#define EXIT_INTR		0x060
#define EXIT_NMI		0x061
#define EXIT_SMI		0x062
#define EXIT_INIT		0x063
#define EXIT_CR0_SELECTIVE	0x065
#define EXIT_DESCRIPTOR_FIRST	0x066
#define EXIT_DESCRIPTOR_LAST	0x06d
#define EXIT_CPUID		0x072
#define EXIT_IRET		0x074
#define EXIT_INTN		0x075
#define EXIT_INVD		0x076
#define EXIT_HLT		0x078
#define EXIT_INVLPGA		0x07a
#define EXIT_IO			0x07b
#define EXIT_MSR		0x07c
#define EXIT_SHUTDOWN		0x07f
#define EXIT_VMRUN		0x080
#define EXIT_VMMCALL		0x081
#define EXIT_VMLOAD		0x082
#define EXIT_SKINIT		0x086
#define EXIT_XSETBV		0x08d
#define EXIT_PRIVILEGED_FIRST	0x06e		/* the rest of these, */
#define EXIT_PRIVILEGED_LAST	0x0a4		/* by number */
#define EXIT_NPF		0x400
#define EXIT_INVALID		UINT64_MAX

/* event_injection, exit_interrupt_info: APM Vol. 2, 15.20. */
#define EVENT_VALID		(UINT64_C(1) << 31)
#define EVENT_HAS_ERROR		(UINT64_C(1) << 11)
#define EVENT_TYPE_MASK		(UINT64_C(7) << 8)
#define EVENT_TYPE_NMI		(UINT64_C(2) << 8)
#define EVENT_TYPE_EXCEPTION	(UINT64_C(3) << 8)

/* exit_info1 of EXIT_NPF: APM Vol. 2, 15.25.6. */
#define NPF_WRITE		(1u << 1)
#define NPF_EXECUTE		(1u << 4)
#define NPF_TABLE_WALK		(UINT64_C(1) << 33)

/* exit_info1 of EXIT_IO: 15.10.2.  The size's bits are its bytes: 1, 2, 4. */
#define IO_IN			(1u << 0)
#define IO_STRING		(1u << 2)
#define IO_SIZE_SHIFT		4
#define IO_SIZE_MASK		7u
#define IO_PORT_SHIFT		16

#define INSN_LENGTH_MASK	0xfu		/* insn_length: 15.8.4 */

/* tlb_control */
#define TLB_KEEP		0
#define TLB_FLUSH_ALL		1
#define TLB_FLUSH_ASID		3

/* clean: what the CPU may have kept; APM Vol. 2, 15.15.3. */
#define CLEAN_ALL		0x3ffu
#define CLEAN_INTERCEPTS	(1u << 0)	/* and the TSC offset */
#define CLEAN_ASID		(1u << 2)
#define CLEAN_NESTED		(1u << 4)
#define CLEAN_CR		(1u << 5)
#define CLEAN_DR		(1u << 6)
#define CLEAN_SEGMENTS		(1u << 8)	/* CS DS SS ES, and CPL */

#define MSR_VM_CR		0xc0010114u
#define VM_CR_R_INIT		(1u << 1)
#define VM_CR_SVMDIS		(1u << 4)
#define MSR_VM_HSAVE_PA		0xc0010117u
#define MSR_SYSCFG		0xc0010010u
#define SYSCFG_MEM_ENCRYPT	(1u << 23)

#define VECTOR_NMI		2
#define VECTOR_MC		18
#define VECTOR_SX		30

#endif
