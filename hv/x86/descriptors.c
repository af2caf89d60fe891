/* SPDX-License-Identifier: BSD-2-Clause */
#include "x86/descriptors.h"

#include "lib/string.h"
#include "x86/insn.h"
#include "x86/layout.h"

#define EXCEPTIONS	32

#define GDT_CODE	UINT64_C(0x00af9b000000ffff)
#define GDT_DATA	UINT64_C(0x00cf93000000ffff)
#define GDT_TSS		UINT64_C(0x0000890000000000)	/* available */
#define GATE_INTERRUPT	UINT64_C(0x8e01)	/* present, on IST 1 */
#define GATE_NMI	UINT64_C(0x8e02)	/* on IST 2 */
#define VECTOR_NMI	2

/*
 * An NMI and an INIT (as #SX) may come at the same instruction, one on top of
 * the other: so NMIs have the lower half of the page.
 */
#define NMI_STACK_BELOW	2048

struct gate {
	uint64_t low, high;
};

static struct gate gates[EXCEPTIONS];

extern const uint64_t exception_entries[EXCEPTIONS];	/* exceptions.S */

void descriptors_init(void)
{
	unsigned int i;

	for (i = 0; i < EXCEPTIONS; i++) {
		uint64_t entry = exception_entries[i];
		uint64_t kind = i == VECTOR_NMI ? GATE_NMI : GATE_INTERRUPT;

		gates[i].low = (entry & 0xffff) | SELECTOR_CODE << 16 |
			       kind << 32 |
			       (entry & 0xffff0000) << 32;
		gates[i].high = entry >> 32;
	}
}

void descriptors_prepare(struct descriptors *descriptors,
			 uint64_t exception_stack)
{
	uint64_t base = (uint64_t)&descriptors->tss;
	uint64_t limit = sizeof(descriptors->tss) - 1;

	memset(descriptors, 0, sizeof(*descriptors));
	descriptors->tss.ist[0] = exception_stack;
	descriptors->tss.ist[1] = exception_stack - NMI_STACK_BELOW;
	descriptors->tss.io_map = sizeof(descriptors->tss);
	descriptors->gdt[SELECTOR_CODE / 8] = GDT_CODE;
	descriptors->gdt[SELECTOR_DATA / 8] = GDT_DATA;
	descriptors->gdt[SELECTOR_TSS / 8] =
		GDT_TSS | limit | (base & 0xffffff) << 16 |
		(base >> 24 & 0xff) << 56;
	descriptors->gdt[SELECTOR_TSS / 8 + 1] = base >> 32;
}

void descriptors_load(const struct descriptors *descriptors)
{
	const struct table_register gdtr = {
		sizeof(descriptors->gdt) - 1, (uint64_t)descriptors->gdt,
	};
	const struct table_register idtr = {
		sizeof(gates) - 1, (uint64_t)gates,
	};

	__asm__ volatile("lgdt %0\n\t"
			 "lidt %1\n\t"
			 "pushq %2\n\t"
			 "leaq 1f(%%rip), %%rax\n\t"
			 "pushq %%rax\n\t"
			 "lretq\n"
			 "1:\n\t"
			 "movl %3, %%eax\n\t"
			 "movl %%eax, %%ds\n\t"
			 "movl %%eax, %%es\n\t"
			 "movl %%eax, %%ss\n\t"
			 "xorl %%eax, %%eax\n\t"
			 "movl %%eax, %%fs\n\t"
			 "movl %%eax, %%gs\n\t"
			 "lldt %%ax\n\t"
			 "movl %4, %%eax\n\t"
			 "ltr %%ax\n\t"
			 : : "m"(gdtr), "m"(idtr), "i"(SELECTOR_CODE),
			 "i"(SELECTOR_DATA), "i"(SELECTOR_TSS)
			 : "rax", "memory");
}
