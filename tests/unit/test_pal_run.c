/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/pal_run.h"

#include <string.h>

#include "core/exit.h"
#include "fake_machine.h"
#include "invariants.h"
#include "test.h"

static struct hv *hv;
static struct cpu *cpu;
static uint64_t handle;

static void setup_flags(uint32_t flags)
{
	struct pal_image_header header;

	hv = fake_launched(&fake_default);
	cpu = hv->cpus[0];
	fake_give_blocks(hv, 1, 1);
	fake_header(&header);
	header.flags = flags;
	CHECK_EQ(fake_create(cpu, &header, &handle), HV_OK);
	CHECK_EQ(fake_load(cpu, handle, FAKE_IMAGE_PAGES), HV_OK);
	CHECK_EQ(fake_window(cpu, handle, 2), HV_OK);
	CHECK_EQ(fake_start(cpu, handle), HV_OK);
}

static void setup(void)
{
	setup_flags(0);
}

static struct pal *pal(void)
{
	return pal_find(hv, handle);
}

static uint64_t counted(enum hv_counter counter)
{
	return cpu->stats.count[counter];
}

/* What the guest saw when it began, and what it leaves behind. */
static struct guest_regs begun;
static uint8_t begun_fpu[FPU_STATE_SIZE];

static void leave_secrets(struct vcpu *vcpu)
{
	begun = *vcpu->regs;
	memcpy(begun_fpu, fake_fpu, sizeof(fake_fpu));
	memset(vcpu->regs, 0x5e, sizeof(*vcpu->regs));
	vcpu->regs->rip = PAL_IMAGE_BASE + 0x77;
	memset(fake_fpu, 0x5e, sizeof(fake_fpu));
}

static void return_47(struct vcpu *vcpu)
{
	leave_secrets(vcpu);
	vcpu->regs->rax = HC_PAL_RETURN;
	vcpu->regs->rdi = 47;
}

static const struct fake_step returns[] = {
	{ { .kind = VMEXIT_HYPERCALL, .next_rip = 0x20 }, return_47 },
};

static const struct fake_step is_interrupted[] = {
	{ { .kind = VMEXIT_INTERRUPT }, leave_secrets },
};

/* The OS's registers have values to be found again. */
static struct guest_regs os_before;

static void set_os_regs(void)
{
	uint64_t *all = &cpu->os_regs.rax;
	unsigned int i;

	for (i = 0; i < sizeof(cpu->os_regs) / 8; i++)
		all[i] = 0x1000 + i;
	memset(fake_fpu, 0x0a, sizeof(fake_fpu));
	os_before = cpu->os_regs;
}

/* All as before but for what a call answers with. */
static void check_os_regs(bool has_answer)
{
	struct guest_regs wanted = os_before;
	uint8_t fpu[FPU_STATE_SIZE];

	wanted.rax = cpu->os_regs.rax;
	wanted.rdi = handle;
	wanted.rsi = cpu->os_regs.rsi;
	wanted.rip = cpu->os_regs.rip;
	if (has_answer)
		wanted.rdx = cpu->os_regs.rdx;
	CHECK(!memcmp(&wanted, &cpu->os_regs, sizeof(wanted)));
	memset(fpu, 0x0a, sizeof(fpu));
	CHECK(!memcmp(fpu, fake_fpu, sizeof(fpu)));
}

static void a_call_gives_back_only_its_result(void)
{
	int64_t status = 42;

	setup();
	set_os_regs();
	PLAY(returns);
	CHECK(user_call(cpu, handle, 5, &status));
	CHECK_EQ(status, HV_OK);
	CHECK_EQ(cpu->os_regs.rdx, 47);
	check_os_regs(true);
	CHECK_EQ(counted(HV_COUNT_PAL_CALL), 1);
	CHECK_EQ(counted(HV_COUNT_PAL_RESUME), 0);
	CHECK_EQ(pal()->threads[0]->call_count, 1);
	CHECK_EQ(PAL_GATE_INSIDE(pal()->gate), 0);
}

