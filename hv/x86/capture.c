/* SPDX-License-Identifier: BSD-2-Clause */
#include "x86/capture.h"

#include "abi/pal_image.h"
#include "core/pal.h"
#include "x86/insn.h"

#define SELECTOR_TI	4u
#define SELECTOR_INDEX	0xfff8u

#define ATTRIBUTES_CODE64_USER	0xafbu	/* present, DPL 3, code, long */
#define ATTRIBUTES_DATA_USER	0xcf3u	/* present, DPL 3, data, writable */
#define ATTRIBUTES_TSS		0x08bu	/* present, busy 64-bit TSS */

#define DR6_INITIAL	0xffff0ff0u
#define DR7_INITIAL	0x400u
#define PAT_INITIAL	UINT64_C(0x0007040600070406)

typedef const uint32_t __attribute__((may_alias)) *descriptor_words;

/* Unpack a descriptor: APM Vol. 2, 4.8 and 4.7.3. */
static struct guest_segment read_descriptor(uint16_t selector, uint64_t table,
					    bool is_system)
{
	descriptor_words words =
		(descriptor_words)(table + (selector & SELECTOR_INDEX));
	struct guest_segment segment = {
		.selector = selector,
		.attributes = (uint16_t)((words[1] >> 8 & 0xff) |
					 (words[1] >> 12 & 0xf00)),
		.limit = (words[0] & 0xffff) | (words[1] & 0xf0000),
		.base = words[0] >> 16 | (words[1] & 0xff) << 16 |
			(words[1] & 0xff000000),
	};

	if (words[1] & 1u << 23)
		segment.limit = segment.limit << 12 | 0xfff;
	if (is_system)
		segment.base |= (uint64_t)words[2] << 32;
	return segment;
}

static struct guest_segment read_segment(uint16_t selector, uint64_t gdt,
					 uint64_t ldt)
{
	if ((selector & (SELECTOR_INDEX | SELECTOR_TI)) == 0)
		return (struct guest_segment){ .selector = selector };
	return read_descriptor(selector, selector & SELECTOR_TI ? ldt : gdt,
			       false);
}

static struct guest_segment read_system_segment(uint16_t selector, uint64_t gdt)
{
	if ((selector & SELECTOR_INDEX) == 0)
		return (struct guest_segment){ .selector = selector };
	return read_descriptor(selector, gdt, true);
}

static void capture_segments(struct guest_state *state)
{
	struct table_register gdtr = read_gdtr();
	struct table_register idtr = read_idtr();
	uint64_t gdt = gdtr.base;
	uint64_t ldt;

	state->gdtr = (struct guest_table){ gdtr.base, gdtr.limit };
	state->idtr = (struct guest_table){ idtr.base, idtr.limit };
	state->tr = read_system_segment(read_tr(), gdt);
	state->ldtr = read_system_segment(read_ldtr(), gdt);
	ldt = state->ldtr.base;
	state->cs = read_segment(read_cs(), gdt, ldt);
	state->ss = read_segment(read_ss(), gdt, ldt);
	state->ds = read_segment(read_ds(), gdt, ldt);
	state->es = read_segment(read_es(), gdt, ldt);
	state->fs = read_segment(read_fs(), gdt, ldt);
	state->gs = read_segment(read_gs(), gdt, ldt);
	state->fs.base = read_msr(MSR_FS_BASE);
	state->gs.base = read_msr(MSR_GS_BASE);
}

void capture_state(struct guest_state *state, uint64_t cr3)
{
	capture_segments(state);
	state->cr0 = read_cr0();
	state->cr2 = read_cr2();
	state->cr3 = cr3;
	state->cr4 = read_cr4();
	state->dr6 = read_dr6();
	state->dr7 = read_dr7();
	state->efer = read_msr(MSR_EFER);
	state->pat = read_msr(MSR_PAT);
	state->star = read_msr(MSR_STAR);
	state->lstar = read_msr(MSR_LSTAR);
	state->cstar = read_msr(MSR_CSTAR);
	state->sfmask = read_msr(MSR_SFMASK);
	state->kernel_gs_base = read_msr(MSR_KERNEL_GS_BASE);
	state->sysenter_cs = read_msr(MSR_SYSENTER_CS);
	state->sysenter_esp = read_msr(MSR_SYSENTER_ESP);
	state->sysenter_eip = read_msr(MSR_SYSENTER_EIP);
}

void make_pal_state(struct guest_state *state)
{
	const struct guest_segment data = {
		.selector = 0x23,
		.attributes = ATTRIBUTES_DATA_USER,
		.limit = UINT32_MAX,
	};

	/* No GDT, IDT, LDT: every use of one is a fault, and so an exit. */
	*state = (struct guest_state){
		.cr0 = CR0_PG | CR0_WP | CR0_NE | CR0_ET | CR0_MP | CR0_PE,
		.cr3 = PAL_TABLE_GPA,
		/* MCE: without it a machine check is a shutdown. */
		.cr4 = CR4_PAE | CR4_MCE | CR4_OSFXSR | CR4_OSXMMEXCPT,
		.dr6 = DR6_INITIAL,
		.dr7 = DR7_INITIAL,
		.efer = EFER_LME | EFER_LMA | EFER_NXE,
		.pat = PAT_INITIAL,
		.cs = { 0x33, ATTRIBUTES_CODE64_USER, UINT32_MAX, 0 },
		.ss = data,
		.ds = data,
		.es = data,
		.fs = data,
		.gs = data,
		.tr = { 0x40, ATTRIBUTES_TSS, 0, 0 },
	};
}
