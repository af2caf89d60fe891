/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The instructions that are sensitive but not privileged (Robin and Irvine's
 * seventeen), those that exit, and each exception.  Bytes stand for what one of
 * the three modes has no mnemonic for; there they are an exception, too.
 */
#include <stddef.h>

#include "layout.h"
#include "probe_lists.h"

#define ABSENT_AT	0x08000000	/* what main32.c and main64.c map so */
#define READ_ONLY_AT	0x08400000
#define KERNEL_AT	0x08800000

#define APIC			0xfee00000
#define APIC_VERSION		0x30
#define APIC_TASK_PRIORITY	0x80
#define APIC_EOI		0xb0
#define APIC_ICR_LOW		0x300
#define APIC_ICR_HIGH		0x310
#define ICR_INIT		0x4500u
#define ICR_STARTUP		0x4600u
#define OTHER_CPU		1u
#define PAUSES			1000

extern const char ap_begin[], ap_end[];		/* ap.S */

#define PROBE(name) static void name(void)

struct table_register {
	uint16_t limit;
	word base;
} __attribute__((packed));

PROBE(sgdt)
{
	struct table_register table;

	__asm__ volatile("sgdt %0" : "=m"(table));
	out[0] = table.limit;
	out[1] = table.base;
}

PROBE(sidt)
{
	struct table_register table;

	__asm__ volatile("sidt %0" : "=m"(table));
	out[0] = table.limit;
	out[1] = table.base;
}

PROBE(sldt)
{
	__asm__ volatile("sldt %k0" : "=r"(out[0]));
}

PROBE(str)
{
	__asm__ volatile("str %k0" : "=r"(out[0]));
}

PROBE(smsw)
{
	__asm__ volatile("smsw %0" : "=r"(out[0]));
}

PROBE(lmsw)
{
	__asm__ volatile("smsw %w0\n\tlmsw %w0" : "=a"(out[0]));
}

PROBE(pushf)
{
	__asm__ volatile("pushf\n\tpop %0" : "=r"(out[0]));
}

/* Each bit in turn that POPF may change or must not. */
PROBE(popf)
{
	static const uint32_t bits[OUT_COUNT] = { 0xcd5, 0x3000, 0x4000,
						  0x40000, 0x200000,
						  0x1b0000 };
	unsigned int i;

	for (i = 0; i < OUT_COUNT; i++)
		__asm__ volatile("push %1\n\tpopf\n\tpushf\n\tpop %0\n\t"
				 "push $2\n\tpopf"
				 : "=r"(out[i]) : "r"((word)bits[i]) : "cc");
}

static word load_rights(word selector)
{
	word rights = 0;

	__asm__ volatile("lar %k1, %k0\n\tjz 1f\n\tmov $1, %k0\n1:"
			 : "+r"(rights) : "r"(selector) : "cc");
	return rights;
}

static word load_limit(word selector)
{
	word limit = 0;

	__asm__ volatile("lsl %k1, %k0\n\tjz 1f\n\tmov $1, %k0\n1:"
			 : "+r"(limit) : "r"(selector) : "cc");
	return limit;
}

static word verify_read(word selector)
{
	word is_good = 0;

	__asm__ volatile("verr %w1\n\tsetz %b0"
			 : "+q"(is_good) : "r"(selector) : "cc");
	return is_good;
}

static word verify_write(word selector)
{
	word is_good = 0;

	__asm__ volatile("verw %w1\n\tsetz %b0"
			 : "+q"(is_good) : "r"(selector) : "cc");
	return is_good;
}

/* One function for each selector. */
static void for_selectors(word (*look)(word selector))
{
	static const uint16_t selectors[OUT_COUNT] = {
		SELECTOR_CODE, SELECTOR_USER_DATA, SELECTOR_TSS,
		SELECTOR_READ_ONLY, SELECTOR_EXECUTE_ONLY, SELECTOR_BEYOND };
	unsigned int i;

	for (i = 0; i < OUT_COUNT; i++)
		out[i] = look(selectors[i]);
}

PROBE(lar)
{
	for_selectors(load_rights);
}

PROBE(lsl)
{
	for_selectors(load_limit);
}

PROBE(verr)
{
	for_selectors(verify_read);
}

PROBE(verw)
{
	for_selectors(verify_write);
}