static void a_call_begins_as_the_image_format_says(void)
{
	struct guest_regs wanted;
	int64_t status;

	setup();
	set_os_regs();
	PLAY(returns);
	CHECK(user_call(cpu, handle + 1, 5, &status));
	wanted = (struct guest_regs){
		.rip = PAL_IMAGE_BASE + 0x10,
		.rsp = PAL_STACK_TOP(1),
		.rflags = RFLAGS_FIXED | RFLAGS_IF,
		.rdi = 5,
		.rsi = 1,
		.rdx = os_before.rdx,
		.rcx = os_before.rcx,
		.r8 = 2 * PAGE_SIZE,
	};
	CHECK(!memcmp(&wanted, &begun, sizeof(wanted)));
	platform_fpu_reset();
	CHECK(!memcmp(begun_fpu, fake_fpu, sizeof(fake_fpu)));
	CHECK(fake_pal(cpu)->npt == &pal()->npt);
}

static void a_second_call_begins_afresh(void)
{
	int64_t status;

	setup();
	PLAY(returns);
	CHECK(user_call(cpu, handle, 1, &status));
	PLAY(returns);
	CHECK(user_call(cpu, handle, 2, &status));
	CHECK_EQ(begun.rdi, 2);
	CHECK_EQ(begun.rbx, 0);
	CHECK_EQ(begun.r15, 0);
	CHECK_EQ(begun_fpu[100], 0);
	CHECK_EQ(pal()->threads[0]->call_count, 2);
}

static void each_interrupt_stops_the_pal(void)
{
	static const enum vmexit_kind kinds[] = {
		VMEXIT_INTERRUPT, VMEXIT_NMI, VMEXIT_SMI, VMEXIT_INIT,
	};
	int64_t status;
	unsigned int i;

	setup();
	set_os_regs();
	for (i = 0; i < COUNT_OF(kinds); i++) {
		const struct fake_step steps[] = {
			{ { .kind = kinds[i] }, leave_secrets },
		};

		PLAY(steps);
		CHECK(!user_call(cpu, handle, 5, &status));
		CHECK_EQ(cpu->os_regs.rax, HC_PAL_CALL);
		check_os_regs(false);
	}
	CHECK_EQ(counted(HV_COUNT_PAL_CALL), 1);
	CHECK_EQ(counted(HV_COUNT_PAL_RESUME), 3);
	CHECK_EQ(counted(HV_COUNT_PAL_INTERRUPT), 4);
	CHECK_EQ(PAL_GATE_INSIDE(pal()->gate), 0);
}

static void a_resumed_pal_finds_its_registers(void)
{
	struct guest_regs wanted;
	int64_t status;

	setup();
	PLAY(is_interrupted);
	CHECK(!user_call(cpu, handle, 5, &status));
	CHECK_EQ(begun.rdi, 5);
	/* On the other CPU, as after the scheduler moved the process. */
	hv->cpus[1]->os_regs = cpu->os_regs;
	cpu = hv->cpus[1];
	memset(fake_fpu, 0x0b, sizeof(fake_fpu));
	PLAY(returns);
	CHECK(user_call(cpu, handle, 99, &status));
	CHECK_EQ(status, HV_OK);
	memset(&wanted, 0x5e, sizeof(wanted));
	wanted.rip = PAL_IMAGE_BASE + 0x77;
	CHECK(!memcmp(&wanted, &begun, sizeof(wanted)));
	CHECK_EQ(begun_fpu[0], 0x5e);
	CHECK_EQ(begun_fpu[FPU_STATE_SIZE - 1], 0x5e);
	CHECK_EQ(fake_fpu[7], 0x0b);
	CHECK_EQ(counted(HV_COUNT_PAL_RESUME), 1);
}

