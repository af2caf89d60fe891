/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Instructions that tell of the machine or change it, exceptions, and what
 * comes between instructions.  Each line says what ended the probe, where, and
 * what it put into `out`.
 */
#include "probe.h"

#include "probe_lists.h"

#define STEPS_MAX	40
#define DR7_FIXED	0x400
#define DR7_GD		0x2000
#define DR7_WRITE_4	0xd0000
#define DR6_CLEAR	0xffff0ff0
#define DR6_HITS	0xf

#define PIC_COMMAND	0x20
#define PIC_DATA	0x21
#define PIC2_COMMAND	0xa0
#define PIC2_DATA	0xa1
#define PIC_INIT	0x11
#define PIC_MODE_8086	1
#define PIC_READ_IRR	0x0a
#define PIC_NONE	0xff
#define PIC_TIMER_ONLY	0xfe
#define PIC_EOI		0x20
#define TIMER_DATA	0x40
#define TIMER_COMMAND	0x43
#define TIMER_ONCE	0x30
#define TIMER_TICKS	100

struct trap trap;
word in[4], out[OUT_COUNT];

static const char *mode;
static word probe_at;
static struct {
	word vector, at, dr6;
} steps[STEPS_MAX];
static unsigned int step_count;

static word read_dr6(void)
{
	word value;

	__asm__ volatile("mov %%dr6, %0" : "=r"(value));
	return value;
}

static void write_dr6(word value)
{
	__asm__ volatile("mov %0, %%dr6" : : "r"(value));
}

static void write_dr7(word value)
{
	__asm__ volatile("mov %0, %%dr7" : : "r"(value));
}

static void keep_step(word dr6)
{
	if (step_count == STEPS_MAX)
		return;
	steps[step_count].vector = trap.vector;
	steps[step_count].at = trap.ip - probe_at;
	steps[step_count].dr6 = dr6;
	step_count++;
}

/* A breakpoint on an instruction would come again without RF. */
static void step_over(word dr6)
{
	if (dr6 & DR6_HITS)
		trap.flags |= FLAGS_RF;
}

bool trap_goes_on(void)
{
	word dr6;

	switch (trap.vector) {
	case 1:
		dr6 = read_dr6();
		keep_step(dr6);
		step_over(dr6);
		write_dr6(DR6_CLEAR);
		if (step_count == STEPS_MAX)
			trap.flags &= ~(word)FLAGS_TF;
		return true;
	case VECTOR_TIMER:
		keep_step(0);
		outb(PIC_COMMAND, PIC_EOI);
		trap.flags &= ~(word)FLAGS_IF;
		return true;
	case VECTOR_CALLED:
		out[5]++;
		return true;
	}
	return false;
}

static void begin(const char *name, const char *who)
{
	print(mode);
	print(who);
	print(name);
}

static void print_steps(void)
{
	unsigned int i;

	for (i = 0; i < step_count; i++) {
		print(steps[i].vector == 1 ? " #DB" : " irq");
		print_hex(steps[i].at);
		if (steps[i].vector == 1)
			print_hex(steps[i].dr6);
	}
}

static void print_result(word end)
{
	unsigned int i;

	print(":");
	if (end && end != VECTOR_USER_END + 1) {
		print(" vector");
		print_hex(end - 1);
		print_hex(trap.error);
		print(" at");
		print_hex(trap.ip - probe_at);
		print(" flags");
		print_hex(trap.flags);
	}
	print(" =");
	for (i = 0; i < OUT_COUNT; i++)
		print_hex(out[i]);
	print_steps();
	print_end();
}

static void prepare(void (*probe)(void))
{
	unsigned int i;

	for (i = 0; i < OUT_COUNT; i++)
		out[i] = 0;
	step_count = 0;
	probe_at = (word)probe;
}

static void run(const char *name, void (*probe)(void))
{
	prepare(probe);
	begin(name, " ");
	print_result(guarded(probe));
}

static void run_by_user(const char *name, void (*probe)(void))
{
	prepare(probe);
	begin(name, " user ");
	print_result(guarded_by_user(probe));
}

static word linear(const char *code)
{
	return (word)code + IMAGE_BASE;
}

