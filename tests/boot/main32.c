/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The second image: all probes in 32-bit mode, without and with paging.  Then
 * the tables of long mode, and the third image.
 */
#include "layout.h"
#include "probe.h"

#define PRESENT		1u
#define WRITABLE	2u
#define USER		4u
#define LARGE		0x80u
#define ALL		(PRESENT | WRITABLE | USER)
#define MIB		0x100000u
#define SIZE_32		(4 * MIB)
#define SIZE_64		(2 * MIB)
#define ENTRIES		1024u
#define ENTRIES_64	512u
#define CR4_PSE		0x10u
#define ABSENT_AT	0x08000000u
#define READ_ONLY_AT	0x08400000u
#define KERNEL_AT	0x08800000u
#define APIC_GIB	0xc0000000u

void main(void);
void go_next(void) __attribute__((noreturn));

/* Pages of 2 or 4 MiB; what instructions.c tries lies at borders of both. */
static uint32_t page_at(uint32_t at)
{
	if (at == ABSENT_AT)
		return 0;
	if (at == READ_ONLY_AT)
		return at | LARGE | PRESENT | USER;
	if (at == KERNEL_AT)
		return at | LARGE | PRESENT | WRITABLE;
	return at | LARGE | ALL;
}

static void paging_on(void)
{
	uint32_t *directory = (uint32_t *)TABLES_AT;
	uint32_t i;

	for (i = 0; i < ENTRIES; i++)
		directory[i] = page_at(i * SIZE_32);
	__asm__ volatile("mov %0, %%cr3" : : "r"(directory));
	__asm__ volatile("mov %0, %%cr4" : : "r"(CR4_PSE));
	__asm__ volatile("mov %%cr0, %%eax\n\t"
			 "or $0x80010000, %%eax\n\t"
			 "mov %%eax, %%cr0" : : : "eax", "memory");
}

/* Four levels: the first GiB, and the fourth with the APIC. */
static void make_long_tables(void)
{
	uint64_t *top = (uint64_t *)LONG_TABLES_AT;
	uint64_t *next = top + ENTRIES_64, *last = next + ENTRIES_64;
	uint32_t i;

	for (i = 0; i < ENTRIES_64; i++) {
		top[i] = next[i] = 0;
		last[i] = page_at(i * SIZE_64);
	}
	top[0] = (uint32_t)next | ALL;
	next[0] = (uint32_t)last | ALL;
	next[3] = APIC_GIB | LARGE | ALL;
}

void main(void)
{
	tables_load();
	probes_run("p32", true);
	paging_on();
	probes_run("paged", true);
	make_long_tables();
	go_next();
}