static void cpuid_is_answered_without_leaving(void)
{
	static const struct fake_step steps[] = {
		{ { .kind = VMEXIT_CPUID, .next_rip = 0x1234 }, NULL },
		{ { .kind = VMEXIT_CPUID, .next_rip = 0x1236 }, NULL },
		{ { .kind = VMEXIT_HYPERCALL }, return_47 },
	};
	int64_t status;

	setup();
	PLAY(steps);
	CHECK(user_call(cpu, handle, 0, &status));
	CHECK_EQ(begun.rip, 0x1236);
	CHECK_EQ(counted(HV_COUNT_PAL_CPUID), 2);
	CHECK_EQ(counted(HV_COUNT_CPUID), 0);
}

static void only_the_caller_can_resume(void)
{
	int64_t status;

	setup();
	PLAY(is_interrupted);
	CHECK(!user_call(cpu, handle, 0, &status));
	cpu->os_regs.rsp += 8;			/* another thread of its */
	CHECK_EQ(user_call_all(cpu, handle, 0), HV_EBUSY);
	cpu->os_regs.rsp -= 8;
	pal()->threads[0]->caller_rip += 2;	/* another place in it */
	CHECK_EQ(user_call_all(cpu, handle, 0), HV_EBUSY);
	pal()->threads[0]->caller_rip -= 2;
	fake_os(cpu)->regs[GUEST_CR3] += PAGE_SIZE;
	CHECK_EQ(user_call_all(cpu, handle, 0), HV_ENOENT);
	fake_os(cpu)->regs[GUEST_CR3] -= PAGE_SIZE;
	PLAY(returns);
	CHECK_EQ(user_call_all(cpu, handle, 0), HV_OK);
}

static void a_thread_runs_on_one_cpu_at_a_time(void)
{
	setup();
	atomic_store(&pal()->threads[0]->state, THREAD_RUNNING);
	CHECK_EQ(user_call_all(cpu, handle, 0), HV_EBUSY);
	CHECK_EQ(PAL_GATE_INSIDE(pal()->gate), 0);
	PLAY(returns);
	CHECK_EQ(user_call_all(cpu, handle + 1, 0), HV_OK);
	CHECK_EQ(pal()->threads[0]->state, THREAD_RUNNING);
}

static void bad_handles_reach_no_thread(void)
{
	setup();
	CHECK_EQ(user_call_all(cpu, handle + 2, 0), HV_ENOENT);
	CHECK_EQ(user_call_all(cpu, handle + 0xff, 0), HV_ENOENT);
	CHECK_EQ(user_call_all(cpu, handle + 0x100, 0), HV_ENOENT);
	CHECK_EQ(user_call_all(cpu, 0, 0), HV_ENOENT);
	CHECK_EQ(user_call_all(cpu, UINT64_MAX, 0), HV_ENOENT);
	CHECK_EQ(PAL_GATE_INSIDE(pal()->gate), 0);
	CHECK_EQ(fake_pal(cpu)->run_count, 0);
}

static void the_kernel_itself_calls_no_pal(void)
{
	setup();
	CHECK_EQ(os_call(cpu, HC_PAL_CALL, handle, 0, 0), HV_EPERM);
	fake_os(cpu)->regs[GUEST_CPL] = 1;
	CHECK_EQ(os_call(cpu, HC_PAL_CALL, handle, 0, 0), HV_EPERM);
	CHECK_EQ(fake_pal(cpu)->run_count, 0);
}

#define MEMORY(access)	PAL_FAULT_WORD(PAL_FAULT_MEMORY, PAL_ACCESS_##access)
#define INSN(what)	PAL_FAULT_WORD(PAL_FAULT_INSTRUCTION, PAL_INSN_##what)
#define NPF(bits)	{ .kind = VMEXIT_NPT_FAULT, \
			  .npt = { .at = { 0x5000 }, .access = (bits) } }
#define PF(bits)	{ .kind = VMEXIT_EXCEPTION, \
			  .exception = { 14, (bits), 0x5000 } }
#define EXCEPTION(n)	{ .kind = VMEXIT_EXCEPTION, .exception = { (n), 0, 0 } }
#define PRIVILEGED(i)	{ .kind = VMEXIT_PRIVILEGED, .insn = PAL_INSN_##i }

