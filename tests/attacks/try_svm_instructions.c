/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Executes the instructions by which a hypervisor works, from the kernel and
 * from a program, on each CPU.
 */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>
#include "../system/case.h"
#include "abi/hypercall.h"
#include "common_hostile.h"

#define UD 6
#define GP 13

static int execute(unsigned int instruction, uint64_t address)
{
	struct attack_execute order = {
		.instruction = instruction,
		.address = address,
	};

	CHECK_EQ(hostile_order(ATTACK_EXECUTE, &order), 0);
	return order.result;
}

/* A bad address may be judged before the instruction is. */
static bool is_fault(int result)
{
	return result == UD || result == GP;
}

/* With an operand of Linux's, of the hypervisor's, and nonsense. */
static void is_undefined(unsigned int instruction)
{
	struct attack_refused protected;
	const char *why = hostile_find_protected(&protected);
	uint64_t own = hostile_block();

	if (why) {
		case_fail("%s", why);
		return;
	}
	for (unsigned int cpu = 0; cpu < hostile_cpu_count(); cpu++) {
		REQUIRE(hostile_run_on(cpu));
		CHECK_EQ(execute(instruction, own), UD);
		CHECK_EQ(execute(instruction, protected.ranges[0].base), UD);
		CHECK(is_fault(execute(instruction, ~UINT64_C(0))));
		CHECK_EQ(hostile_call(HC_INFO, 0, 0, 0, NULL), HV_OK);
	}
}

static void vmrun_is_undefined(void)
{
	is_undefined(ATTACK_VMRUN);
}

static void vmload_is_undefined(void)
{
	is_undefined(ATTACK_VMLOAD);
}

static void vmsave_is_undefined(void)
{
	is_undefined(ATTACK_VMSAVE);
}

static void stgi_is_undefined(void)
{
	is_undefined(ATTACK_STGI);
}

static void clgi_is_undefined(void)
{
	is_undefined(ATTACK_CLGI);
}

static void skinit_is_undefined(void)
{
	is_undefined(ATTACK_SKINIT);
}

static void invlpga_is_undefined(void)
{
	is_undefined(ATTACK_INVLPGA);
}

/* INVD would throw away what others have written and not yet in memory. */
static void invd_harms_nobody(void)
{
	CHECK_EQ(execute(ATTACK_INVD, 0), ATTACK_WORKED);
	CHECK_EQ(hostile_call(HC_INFO, 0, 0, 0, NULL), HV_OK);
}

#define FROM_A_PROGRAM(name, text)                                             \
	static void do_##name(void)                                            \
	{                                                                      \
		__asm__ volatile(text : : "a"(0), "c"(0) : "memory");          \
	}
FROM_A_PROGRAM(vmrun, "vmrun")
FROM_A_PROGRAM(vmload, "vmload")
FROM_A_PROGRAM(vmsave, "vmsave")
FROM_A_PROGRAM(stgi, "stgi")
FROM_A_PROGRAM(clgi, "clgi")
FROM_A_PROGRAM(invlpga, "invlpga")

static void programs_get_a_signal_for_each(void)
{
	static void (*const instructions[])(void) = {
		do_vmrun, do_vmload, do_vmsave, do_stgi, do_clgi, do_invlpga,
	};

	for (unsigned int i = 0; i < 6; i++) {
		int status = 0;

		if (!fork()) {
			instructions[i]();
			_exit(0);
		}
		wait(&status);
		CHECK(WIFSIGNALED(status) && (WTERMSIG(status) == SIGILL ||
					      WTERMSIG(status) == SIGSEGV));
	}
}

int main(int argc, char **argv)
{
	case_begin(argc, argv);
	case_expect_log("traps: try_svm_instruc.* (invalid opcode|general protection)");
	RUN(vmrun_is_undefined);
	RUN(vmload_is_undefined);
	RUN(vmsave_is_undefined);
	RUN(stgi_is_undefined);
	RUN(clgi_is_undefined);
	RUN(skinit_is_undefined);
	RUN(invlpga_is_undefined);
	RUN(invd_harms_nobody);
	RUN(programs_get_a_signal_for_each);
	return case_end();
}
