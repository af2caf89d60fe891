/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A crash record goes to the log, where other CPUs' `pal log` can read it, and
 * to the serial port, if there is one.  This CPU then stops for good: its state
 * is not to be trusted with anything.
 */
#include "x86/crash.h"

#include "lib/assert.h"
#include "x86/insn.h"
#include "x86/layout.h"

#define VECTOR_NMI	2
#define VECTOR_GP	13
#define VECTOR_PF	14
#define VECTOR_SX	30

extern const char read_msr_may_fault[], write_msr_may_fault[], msr_faulted[];

static struct hv *record_to;

void crash_init(struct hv *hv)
{
	record_to = hv;
}

static void __attribute__((noreturn)) stop(void)
{
	for (;;)
		__asm__ volatile("cli; hlt");
}

/* Stacks lie apart by CPU, so the stack tells which CPU this is. */
static unsigned int this_cpu(void)
{
	uint64_t here = (uint64_t)__builtin_frame_address(0);

	return (unsigned int)((here - LAYOUT_STACKS) / LAYOUT_STACK_STRIDE);
}

static bool is_stack_overflow(const struct exception_frame *frame)
{
	uint64_t at = (read_cr2() - LAYOUT_STACKS) % LAYOUT_STACK_STRIDE;

	return frame->vector == VECTOR_PF && read_cr2() >= LAYOUT_STACKS &&
	       at >= LAYOUT_EXCEPTION_END && at < LAYOUT_MAIN_STACK;
}

static void record(const struct exception_frame *frame)
{
	struct log *log = &record_to->log;

	log_line(log, "CRASH of the hypervisor on CPU %u: exception %lu "
		 "error 0x%lx", this_cpu(), frame->vector, frame->error);
	log_line(log, "rip %016lx rsp %016lx rflags %08lx cr2 %016lx",
		 frame->rip, frame->rsp, frame->rflags, read_cr2());
	log_line(log, "rax %016lx rbx %016lx rcx %016lx rdx %016lx",
		 frame->rax, frame->rbx, frame->rcx, frame->rdx);
	log_line(log, "rsi %016lx rdi %016lx rbp %016lx r8  %016lx",
		 frame->rsi, frame->rdi, frame->rbp, frame->r8);
	log_line(log, "r9  %016lx r10 %016lx r11 %016lx r12 %016lx",
		 frame->r9, frame->r10, frame->r11, frame->r12);
	log_line(log, "r13 %016lx r14 %016lx r15 %016lx",
		 frame->r13, frame->r14, frame->r15);
	if (is_stack_overflow(frame))
		log_line(log, "the stack has run into its guard pages");
}

void exception_handle(struct exception_frame *frame)
{
	/* svm.c lets an NMI in to be rid of it, and maybe an INIT with it. */
	if (frame->vector == VECTOR_NMI || frame->vector == VECTOR_SX)
		return;
	if (frame->vector == VECTOR_GP &&
	    (frame->rip == (uint64_t)read_msr_may_fault ||
	     frame->rip == (uint64_t)write_msr_may_fault)) {
		frame->rip = (uint64_t)msr_faulted;
		return;
	}
	record(frame);
	stop();
}

void assert_failed(const char *cond, const char *file, int line)
{
	log_line(&record_to->log, "CRASH of the hypervisor on CPU %u: %s:%d: "
		 "ASSERT(%s)", this_cpu(), file, line, cond);
	stop();
}