PROBE(mov_from_segments)
{
	__asm__ volatile("mov %%cs, %k0\n\tmov %%ss, %k1\n\t"
			 "mov %%ds, %k2\n\tmov %%es, %k3"
			 : "=r"(out[0]), "=r"(out[1]), "=r"(out[2]),
			   "=r"(out[3]));
}

static word load_fs(word selector)
{
	word got;

	__asm__ volatile("mov %w1, %%fs\n\tmov %%fs, %k0"
			 : "=r"(got) : "r"(selector));
	return got;
}

PROBE(mov_to_segments)
{
	out[0] = load_fs(0);
	out[1] = load_fs(SELECTOR_USER_DATA);
	out[2] = load_fs(SELECTOR_IN_LDT | 3);
	out[3] = load_fs(SELECTOR_READ_ONLY | 3);
}

PROBE(mov_absent_segment)
{
	out[0] = load_fs(SELECTOR_ABSENT);
}

PROBE(mov_missing_segment)
{
	out[0] = load_fs(SELECTOR_BEYOND);
}

PROBE(mov_to_ss)
{
	__asm__ volatile("mov %w0, %%ss" : : "r"(SELECTOR_ABSENT));
}

PROBE(push_segment)
{
	__asm__ volatile("push" WIDE " %%fs\n\tpop %0" : "=r"(out[0]));
	__asm__ volatile("push" WIDE " %%gs\n\tpop %0" : "=r"(out[1]));
}

PROBE(pop_segment)
{
	__asm__ volatile("push %1\n\tpop" WIDE " %%gs\n\tmov %%gs, %k0"
			 : "=r"(out[0]) : "r"((word)SELECTOR_USER_DATA));
	__asm__ volatile("push %0\n\tpop" WIDE " %%gs"
			 : : "r"((word)SELECTOR_BEYOND));
}

PROBE(int_n)
{
	__asm__ volatile("int $0x41");
	out[0] = 1;
}

PROBE(int_n_refused)
{
	__asm__ volatile("int $0x21");
}

PROBE(int_3)
{
	__asm__ volatile("int3");
}

PROBE(int_1)
{
	__asm__ volatile(".byte 0xf1");
	out[0] = 1;
}

PROBE(into)
{
	__asm__ volatile("movb $0x7f, %%al\n\taddb $1, %%al\n\t.byte 0xce"
			 : : : "eax", "cc");
	out[0] = 1;
}

PROBE(bound)
{
	static const int32_t limits[2] = { 1, 2 };

	__asm__ volatile("movl $7, %%eax\n\t.byte 0x66, 0x62, 0x01"
			 : : "c"(limits) : "eax");
	out[0] = 1;
}

PROBE(divide)
{
	__asm__ volatile("divl %2" : : "a"(1), "d"(0), "r"(0) : "cc");
}

PROBE(undefined)
{
	__asm__ volatile("ud2");
}

PROBE(float_unavailable)
{
	word cr0;

	__asm__ volatile("mov %%cr0, %0" : "=r"(cr0));
	__asm__ volatile("mov %0, %%cr0" : : "r"(cr0 | 8));
	__asm__ volatile("fninit");
}

PROBE(float_works)
{
	__asm__ volatile("clts\n\tfninit\n\tfnstsw %%ax" : "=a"(out[0]));
}

PROBE(float_error)
{
	word cr0;

	__asm__ volatile("mov %%cr0, %0" : "=r"(cr0));
	__asm__ volatile("mov %0, %%cr0" : : "r"(cr0 | 0x20));
	__asm__ volatile("fninit\n\tfldcw %0\n\tfld1\n\tfldz\n\t"
			 "fdivrp\n\tfwait" : : "m"((const uint16_t){ 0x340 }));
}

/*
 * A linear address; in a register, for 16-bit code would cut a constant short.
 * QEMU does not look at a segment's limit, so 16-bit code gets there, too.
 */
static volatile uint32_t *at(word address)
{
	address -= IMAGE_BASE;
	__asm__("" : "+r"(address));
	return (volatile uint32_t *)address;
}

PROBE(absent_page)
{
	*at(ABSENT_AT) = 1;
}

PROBE(read_only_page)
{
	out[0] = *at(READ_ONLY_AT) & 0;
	*at(READ_ONLY_AT) = 1;
}

PROBE(kernel_page)
{
	out[0] = *at(KERNEL_AT) & 0;
}

