/* SPDX-License-Identifier: BSD-2-Clause */
#include "print.h"

#define PORT		0x3f8
#define LINE_STATUS	5
#define IS_EMPTY	0x20
#define MSR_EFER	0xc0000080
#define A20		0x100000u

extern const uint32_t registers[9], entry_bits;		/* state.S */
extern const uint32_t wide_cr0, wide_cr4, wide_efer, wide_cs, wide_ds;
extern char bss_start[], bss_end[];			/* report.lds */

static void put(char c)
{
	uint8_t status;

	do
		__asm__ volatile("inb %1, %0" : "=a"(status)
				 : "Nd"((uint16_t)(PORT + LINE_STATUS)));
	while (!(status & IS_EMPTY));
	__asm__ volatile("outb %0, %1" : : "a"(c), "Nd"((uint16_t)PORT));
}

void say(const char *words)
{
	while (*words)
		put(*words++);
}

void say_number(uint64_t value)
{
	int shift = 60;

	say(" 0x");
	while (shift && !(value >> shift))
		shift -= 4;
	for (; shift >= 0; shift -= 4)
		put("0123456789abcdef"[value >> shift & 15]);
}

void say_line(const char *name, uint64_t value)
{
	say(name);
	say_number(value);
	say("\n");
}

void say_text(const char *name, const char *text)
{
	say(name);
	say(" '");
	for (; *text; text++)
		put(*text >= ' ' && *text < 127 ? *text : '?');
	say("'\n");
}

uint32_t sum_of(const void *bytes, uint32_t size)
{
	const uint8_t *at = bytes;
	uint32_t sum = 2166136261u;

	while (size--)
		sum = (sum ^ *at++) * 16777619u;
	return sum;
}

static uint32_t access_rights(uint16_t selector)
{
	uint32_t rights = 0;

	__asm__("lar %1, %0" : "+r"(rights) : "r"((uint32_t)selector));
	return rights & 0xf0ff00;
}

static uint32_t limit_of(uint16_t selector)
{
	uint32_t limit = 0;

	__asm__("lsl %1, %0" : "+r"(limit) : "r"((uint32_t)selector));
	return limit;
}

static void say_segments(void)
{
	uint16_t code, data[5];

	__asm__("mov %%cs, %0" : "=r"(code));
	__asm__("mov %%ds, %0" : "=r"(data[0]));
	__asm__("mov %%es, %0" : "=r"(data[1]));
	__asm__("mov %%fs, %0" : "=r"(data[2]));
	__asm__("mov %%gs, %0" : "=r"(data[3]));
	__asm__("mov %%ss, %0" : "=r"(data[4]));
	say_line("cs", code);
	say_line("cs.rights", access_rights(code));
	say_line("cs.limit", limit_of(code));
	for (int i = 0; i < 5; i++) {
		say_line("data", data[i]);
		say_line("data.rights", access_rights(data[i]));
		say_line("data.limit", limit_of(data[i]));
	}
}

static void say_narrow(void)
{
	uint32_t cr0, cr4, efer;

	__asm__("mov %%cr0, %0" : "=r"(cr0));
	__asm__("mov %%cr4, %0" : "=r"(cr4));
	__asm__("rdmsr" : "=a"(efer) : "c"(MSR_EFER) : "edx");
	say_line("cr0", cr0);
	say_line("cr4", cr4);
	say_line("efer", efer);
	say_line("eax", registers[0]);
	say_line("ecx", registers[2]);
	say_line("edx", registers[3]);
	say_line("edi", registers[6]);
	say_line("ebp", registers[7]);
	say_segments();
}

static void say_wide(void)
{
	say_line("cr0", wide_cr0);
	say_line("cr4", wide_cr4);
	say_line("efer", wide_efer);
	say_line("cs", wide_cs);
	say_line("ds", wide_ds);
}

/* Is address line 20 on? */
static int has_a20(void)
{
	static volatile uint32_t here;
	volatile uint32_t *there =
		(volatile uint32_t *)((uintptr_t)&here ^ A20);
	uint32_t kept = *there;

	here = ~kept;
	return *there == kept;
}

void say_state(void)
{
	uint8_t masks[2], any = 0;
	char *at;

	for (at = bss_start; at < bss_end; at++)
		any |= (uint8_t)*at;
	say("\nbegin\n");
	say_line("bits", entry_bits);
	say_line("bss", any);
	say_line("flags", registers[8]);
	say_line("a20", (uint64_t)has_a20());
	if (entry_bits == 64)
		say_wide();
	else
		say_narrow();
	__asm__ volatile("inb $0x21, %0" : "=a"(masks[0]));
	__asm__ volatile("inb $0xa1, %0" : "=a"(masks[1]));
	say_line("pic", (uint64_t)(masks[0] | masks[1] << 8));
}
