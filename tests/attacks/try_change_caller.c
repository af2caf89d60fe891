/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stops a program in the middle of a PAL call, as a debugger or a kernel can,
 * changes its registers and lets it go on: an error or the right answer, never
 * another PAL's data.
 */
#include <pal_host.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>
#include "../system/case.h"
#include "abi/hypercall.h"
#include "common_hostile.h"
#include "secret.h"

#define ROUNDS UINT64_C(40000000)
#define TRIES  20

/* What the caller tells; in shared memory. */
struct told {
	uint64_t handle;
	int is_ready, is_back, is_whole;
	int64_t status;
	uint64_t result, first_word;
};

static volatile struct told *told;

extern const char call_instruction[], call_end[];

static int64_t call(uint64_t handle, uint64_t entry, uint64_t in_size,
		    uint64_t capacity, uint64_t *result)
{
	register uint64_t r8 __asm__("r8") = 0;
	uint64_t rax = HC_PAL_CALL;

	__asm__ volatile(".globl call_instruction, call_end\n"
			 "call_instruction: vmmcall\n"
			 "call_end:"
			 : "+a"(rax), "+d"(in_size), "+c"(capacity), "+r"(r8)
			 : "D"(handle), "S"(entry)
			 : "memory", "cc", "rbx", "r9", "r10", "r11");
	*result = in_size;
	return (int64_t)rax;
}

/* MOV SS holds back interrupts until the next instruction is done. */
static int64_t call_in_shadow(uint64_t handle, uint64_t entry, uint64_t in_size,
			      uint64_t capacity, uint64_t *result)
{
	register uint64_t r8 __asm__("r8") = 0;
	uint64_t rax = HC_PAL_CALL;

	__asm__ volatile("mov %%ss, %%ebx\n\t"
			 "mov %%ebx, %%ss\n\t"
			 "vmmcall"
			 : "+a"(rax), "+d"(in_size), "+c"(capacity), "+r"(r8)
			 : "D"(handle), "S"(entry)
			 : "memory", "cc", "rbx", "r9", "r10", "r11");
	*result = in_size;
	return (int64_t)rax;
}

static bool is_in_shadow;

/* The caller: a long call of its own PAL, then a look whether all is well. */
static void be_called(void)
{
	uint8_t masked[SECRET_SIZE];
	uint64_t rounds = ROUNDS, result;
	struct pal *pal;

	if (pal_open(SECRET_IMAGE, &pal) ||
	    pal_call(pal, SECRET_MAKE, NULL, 0, masked, sizeof(masked), NULL))
		_exit(1);
	memcpy(pal_window(pal), &rounds, sizeof(rounds));
	told->handle = pal_handle(pal);
	told->is_ready = 1;
	told->status = (is_in_shadow ? call_in_shadow : call)(
		pal_handle(pal), SECRET_WORK, sizeof(rounds), 0, &result);
	told->result = result;
	memcpy((void *)&told->first_word, pal_window(pal), 8);
	told->is_back = 1;
	/* Another thread of the PAL: the first may still be in its call. */
	told->is_whole = !pal_call_thread(pal, 1, SECRET_CHECK, masked,
					  sizeof(masked), NULL, 0, NULL);
	_exit(0);
}

/* Stop the caller until it stands at the instruction, in its call. */
static bool is_stopped_in_call(pid_t caller, struct user_regs_struct *regs)
{
	while (!told->is_back) {
		usleep(2000);
		if (ptrace(PTRACE_INTERRUPT, caller, NULL, NULL) ||
		    waitpid(caller, NULL, 0) != caller ||
		    ptrace(PTRACE_GETREGS, caller, NULL, regs))
			return false;
		if (regs->rip == (uintptr_t)call_instruction &&
		    regs->rax == HC_PAL_CALL)
			return true;
		ptrace(PTRACE_CONT, caller, NULL, NULL);
	}
	return false;
}