PROBE(read_cr)
{
	word value;

	__asm__ volatile("mov %%cr0, %0" : "=r"(out[0]));
	__asm__ volatile("mov %%cr3, %0" : "=r"(out[1]));
	__asm__ volatile("mov %%cr4, %0" : "=r"(out[2]));
	__asm__ volatile("mov %%cr2, %0" : "=r"(value));
	out[3] = value;
}

void read_dr(void)
{
	__asm__ volatile("mov %%dr0, %0" : "=r"(out[0]));
	__asm__ volatile("mov %%dr6, %0" : "=r"(out[1]));
	__asm__ volatile("mov %%dr7, %0" : "=r"(out[2]));
}

PROBE(write_dr)
{
	word value = 0x12345678;

	__asm__ volatile("mov %0, %%dr1\n\tmov %%dr1, %0" : "+r"(value));
	out[0] = value;
	value = 0xffffffff;
	__asm__ volatile("mov %0, %%dr6\n\tmov %%dr6, %0" : "+r"(value));
	out[1] = value;
	value = 0x600;
	__asm__ volatile("mov %0, %%dr7\n\tmov %%dr7, %0" : "+r"(value));
	out[2] = value;
	value = 0x400;
	__asm__ volatile("mov %0, %%dr7" : : "r"(value));
	__asm__ volatile("cpuid" : : "a"(0) : "ebx", "ecx", "edx");
	__asm__ volatile("mov %%dr6, %0\n\tmov %%dr1, %1"
			 : "=r"(out[3]), "=r"(out[4]));
	value = 0xffff0ff0;
	__asm__ volatile("mov %0, %%dr6" : : "r"(value));
}

/* The time itself differs from boot to boot; that it goes on does not. */
PROBE(rdtsc)
{
	uint32_t low, high, later_low, later_high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	__asm__ volatile("cpuid" : : "a"(0) : "ebx", "ecx", "edx");
	__asm__ volatile("rdtsc" : "=a"(later_low), "=d"(later_high));
	out[0] = ((uint64_t)later_high << 32 | later_low) >
		 ((uint64_t)high << 32 | low);
}

PROBE(rdtsc_refused)
{
	word cr4;

	__asm__ volatile("mov %%cr4, %0" : "=r"(cr4));
	__asm__ volatile("mov %0, %%cr4" : : "r"(cr4 | 4));
	__asm__ volatile("rdtsc" : : : "eax", "edx");
	__asm__ volatile("mov %0, %%cr4" : : "r"(cr4));
	out[0] = 1;
}

PROBE(rdpmc)
{
	__asm__ volatile("rdpmc" : : "c"(0xffff) : "eax", "edx");
}

PROBE(ports)
{
	out[0] = inb(0x61) & 0xf;
}

PROBE(cli_sti)
{
	__asm__ volatile("cli");
	out[0] = 1;
}

PROBE(hlt_refused)
{
	/* In the kernel it would wait for ever. */
	__asm__ volatile("mov %%cs, %k0" : "=r"(out[0]));
	if ((out[0] & 3) == 3)
		__asm__ volatile("hlt");
}

PROBE(invd)
{
	__asm__ volatile("invd");
	out[0] = 1;
}

PROBE(wbinvd)
{
	__asm__ volatile("wbinvd");
	out[0] = 1;
}

PROBE(vmrun)
{
	__asm__ volatile("vmrun" : : "a"(0));
}

PROBE(vmsave)
{
	__asm__ volatile("vmsave" : : "a"(0));
}

PROBE(stgi)
{
	__asm__ volatile("stgi");
}

PROBE(skinit)
{
	__asm__ volatile("skinit" : : "a"(0));
}

PROBE(invlpga)
{
	__asm__ volatile("invlpga" : : "a"(0), "c"(0));
}

/* In each mode the hypervisor has to read the instructions that do this. */
PROBE(local_apic)
{
	out[0] = *at(APIC + APIC_VERSION);
	*at(APIC + APIC_TASK_PRIORITY) = 0x30;
	out[1] = *at(APIC + APIC_TASK_PRIORITY);
	*at(APIC + APIC_TASK_PRIORITY) = (uint32_t)out[2];
	out[2] = *at(APIC + APIC_TASK_PRIORITY);
	*at(APIC + APIC_EOI) = 0;
}

static void send_to_other_cpu(uint32_t command)
{
	*at(APIC + APIC_ICR_HIGH) = OTHER_CPU << 24;
	*at(APIC + APIC_ICR_LOW) = command;
}