static const struct {
	struct vmexit exit;
	uint64_t word, address;
} faults[] = {
	{ NPF(NPT_R), MEMORY(R), 0x5000 },
	{ NPF(NPT_R | NPT_W), MEMORY(W), 0x5000 },
	{ NPF(NPT_R | NPT_X), MEMORY(X), 0x5000 },
	{ PF(4), MEMORY(R), 0x5000 },
	{ PF(6), MEMORY(W), 0x5000 },
	{ PF(20), MEMORY(X), 0x5000 },
	{ EXCEPTION(0), PAL_FAULT_WORD(PAL_FAULT_EXCEPTION, 0), 0 },
	{ EXCEPTION(6), PAL_FAULT_WORD(PAL_FAULT_EXCEPTION, 6), 0 },
	{ EXCEPTION(13), PAL_FAULT_WORD(PAL_FAULT_EXCEPTION, 13), 0 },
	{ EXCEPTION(31), PAL_FAULT_WORD(PAL_FAULT_EXCEPTION, 31), 0 },
	{ { .kind = VMEXIT_RDMSR }, INSN(MSR), 0 },
	{ { .kind = VMEXIT_WRMSR }, INSN(MSR), 0 },
	{ { .kind = VMEXIT_VIRT_INSN }, INSN(VIRT), 0 },
	{ { .kind = VMEXIT_INVD }, INSN(PRIVILEGED), 0 },
	{ PRIVILEGED(IO), INSN(IO), 0 },
	{ PRIVILEGED(HLT), INSN(HLT), 0 },
	{ PRIVILEGED(CR), INSN(CR), 0 },
	{ PRIVILEGED(DR), INSN(DR), 0 },
	{ PRIVILEGED(DESCRIPTOR), INSN(DESCRIPTOR), 0 },
	{ PRIVILEGED(XSETBV), INSN(XSETBV), 0 },
	{ PRIVILEGED(INT), INSN(INT), 0 },
	{ { .kind = VMEXIT_SHUTDOWN }, PAL_FAULT_SHUTDOWN, 0 },
	{ { .kind = VMEXIT_UNKNOWN }, PAL_FAULT_SHUTDOWN, 0 },
	{ { .kind = VMEXIT_HYPERCALL }, PAL_FAULT_HYPERCALL, 0 },
};

static void check_answer(int64_t status, int64_t wanted, unsigned int i,
			 uint64_t address)
{
	CHECK_EQ(status, wanted);
	CHECK_EQ(cpu->os_regs.rdx, faults[i].word);
	CHECK_EQ(cpu->os_regs.rcx, 0x77);
	CHECK_EQ(cpu->os_regs.r8, address);
}

static void check_fault(unsigned int i, uint32_t flags)
{
	const struct fake_step steps[] = {
		{ faults[i].exit, leave_secrets },
	};
	uint64_t address = flags & PAL_FLAG_DEBUG ? faults[i].address : 0;
	int64_t status = 42;

	setup_flags(flags);
	PLAY(steps);
	set_os_regs();
	CHECK(!user_call(cpu, handle, 0, &status));
	check_os_regs(false);
	CHECK_EQ(pal_state(pal()), PAL_DYING);
	CHECK_EQ(counted(HV_COUNT_PAL_FAULT), 1);
	CHECK_EQ(PAL_GATE_INSIDE(pal()->gate), 0);
	check_answer(user_call_all(cpu, handle, 0), HV_EFAULT, i, address);
	check_answer(user_call_all(cpu, handle, 0), HV_EDEAD, i, address);
	check_answer(user_call_all(cpu, handle + 1, 0), HV_EDEAD, i, address);
	CHECK_EQ(fake_pal(cpu)->run_count, 1);
	CHECK_EQ(pal_state(pal()), PAL_DEAD);
	CHECK_EQ(hv->owner.free_pages, BLOCK_PAGES);
	CHECK(invariants_hold_quickly(hv));
	if (!test_is_good)
		printf("# row %u\n", i);
}