static pid_t start(void)
{
	pid_t caller;

	told = mmap(NULL, HOSTILE_PAGE, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	caller = fork();
	if (!caller)
		be_called();
	if (ptrace(PTRACE_SEIZE, caller, NULL, NULL))
		case_fail("cannot trace");
	while (!told->is_ready)
		usleep(1000);
	return caller;
}

/*
 * A caller that stands in its call.  When the host did not run us for a while,
 * the call was over before we looked: then another one.
 */
static pid_t start_and_stop(struct user_regs_struct *regs)
{
	for (int i = 0; i < TRIES; i++) {
		pid_t caller = start();

		if (is_stopped_in_call(caller, regs))
			return caller;
		kill(caller, SIGKILL);
		waitpid(caller, NULL, 0);
	}
	return 0;
}

/* Let it go on; it tells how its call ended, and exits. */
static void go_on(pid_t caller, struct user_regs_struct *regs)
{
	CHECK_EQ(ptrace(PTRACE_SETREGS, caller, NULL, regs), 0);
	CHECK_EQ(ptrace(PTRACE_CONT, caller, NULL, NULL), 0);
	CHECK_EQ(waitpid(caller, NULL, 0), caller);
	CHECK(told->is_back);
}

typedef void (*change)(struct user_regs_struct *regs);

static void interfere(change change_registers)
{
	struct user_regs_struct regs;
	pid_t caller = start_and_stop(&regs);

	REQUIRE(caller);
	change_registers(&regs);
	go_on(caller, &regs);
	CHECK_EQ(told->first_word, ROUNDS); /* nothing was written there */
	CHECK(told->is_whole);
}

static void nothing(struct user_regs_struct *regs)
{
	(void)regs;
}

static void an_untouched_call_ends_well(void)
{
	interfere(nothing);
	CHECK_EQ(told->status, HV_OK);
	CHECK_EQ(told->result, 0);
}

/* Only the call's own caller may go on with it; a different stack is not. */
static void another_stack_does_not_go_on(void)
{
	struct user_regs_struct regs, changed;
	pid_t caller = start_and_stop(&regs);

	REQUIRE(caller);
	changed = regs;
	changed.rsp -= HOSTILE_PAGE;
	ptrace(PTRACE_SETREGS, caller, NULL, &changed);
	ptrace(PTRACE_SINGLESTEP, caller, NULL, NULL);
	waitpid(caller, NULL, 0);
	ptrace(PTRACE_GETREGS, caller, NULL, &changed);
	CHECK_EQ((int64_t)changed.rax, HV_EBUSY);
	/* With its own registers it goes on, and ends well. */
	go_on(caller, &regs);
	CHECK_EQ(told->status, HV_OK);
	CHECK(told->is_whole);
}

static void no_handle(struct user_regs_struct *regs)
{
	regs->rdi = ~UINT64_C(0);
}

static void next_generation(struct user_regs_struct *regs)
{
	regs->rdi += UINT64_C(1) << 32;
}

static uint64_t victim_handle;

static void victims_handle(struct user_regs_struct *regs)
{
	regs->rdi = victim_handle;
	regs->rsi = SECRET_REVEAL;
	regs->rcx = SECRET_SIZE;
}

static void a_wrong_handle_is_unknown(void)
{
	interfere(no_handle);
	CHECK_EQ(told->status, HV_ENOENT);
	interfere(next_generation);
	CHECK_EQ(told->status, HV_ENOENT);
}

static void another_processs_handle_is_unknown(void)
{
	struct pal *victim;

	REQUIRE(!pal_open(SECRET_IMAGE, &victim));
	victim_handle = pal_handle(victim);
	interfere(victims_handle);
	CHECK_EQ(told->status, HV_ENOENT);
}

/* Else neither the PAL nor the OS would get on, for ever. */
static void mov_ss_keeps_no_interrupt_from_the_os(void)
{
	pid_t caller;

	is_in_shadow = true;
	caller = start();
	is_in_shadow = false;
	CHECK_EQ(waitpid(caller, NULL, 0), caller);
	CHECK(told->is_back);
	CHECK_EQ(told->status, HV_OK);
	CHECK_EQ(told->result, 0);
	CHECK(told->is_whole);
}

static void other_number(struct user_regs_struct *regs)
{
	regs->rax = HC_POOL_ADD;
}

static void another_number_is_refused(void)
{
	interfere(other_number);
	CHECK_EQ(told->status, HV_EPERM);
}

/* Arguments were taken when the call began; the PAL does not see new ones. */
static void arguments(struct user_regs_struct *regs)
{
	regs->rsi = SECRET_REVEAL;
	regs->rdx = 0;
	regs->rcx = SECRET_SIZE;
}

static void later_arguments_change_nothing(void)
{
	interfere(arguments);
	CHECK_EQ(told->status, HV_OK);
	CHECK_EQ(told->result, 0);
}

static void skip_instruction(struct user_regs_struct *regs)
{
	regs->rip = (uintptr_t)call_end;
	regs->rax = (uint64_t)HV_EBUSY;
}

static void a_call_may_be_abandoned(void)
{
	interfere(skip_instruction);
	CHECK_EQ(told->status, HV_EBUSY);
}

int main(int argc, char **argv)
{
	case_begin(argc, argv);
	RUN(an_untouched_call_ends_well);
	RUN(another_stack_does_not_go_on);
	RUN(a_wrong_handle_is_unknown);
	RUN(another_processs_handle_is_unknown);
	RUN(another_number_is_refused);
	RUN(later_arguments_change_nothing);
	RUN(a_call_may_be_abandoned);
	RUN(mov_ss_keeps_no_interrupt_from_the_os);
	return case_end();
}