/* QEMU runs one CPU at a time: give it to the other. */
static void pause_often(void)
{
	uint32_t i;

	for (i = 0; i < PAUSES; i++)
		__asm__ volatile("pause");
}

/* INIT and startup IPI: the other CPU begins, wherever it is. */
PROBE(start_cpu)
{
	const volatile uint8_t *code = (const volatile uint8_t *)ap_begin;
	volatile uint8_t *to = (volatile uint8_t *)at(AP_AT);
	uint32_t i, before, patience = 1000;

	for (i = 0; i < (uint32_t)(ap_end - ap_begin); i++)
		to[i] = code[i];
	before = *at(AP_COUNT);
	send_to_other_cpu(ICR_INIT);
	pause_often();
	send_to_other_cpu(ICR_STARTUP | AP_AT >> 12);
	while (*at(AP_COUNT) == before && patience--)
		pause_often();
	out[0] = *at(AP_COUNT) - before;
	out[1] = *at(AP_EDX);
	out[2] = *at(AP_CR0);
	out[3] = *at(AP_CR4);
	out[4] = *at(AP_CS);
}

void read_cpuid(void)
{
	uint32_t eax = (uint32_t)in[0], ebx, ecx = (uint32_t)in[1], edx;

	__asm__ volatile("cpuid"
			 : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
	out[0] = eax;
	out[1] = ebx;
	out[2] = ecx;
	out[3] = edx;
}

void read_msr(void)
{
	uint32_t low, high;

	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(in[0]));
	out[0] = low;
	out[1] = high;
}

void write_msr(void)
{
	uint32_t low, high;

	__asm__ volatile("rdmsr" : "=a"(low), "=d"(high) : "c"(in[0]));
	__asm__ volatile("wrmsr" : : "a"((uint32_t)in[1]), "d"(0), "c"(in[0]));
	read_msr();
	__asm__ volatile("wrmsr" : : "a"(low), "d"(high), "c"(in[0]));
}

#define SEQUENCE(name) void name(void);
#define ROW(name) { #name, name, false },
#define PROTECTED(name) { #name, name, true },

#define SEQUENCES(each) \
	each(far_call) each(far_jump) \
	each(far_return) each(interrupt_return) \
	each(step_nothing) each(step_cpuid) each(step_two_cpuids) \
	each(step_rdmsr) each(step_wrmsr) each(step_invd) each(step_vmload) \
	each(step_mov_ss) each(step_sti) each(step_int) each(step_rep) \
	each(step_popf)

#define INTERRUPTS(each) \
	each(interrupt_sti_nop) each(interrupt_sti_cpuid) \
	each(interrupt_sti_rdmsr) each(interrupt_sti_wrmsr) \
	each(interrupt_sti_mov_ss) each(interrupt_sti_hlt) \
	each(interrupt_popf)

SEQUENCES(SEQUENCE)
SEQUENCE(bad_far_return)
INTERRUPTS(SEQUENCE)

const struct probe probe_list[] = {
	ROW(sgdt) ROW(sidt) ROW(sldt) ROW(str) ROW(smsw) ROW(lmsw)
	ROW(pushf) ROW(popf) ROW(lar) ROW(lsl) ROW(verr) ROW(verw)
	ROW(mov_from_segments) ROW(mov_to_segments) ROW(mov_absent_segment)
	ROW(mov_missing_segment) PROTECTED(mov_to_ss) ROW(push_segment)
	ROW(pop_segment) ROW(int_n) ROW(int_n_refused) ROW(int_3) ROW(int_1)
	ROW(into) ROW(bound) ROW(divide) ROW(undefined)
	ROW(float_unavailable) ROW(float_works) ROW(float_error)
	ROW(absent_page) ROW(read_only_page) ROW(kernel_page) ROW(read_cr)
	ROW(write_dr) ROW(read_dr) ROW(rdtsc)
	ROW(rdtsc_refused) ROW(rdpmc) ROW(ports) ROW(cli_sti)
	ROW(hlt_refused) ROW(invd) ROW(wbinvd) ROW(vmrun) ROW(vmsave)
	ROW(stgi) ROW(skinit) ROW(invlpga) ROW(local_apic) ROW(start_cpu)
	SEQUENCES(ROW) PROTECTED(bad_far_return)
	{ NULL, NULL, false }
};

const struct probe interrupt_list[] = { INTERRUPTS(ROW) { NULL, NULL, false } };