static void a_fault_kills_the_pal_for_good(void)
{
	unsigned int i;

	for (i = 0; i < COUNT_OF(faults); i++) {
		check_fault(i, 0);
		check_fault(i, PAL_FLAG_DEBUG);
	}
}

static const struct fake_step breaks_rule[] = {
	{ { .kind = VMEXIT_PRIVILEGED }, leave_secrets },
};

/* Calls from two CPUs, each on a stack of its own. */
static void setup_two_callers(void)
{
	setup();
	cpu->os_regs.rsp = 0x1000;
	hv->cpus[1]->os_regs.rsp = 0x2000;
}

static void only_the_call_that_broke_a_rule_is_told_so(void)
{
	int64_t status;

	setup_two_callers();
	PLAY(breaks_rule);
	CHECK(!user_call(cpu, handle, 0, &status));
	CHECK_EQ(user_call_all(hv->cpus[1], handle, 0), HV_EDEAD);
	CHECK_EQ(PAL_FAULT_KIND(hv->cpus[1]->os_regs.rdx),
		 PAL_FAULT_INSTRUCTION);
	CHECK_EQ(user_call_all(cpu, handle, 0), HV_EFAULT);
	CHECK_EQ(user_call_all(cpu, handle, 0), HV_EDEAD);
}

/* While a thread runs, another CPU's call of the other thread breaks a rule. */
static void break_rule_elsewhere(struct vcpu *vcpu)
{
	int64_t status;

	(void)vcpu;
	PLAY(breaks_rule);
	CHECK(!user_call(hv->cpus[1], handle + 1, 0, &status));
	CHECK_EQ(pal_state(pal()), PAL_DYING);
	PLAY(breaks_rule);			/* then this one does */
}

static void the_second_to_break_a_rule_finds_the_pal_dead(void)
{
	static const struct fake_step steps[] = {
		{ { .kind = VMEXIT_INVD }, break_rule_elsewhere },
	};
	int64_t status;

	setup_two_callers();
	PLAY(steps);
	CHECK(!user_call(cpu, handle, 0, &status));
	CHECK_EQ(user_call_all(cpu, handle, 0), HV_EDEAD);
	CHECK_EQ(user_call_all(hv->cpus[1], handle + 1, 0), HV_EFAULT);
}

static void a_dead_pal_is_wiped_in_pieces(void)
{
	static const struct fake_step steps[] = {
		{ { .kind = VMEXIT_PRIVILEGED }, leave_secrets },
	};
	struct pal_image_header header;
	unsigned int tries;
	int64_t status;

	setup();
	fake_header(&header);
	header.stack_size = 0x80000;
	CHECK_EQ(fake_create(cpu, &header, &handle), HV_OK);
	CHECK_EQ(fake_load(cpu, handle, FAKE_IMAGE_PAGES), HV_OK);
	CHECK_EQ(fake_window(cpu, handle, 100), HV_OK);
	CHECK_EQ(fake_start(cpu, handle), HV_OK);
	PLAY(steps);
	for (tries = 1; !user_call(cpu, handle, 0, &status); tries++)
		CHECK(invariants_hold_quickly(hv));
	CHECK_EQ(status, HV_EFAULT);
	CHECK(tries > (100 + 2 * 128) / 32);
	CHECK_EQ(pal_state(pal()), PAL_DEAD);
	CHECK_EQ(fake_destroy(cpu, handle), HV_OK);
	CHECK(!pal_find(hv, handle));
}

/* As another CPU sees it: the call finds the PAL ended under it. */
static void end_it(struct vcpu *vcpu)
{
	leave_secrets(vcpu);
	CHECK_EQ(os_call(hv->cpus[1], HC_PAL_DESTROY, handle, 0, 0), HV_EAGAIN);
}

