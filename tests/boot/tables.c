/* SPDX-License-Identifier: BSD-2-Clause */
/* The tables of protected and long mode, the same for all three images. */
#include "probe.h"

#define IS_LONG		(sizeof(word) == 8)
#define GDT_COUNT	(SELECTOR_FLAT / 8 + 1)
#define GATE_32		0x8e00u
#define GATE_USER	0x6000u
#define STUB_SIZE	16
#define TSS_SIZE	0x68
#define TYPE_TSS	0x89u
#define TYPE_LDT	0x82u

#define CODE_16		UINT64_C(0x00009b000000ffff)
#define CODE_32		UINT64_C(0x00cf9b000000ffff)
#define CODE_64		UINT64_C(0x00af9b000000ffff)
#define DATA_16		UINT64_C(0x000093000000ffff)
#define DATA_32		UINT64_C(0x00cf93000000ffff)
#define OF_USER		(UINT64_C(3) << 45)
#define ABSENT		(UINT64_C(1) << 47)
#define WRITABLE	(UINT64_C(1) << 41)
#define AT_BASE		((uint64_t)IMAGE_BASE << 16)

uint64_t gdt[GDT_COUNT], idt[VECTOR_COUNT * 2], ldt[1];
uint32_t tss[TSS_SIZE / 4];
uint32_t real_vectors[VECTOR_COUNT];

struct table_pointer {
	uint16_t limit;
	word base;
} __attribute__((packed));
struct table_pointer gdt_pointer, idt_pointer, real_vectors_pointer;

extern const char stubs[], real_stubs[], trap_stack_top[];

static struct table_pointer pointer_to(const void *table, uint16_t size)
{
	return (struct table_pointer){ (uint16_t)(size - 1),
				       (word)table + IMAGE_BASE };
}

static void set_system(unsigned int selector, const void *at, uint32_t limit,
		       uint32_t type)
{
	uint32_t base = (uint32_t)(word)at + IMAGE_BASE;

	gdt[selector / 8] = limit | (uint64_t)(base & 0xffffff) << 16 |
			    (uint64_t)type << 40;
}

static void fill_gdt(void)
{
	uint64_t code = IMAGE_BITS == 16 ? CODE_16 | AT_BASE :
			IMAGE_BITS == 32 ? CODE_32 : CODE_64;
	uint64_t data = IMAGE_BITS == 16 ? DATA_16 | AT_BASE : DATA_32;

	gdt[SELECTOR_CODE / 8] = code;
	gdt[SELECTOR_DATA / 8] = data;
	gdt[SELECTOR_USER_CODE / 8] = code | OF_USER;
	gdt[SELECTOR_USER_DATA / 8] = data | OF_USER;
	gdt[SELECTOR_ABSENT / 8] = data & ~ABSENT;
	gdt[SELECTOR_READ_ONLY / 8] = (data | OF_USER) & ~WRITABLE;
	gdt[SELECTOR_EXECUTE_ONLY / 8] = (code | OF_USER) & ~WRITABLE;
	gdt[SELECTOR_NEXT_CODE / 8] = IMAGE_BITS == 16 ? CODE_32 : CODE_64;
	gdt[SELECTOR_FLAT / 8] = DATA_32;
	ldt[0] = data | OF_USER;
	set_system(SELECTOR_TSS, tss, TSS_SIZE - 1, TYPE_TSS);
	set_system(SELECTOR_LDT, ldt, sizeof(ldt) - 1, TYPE_LDT);
}

static void fill_tss(void)
{
	word stack = (word)trap_stack_top;

	tss[1] = (uint32_t)stack;
	tss[2] = IS_LONG ? 0 : SELECTOR_DATA;
	tss[25] = TSS_SIZE << 16;	/* no bitmap of ports */
}

static void fill_gate(unsigned int vector)
{
	word at = (word)stubs + vector * STUB_SIZE;
	uint64_t gate = (at & 0xffff) | SELECTOR_CODE << 16 |
			(uint64_t)GATE_32 << 32 |
			(uint64_t)(at >> 16 & 0xffff) << 48;

	if (vector >= VECTOR_USER_END || vector == 3 || vector == 4)
		gate |= (uint64_t)GATE_USER << 32;
	idt[IS_LONG ? vector * 2 : vector] = gate;
}

void tables_fill(void)
{
	unsigned int vector;

	fill_gdt();
	fill_tss();
	for (vector = 0; vector < VECTOR_COUNT; vector++) {
		fill_gate(vector);
		real_vectors[vector] = (uint32_t)IMAGE_BASE << 12 |
			(uint32_t)((word)real_stubs + vector * STUB_SIZE);
	}
	gdt_pointer = pointer_to(gdt, sizeof(gdt));
	idt_pointer = pointer_to(idt, (uint16_t)(VECTOR_COUNT *
						 (IS_LONG ? 16 : 8)));
	real_vectors_pointer = pointer_to(real_vectors, sizeof(real_vectors));
}

void tables_load(void)
{
	__asm__ volatile("lidt %0\n\t"
			 "lldt %w1\n\t"
			 "ltr %w2"
			 : : "m"(idt_pointer), "r"(SELECTOR_LDT),
			     "r"(SELECTOR_TSS) : "memory");
}