static void run_with_breakpoints(const char *name, void (*probe)(void),
				 const char *first, const char *second,
				 word dr7)
{
	__asm__ volatile("mov %0, %%dr0\n\t"
			 "mov %1, %%dr1"
			 : : "r"(linear(first)), "r"(linear(second)));
	write_dr6(DR6_CLEAR);
	write_dr7(DR7_FIXED | dr7);
	run(name, probe);
	write_dr7(DR7_FIXED);
}

/* QEMU 7.2 ends itself where the segment does not begin at 0. */
static void run_instruction_breakpoints(void)
{
	run_with_breakpoints("break on an instruction", break_nops, break_nop,
			     bytes, 1);
	run_with_breakpoints("break on cpuid", break_cpuid, break_at, bytes, 1);
	run_with_breakpoints("break behind cpuid", break_cpuid, break_after,
			     bytes, 1);
	run_with_breakpoints("break on cpuid and behind", break_cpuid, break_at,
			     break_after, 5);
}

static void run_breakpoints(void)
{
	if (IMAGE_BASE == 0)
		run_instruction_breakpoints();
	run_with_breakpoints("break on a write", break_data, bytes, bytes,
			     DR7_WRITE_4 | 1);
	run_with_breakpoints("guarded debug registers", read_dr, bytes, bytes,
			     DR7_GD);
}

/* On vectors of ours, and none for now. */
static void interrupts_begin(void)
{
	outb(PIC_COMMAND, PIC_INIT);
	outb(PIC2_COMMAND, PIC_INIT);
	outb(PIC_DATA, VECTOR_TIMER);
	outb(PIC2_DATA, VECTOR_TIMER + 8);
	outb(PIC_DATA, 4);
	outb(PIC2_DATA, 2);
	outb(PIC_DATA, PIC_MODE_8086);
	outb(PIC2_DATA, PIC_MODE_8086);
	outb(PIC_DATA, PIC_NONE);
	outb(PIC2_DATA, PIC_NONE);
}

static void wait_until_interrupt_waits(void)
{
	outb(TIMER_COMMAND, TIMER_ONCE);
	outb(TIMER_DATA, TIMER_TICKS);
	outb(TIMER_DATA, 0);
	outb(PIC_COMMAND, PIC_READ_IRR);
	while (!(inb(PIC_COMMAND) & 1))
		;
}

static void run_interrupts(void)
{
	unsigned int i;

	outb(PIC_DATA, PIC_TIMER_ONLY);
	for (i = 0; interrupt_list[i].name; i++) {
		wait_until_interrupt_waits();
		run(interrupt_list[i].name, interrupt_list[i].probe);
	}
	outb(PIC_DATA, PIC_NONE);
}

static void run_cpuid(void)
{
	unsigned int i;

	for (i = 0; i < cpuid_count; i++) {
		in[0] = cpuid_list[i].leaf;
		in[1] = cpuid_list[i].subleaf;
		prepare(read_cpuid);
		begin("cpuid", " ");
		print_hex(in[0]);
		print_hex(in[1]);
		print_result(guarded(read_cpuid));
	}
}

static void run_msr(const char *name, void (*probe)(void), word msr, word value)
{
	in[0] = msr;
	in[1] = value;
	prepare(probe);
	begin(name, " ");
	print_hex(msr);
	print_hex(value);
	print_result(guarded(probe));
}

static void run_msrs(void)
{
	unsigned int i;

	for (i = 0; i < msr_count; i++)
		run_msr("rdmsr", read_msr, msr_list[i], 0);
	for (i = 0; i < msr_write_count; i++)
		run_msr("wrmsr", write_msr, msr_write_list[i].msr,
			msr_write_list[i].value);
}

void probes_run(const char *name, bool has_rings)
{
	unsigned int i;

	mode = name;
	interrupts_begin();
	for (i = 0; probe_list[i].name; i++)
		if (has_rings || !probe_list[i].needs_protection)
			run(probe_list[i].name, probe_list[i].probe);
	for (i = 0; probe_list[i].name && has_rings; i++)
		run_by_user(probe_list[i].name, probe_list[i].probe);
	run_cpuid();
	run_msrs();
	run_breakpoints();
	run_interrupts();
}
