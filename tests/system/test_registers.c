/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a CPU keeps while it goes from the OS to a PAL, to another and back:
 * nobody finds what somebody else has left.
 */
#include "case.h"
#include <linux/hw_breakpoint.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "abi/pal_image.h"
#include "cpu.h"
#include "fresh.h"
#include "pals/registers.h"
#include "raw.h"

#define DATA_SELECTOR 0x23
#define FPU_MXCSR     24
#define FPU_XMM	      160
#define XMM_SIZE      256

static struct pal *leaving, *looking;

static void open_both(void)
{
	cpu_pin(0);
	leaving = case_open("registers");
	looking = case_open("registers");
}

static void find(struct registers_found *found)
{
	size_t size = 0;

	CHECK_EQ(pal_call(leaving, REGISTERS_LEAVE, NULL, 0, NULL, 0, NULL), 0);
	CHECK_EQ(pal_call(looking, REGISTERS_LOOK, NULL, 0, found,
			  sizeof(*found), &size),
		 0);
	CHECK_EQ(size, sizeof(*found));
}

static void a_pal_finds_no_selectors_of_another(void)
{
	struct registers_found found;

	open_both();
	REQUIRE(leaving && looking);
	for (int i = 0; i < 3; i++) {
		find(&found);
		CHECK_EQ(found.ds, DATA_SELECTOR);
		CHECK_EQ(found.es, DATA_SELECTOR);
		CHECK_EQ(found.fs, DATA_SELECTOR);
		CHECK_EQ(found.gs, DATA_SELECTOR);
	}
}

static void a_pal_finds_no_fpu_state_of_another(void)
{
	const uint64_t secret = REGISTERS_SECRET;
	struct registers_found found;
	uint32_t mxcsr;

	open_both();
	REQUIRE(leaving && looking);
	find(&found);
	memcpy(&mxcsr, found.fpu + FPU_MXCSR, sizeof(mxcsr));
	CHECK_EQ(mxcsr, 0x1f80);
	CHECK_EQ(found.fpu[0] | found.fpu[1] << 8, 0x37f);
	CHECK_EQ(found.fpu[4], 0); /* all of x87's registers are empty */
	for (size_t i = 0; i + 8 <= sizeof(found.fpu); i += 2)
		CHECK(memcmp(found.fpu + i, &secret, 8));
}

/* Upper halves of vectors, which FXSAVE does not have. */
struct upper_halves {
	uint64_t words[2];
};

static bool has_avx(void)
{
	return __builtin_cpu_supports("avx");
}

__attribute__((target("avx"))) static void
set_upper_half(const struct upper_halves *half)
{
	__asm__ volatile("vinsertf128 $1, %0, %%ymm15, %%ymm15"
			 : : "m"(*half));
}

__attribute__((target("avx"))) static void
get_upper_half(struct upper_halves *half)
{
	__asm__ volatile("vextractf128 $1, %%ymm15, %0" : "=m"(*half));
}

static void a_caller_finds_only_its_own_fpu_state(void)
{
	static uint8_t before[512], after[512] __attribute__((aligned(16)));
	const struct upper_halves wanted = {{0x1234, 0x5678}};
	struct upper_halves half = wanted;
	uint32_t mxcsr = 0x3f80;
	uint64_t number = 42;

	open_both();
	REQUIRE(leaving);
	__asm__ volatile("ldmxcsr %0\n\tfildll %1\n\tmovq %1, %%xmm3"
			 : : "m"(mxcsr), "m"(number));
	if (has_avx())
		set_upper_half(&wanted);
	__asm__ volatile("fxsave64 %0" : "+m"(before));
	CHECK_EQ(raw_call(pal_handle(leaving), REGISTERS_LEAVE), 0);
	__asm__ volatile("fxsave64 %0" : "+m"(after));
	if (has_avx())
		get_upper_half(&half);
	CHECK(!memcmp(before, after, FPU_XMM + XMM_SIZE));
	CHECK(!memcmp(&half, &wanted, sizeof(half)));
}

/* Counts how often the instruction at `address` is executed. */
static int open_breakpoint(uint64_t address)
{
	struct perf_event_attr what = {
		.type = PERF_TYPE_BREAKPOINT,
		.size = sizeof(what),
		.bp_type = HW_BREAKPOINT_X,
		.bp_addr = address,
		.bp_len = sizeof(long),
	};

	return (int)syscall(SYS_perf_event_open, &what, 0, -1, -1, 0);
}

static uint64_t hits(int breakpoint)
{
	uint64_t count = UINT64_MAX;

	CHECK(read(breakpoint, &count, sizeof(count)) == sizeof(count));
	return count;
}

__attribute__((noipa)) static void a_function(void)
{
	__asm__ volatile("");
}

/*
 * Linear addresses of a PAL are its own; the OS's breakpoints know no space.
 * QEMU does not switch them off with VMRUN as hardware does: a PAL that comes
 * to one there is ended, and the OS is told no more than that.
 */
static void breakpoints_of_the_os_do_not_see_a_pal(void)
{
	const struct pal_image_header *header;
	int in_program = open_breakpoint((uintptr_t)a_function);
	int in_pal, status;
	size_t size;

	if (in_program < 0)
		case_skip("this kernel has no breakpoints for programs");
	open_both();		/* the notary begins where they do */
	header = (const void *)case_image("registers", &size);
	in_pal = open_breakpoint(header->entry);
	REQUIRE(leaving && in_pal >= 0);
	a_function();
	CHECK_EQ(hits(in_program), 1);
	status = raw_call(pal_handle(leaving), REGISTERS_LEAVE);
	CHECK(status == HV_OK || status == HV_EFAULT);
	CHECK_EQ(hits(in_pal), 0);
	close(in_pal);
}

static bool does_log_say(const char *words)
{
	char command[200];

	snprintf(command, sizeof(command), "pal log | grep -q '%s'", words);
	return fresh_do(command);
}

static void a_cpu_forgets_as_the_policy_says(void)
{
	struct registers_found found;

	CHECK(fresh_start("mode measured\nallow debug\nflush all\n"));
	open_both();
	REQUIRE(leaving && looking);
	find(&found);
	CHECK_EQ(found.ds, DATA_SELECTOR);
	does_log_say("CPU 0: around PALs it forgets branches returns buffers "
		     "L1D");
	pal_close(leaving);
	pal_close(looking);
	CHECK(fresh_start("mode measured\nallow debug\nflush none\n"));
	CHECK_EQ(case_good_pal_works(), 0);
	does_log_say("around PALs it forgets nothing");
}

int main(int argc, char **argv)
{
	case_begin(argc, argv);
	RUN(a_pal_finds_no_selectors_of_another);
	RUN(a_pal_finds_no_fpu_state_of_another);
	RUN(a_caller_finds_only_its_own_fpu_state);
	RUN(breakpoints_of_the_os_do_not_see_a_pal);
	RUN(a_cpu_forgets_as_the_policy_says);
	return fresh_restore(case_end());
}