static void a_pal_destroyed_while_it_runs_ends_at_its_next_stop(void)
{
	static const struct fake_step steps[] = {
		{ { .kind = VMEXIT_INTERRUPT }, end_it },
	};
	int64_t status;

	setup();
	PLAY(steps);
	CHECK(!user_call(cpu, handle, 0, &status));
	CHECK_EQ(pal_state(pal()), PAL_DYING);
	CHECK_EQ(user_call_all(cpu, handle, 0), HV_EDEAD);
	CHECK_EQ(cpu->os_regs.rdx, PAL_FAULT_KILLED);
	CHECK_EQ(cpu->os_regs.rcx, 0);
	CHECK_EQ(fake_destroy(hv->cpus[1], handle), HV_OK);
	CHECK_EQ(user_call_all(cpu, handle, 0), HV_ENOENT);
	CHECK(invariants_hold(hv));
}

static void a_kind_of_exit_that_is_none_is_our_bug(void *arg)
{
	int64_t status;

	(void)arg;
	user_call(cpu, handle, 0, &status);
}

static void every_kind_of_exit_is_decided(void)
{
	static const struct fake_step steps[] = {
		{ { .kind = (enum vmexit_kind)99 }, NULL },
	};

	setup();
	PLAY(steps);
	CHECK_EQ(fake_catch(a_kind_of_exit_that_is_none_is_our_bug, NULL),
		 FAKE_ASSERTED);
}

static void a_machine_check_is_the_os_s_and_hurts_no_pal(void)
{
	static const struct fake_step is_checked[] = {
		{ { .kind = VMEXIT_EXCEPTION, .exception.vector = 18 },
		  leave_secrets },
	};
	int64_t status = 42;

	setup();
	fake_os(cpu)->regs[GUEST_CR4] |= CR4_MCE;
	set_os_regs();
	PLAY(is_checked);
	CHECK(!user_call(cpu, handle, 0, &status));
	CHECK_EQ(fake_os(cpu)->inject_count, 1);
	CHECK_EQ(fake_os(cpu)->vector, 18);
	CHECK(!fake_os(cpu)->has_error);
	check_os_regs(false);
	PLAY(returns);
	CHECK(user_call(cpu, handle, 0, &status));
	CHECK_EQ(status, HV_OK);
}

static void call_once(void *status)
{
	user_call(cpu, handle, 0, status);
}

static void let_time_pass(void)
{
}

/* The CPU waits for those inside, and is one of them. */
static void a_machine_check_that_the_os_has_disabled_wipes_and_resets(void)
{
	static const struct fake_step is_checked[] = {
		{ { .kind = VMEXIT_EXCEPTION, .exception.vector = 18 },
		  leave_secrets },
	};
	int64_t status = 42;
	unsigned int i;

	setup();
	PLAY(is_checked);
	fake_on_pause = let_time_pass;
	CHECK_EQ(fake_catch(call_once, &status), FAKE_RESET);
	fake_on_pause = NULL;
	for (i = 0; i < BLOCK_PAGES; i++)
		CHECK(fake_is_zero(BLOCK_SIZE + i * PAGE_SIZE));
}

TESTS(
	RUN(a_call_gives_back_only_its_result);
	RUN(a_call_begins_as_the_image_format_says);
	RUN(a_second_call_begins_afresh);
	RUN(each_interrupt_stops_the_pal);
	RUN(a_machine_check_is_the_os_s_and_hurts_no_pal);
	RUN(a_machine_check_that_the_os_has_disabled_wipes_and_resets);
	RUN(a_resumed_pal_finds_its_registers);
	RUN(cpuid_is_answered_without_leaving);
	RUN(only_the_caller_can_resume);
	RUN(a_thread_runs_on_one_cpu_at_a_time);
	RUN(bad_handles_reach_no_thread);
	RUN(the_kernel_itself_calls_no_pal);
	RUN(a_fault_kills_the_pal_for_good);
	RUN(only_the_call_that_broke_a_rule_is_told_so);
	RUN(the_second_to_break_a_rule_finds_the_pal_dead);
	RUN(a_dead_pal_is_wiped_in_pieces);
	RUN(a_pal_destroyed_while_it_runs_ends_at_its_next_stop);
	RUN(every_kind_of_exit_is_decided);
)
