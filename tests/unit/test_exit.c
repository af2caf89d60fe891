/* SPDX-License-Identifier: BSD-2-Clause */
/* core/exit.c and core/apic_guard.c. */
#include "core/exit.h"

#include <string.h>

#include "core/apic_guard.h"
#include "fake_machine.h"
#include "test.h"

#define DEVICE		UINT64_C(0x8000000000)
#define CODE		UINT64_C(0xffffffff81234000)
#define TABLE(i)	OS_PAGE(300 + (i))

static struct hv *hv;
static struct cpu *cpu;

static void setup(bool has_guard)
{
	struct fake_options options = fake_default;

	options.has_apic_guard = has_guard;
	hv = fake_launched(&options);
	cpu = hv->cpus[0];
	cpu->os_regs.rip = 0x100;
	fake_apic_writes = 0;
}

static void handle(void *exit)
{
	os_handle_exit(cpu, exit);
}

static enum fake_end exits(struct vmexit exit)
{
	return fake_catch(handle, &exit);
}

static bool got(uint8_t vector, bool has_error)
{
	const struct fake_vcpu *os = fake_os(cpu);

	return os->inject_count == 1 && os->vector == vector &&
	       os->has_error == has_error && os->error == 0 &&
	       cpu->os_regs.rip == 0x100;
}

static struct vmexit fault_at(uint64_t at, unsigned int access)
{
	return (struct vmexit){ .kind = VMEXIT_NPT_FAULT,
				.npt = { .at = gpa(at), .access = access } };
}

static void virtualization_is_not_there(void)
{
	setup(false);
	CHECK_EQ(exits((struct vmexit){ .kind = VMEXIT_VIRT_INSN }),
		 FAKE_RETURNED);
	CHECK(got(6, false));
	CHECK_EQ(cpu->stats.count[HV_COUNT_VIRT_INSN], 1);
}

static void what_is_not_intercepted_does_nothing(void)
{
	static const enum vmexit_kind kinds[] = {
		VMEXIT_INIT, VMEXIT_INTERRUPT, VMEXIT_NMI, VMEXIT_SMI,
	};
	unsigned int i;

	setup(false);
	for (i = 0; i < COUNT_OF(kinds); i++)
		CHECK_EQ(exits((struct vmexit){ .kind = kinds[i] }),
			 FAKE_RETURNED);
	CHECK_EQ(fake_os(cpu)->inject_count, 0);
	CHECK_EQ(cpu->os_regs.rip, 0x100);
	CHECK_EQ(cpu->stats.count[HV_COUNT_OTHER], 4);
}

static void other_instructions_raise_gp(void)
{
	setup(false);
	CHECK_EQ(exits((struct vmexit){ .kind = VMEXIT_PRIVILEGED }),
		 FAKE_RETURNED);
	CHECK(got(13, true));
	setup(false);
	CHECK_EQ(exits((struct vmexit){ .kind = VMEXIT_EXCEPTION }),
		 FAKE_RETURNED);
	CHECK(got(13, true));
}

static void real_mode_has_no_error_codes(void)
{
	setup(false);
	fake_os(cpu)->regs[GUEST_CR0] = 0;
	CHECK_EQ(exits((struct vmexit){ .kind = VMEXIT_PRIVILEGED }),
		 FAKE_RETURNED);
	CHECK(got(13, false));
}

/* Each kind that ends with an instruction done; RIP is then 0x103. */
static void do_instruction(enum vmexit_kind kind, uint64_t rflags)
{
	setup(false);
	cpu->os_regs.rflags = RFLAGS_FIXED | rflags;
	cpu->os_regs.rcx = 0xc0000080;
	fake_msrs[0] = (struct fake_msr){ .msr = 0xc0000080 };
	fake_os(cpu)->regs[GUEST_DR6] = 0xffff0ff0;
	CHECK_EQ(exits((struct vmexit){ .kind = kind, .next_rip = 0x103 }),
		 FAKE_RETURNED);
	CHECK_EQ(cpu->os_regs.rip, 0x103);
}

static void an_instruction_that_was_done_is_a_step(void)
{
	static const enum vmexit_kind kinds[] = {
		VMEXIT_CPUID, VMEXIT_RDMSR, VMEXIT_INVD, VMEXIT_HYPERCALL,
	};
	unsigned int i;

	for (i = 0; i < COUNT_OF(kinds); i++) {
		do_instruction(kinds[i], RFLAGS_TF);
		CHECK_EQ(fake_os(cpu)->inject_count, 1);
		CHECK_EQ(fake_os(cpu)->vector, 1);
		CHECK(!fake_os(cpu)->has_error);
		CHECK_EQ(fake_os(cpu)->regs[GUEST_DR6], 0xffff4ff0);
		do_instruction(kinds[i], 0);
		CHECK_EQ(fake_os(cpu)->inject_count, 0);
		CHECK_EQ(fake_os(cpu)->regs[GUEST_DR6], 0xffff0ff0);
	}
}

static void a_call_of_a_pal_is_a_step(void)
{
	setup(false);
	cpu->os_regs.rflags |= RFLAGS_TF;
	cpu->os_regs.rax = HC_PAL_CALL;
	CHECK_EQ(exits((struct vmexit){ .kind = VMEXIT_HYPERCALL,
					.next_rip = 0x103 }), FAKE_RETURNED);
	CHECK_EQ(fake_os(cpu)->vector, 1);
	CHECK_EQ(cpu->os_regs.rip, 0x103);
}

static void the_resume_flag_ends_with_the_instruction(void)
{
	do_instruction(VMEXIT_CPUID, RFLAGS_RF);
	CHECK_EQ(cpu->os_regs.rflags, RFLAGS_FIXED);
	CHECK_EQ(fake_os(cpu)->inject_count, 0);
	do_instruction(VMEXIT_CPUID, RFLAGS_RF | RFLAGS_TF);
	CHECK_EQ(cpu->os_regs.rflags, RFLAGS_FIXED | RFLAGS_TF);
	CHECK_EQ(fake_os(cpu)->inject_count, 1);
}

static void invd_is_skipped(void)
{
	setup(false);
	CHECK_EQ(exits((struct vmexit){ .kind = VMEXIT_INVD,
					.next_rip = 0x102 }), FAKE_RETURNED);
	CHECK_EQ(cpu->os_regs.rip, 0x102);
	CHECK_EQ(fake_os(cpu)->inject_count, 0);
}

/* No page of the pool holds anything any more. */
static bool is_pool_zero(void)
{
	unsigned int i;

	for (i = 0; i < BLOCK_PAGES; i++)
		if (!fake_is_zero(BLOCK_SIZE + i * PAGE_SIZE))
			return false;
	return true;
}

static void a_shutdown_wipes_and_resets(void)
{
	static const enum vmexit_kind kinds[] = {
		VMEXIT_SHUTDOWN, VMEXIT_UNKNOWN,
	};
	unsigned int i;

	for (i = 0; i < COUNT_OF(kinds); i++) {
		setup(false);
		fake_give_blocks(hv, 1, 1);
		CHECK(fake_pal_make(cpu, 1));
		CHECK(!is_pool_zero());
		CHECK_EQ(exits((struct vmexit){ .kind = kinds[i] }),
			 FAKE_RESET);
		CHECK(is_pool_zero());
	}
}

static void an_unknown_kind_is_our_bug(void)
{
	setup(false);
	CHECK_EQ(exits((struct vmexit){ .kind = (enum vmexit_kind)77 }),
		 FAKE_ASSERTED);
}

static void an_access_to_what_is_not_the_os_s_raises_gp(void)
{
	static const uint64_t bad[] = {
		FAKE_HV_BASE, FAKE_HV_BASE + FAKE_HV_SIZE - 1, BLOCK_SIZE,
		FAKE_PHYSICAL_END, UINT64_MAX,
	};
	unsigned int i, access;

	for (i = 0; i < COUNT_OF(bad); i++) {
		for (access = NPT_R; access < NPT_UC; access++) {
			setup(false);
			fake_give_blocks(hv, 1, 1);
			cpu->os_regs.rip = 0x100;
			CHECK_EQ(exits(fault_at(bad[i], access)),
				 FAKE_RETURNED);
			CHECK(got(13, true));
			CHECK_EQ(cpu->stats.count[HV_COUNT_NPT_FAULT], 1);
		}
	}
}

static void a_device_is_mapped_and_tried_again(void)
{
	setup(false);
	CHECK_EQ(exits(fault_at(DEVICE, NPT_W)), FAKE_RETURNED);
	CHECK_EQ(fake_os(cpu)->inject_count, 0);
	CHECK_EQ(cpu->os_regs.rip, 0x100);
	CHECK(npt_translate(&hv->os_npt, gpa(DEVICE), &(hpa_t){ 0 }, NULL));
}

/* APM Vol. 2, 8.2.9: what becomes of a #GP while another is delivered. */
static void faults_while_delivering_escalate(void)
{
	static const struct {
		uint8_t vector;
		bool was_exception;
		int wanted;		/* -1: the machine resets */
	} rows[] = {
		{ 0, true, 8 }, { 10, true, 8 }, { 11, true, 8 },
		{ 12, true, 8 }, { 13, true, 8 }, { 14, true, 8 },
		{ 8, true, -1 },
		{ 1, true, 13 }, { 3, true, 13 }, { 6, true, 13 },
		{ 7, true, 13 }, { 9, true, 13 }, { 15, true, 13 },
		{ 8, false, 13 }, { 14, false, 13 }, { 0xf0, false, 13 },
	};
	unsigned int i;

	for (i = 0; i < COUNT_OF(rows); i++) {
		struct vmexit exit = fault_at(FAKE_HV_BASE, NPT_W);

		setup(false);
		exit.npt.delivering = true;
		exit.npt.vector = rows[i].vector;
		exit.npt.was_exception = rows[i].was_exception;
		if (rows[i].wanted < 0) {
			CHECK_EQ(exits(exit), FAKE_RESET);
			continue;
		}
		CHECK_EQ(exits(exit), FAKE_RETURNED);
		CHECK(got((uint8_t)rows[i].wanted, true));
	}
}

static void run_os(void *arg)
{
	(void)arg;
	os_run(cpu);
}

static void a_cpu_that_lags_behind_flushes_before_it_runs(void)
{
	static const struct fake_step steps[] = {
		{ { .kind = VMEXIT_CPUID, .next_rip = 0x102 }, NULL },
		{ { .kind = VMEXIT_CPUID, .next_rip = 0x104 }, NULL },
	};

	setup(false);
	CHECK_EQ(os_call(hv->cpus[1], HC_POOL_ADD, BLOCK_SIZE, 0, 0), HV_OK);
	PLAY(steps);
	CHECK_EQ(fake_catch(run_os, NULL), FAKE_SCRIPT_END);
	CHECK_EQ(fake_os(cpu)->flush_count, 1);
	CHECK_EQ(cpu->epoch, 1);
	CHECK_EQ(cpu->os_regs.rip, 0x104);
	CHECK_EQ(cpu->stats.count[HV_COUNT_CPUID], 2);
	/* That it flushed counts, but the pool hears of it by HC_FLUSH only. */
	CHECK_EQ(os_call(hv->cpus[1], HC_FLUSH, 0, 0, 0), HV_OK);
	CHECK_EQ(owner_pages_check(&hv->owner, 1), HV_OK);
}

/* Code at CODE, mapped by tables of the OS; false if it does not fit. */
static void put_code(uint64_t offset, const void *bytes, unsigned int count,
		     bool next_page_too)
{
	static const int shifts[] = { 12, 21, 30, 39 };
	int level;

	cpu->os_regs.rip = CODE + offset;
	fake_os(cpu)->regs[GUEST_CR3] = TABLE(3);
	memset(fake_ram(TABLE(0)), 0, 4 * PAGE_SIZE);
	for (level = 3; level > 0; level--)
		((uint64_t *)fake_ram(TABLE(level)))
			[CODE >> shifts[level] & 511] = TABLE(level - 1) | 1;
	((uint64_t *)fake_ram(TABLE(0)))[CODE >> 12 & 511] = TABLE(5) | 1;
	if (next_page_too)
		((uint64_t *)fake_ram(TABLE(0)))[(CODE >> 12 & 511) + 1] =
			TABLE(6) | 1;
	memset(fake_ram(TABLE(5)), 0xcc, 2 * PAGE_SIZE);
	memcpy((char *)fake_ram(TABLE(5)) + offset, bytes, count);
}

#define STORE		"\x89\x86\0\x03\0\0"		/* [rsi+0x300], eax */
#define STORE_LENGTH	6u

static void guarded_write(uint64_t at, uint32_t value)
{
	cpu->os_regs.rax = value;
	CHECK_EQ(exits(fault_at(FAKE_APIC_BASE + at, NPT_R | NPT_W)),
		 FAKE_RETURNED);
}

/* With decode assists the instruction need not be fetched, or be mapped. */
static void the_cpu_s_copy_of_the_instruction_serves(void)
{
	static const uint8_t insn[] = { 0x89, 0x08 };	/* mov %ecx, (%rax) */
	struct vmexit exit = {
		.kind = VMEXIT_NPT_FAULT,
		.npt = {
			.access = NPT_W,
			.insn = insn,
			.insn_count = sizeof(insn),
		},
	};
	uint64_t rip;

	setup(true);
	exit.npt.at = gpa(hv->apic_base + 0xb0);
	cpu->os_regs.rcx = 0x77;
	cpu->os_regs.rip = UINT64_C(0xffff800000000000);	/* unmapped */
	rip = cpu->os_regs.rip;
	os_handle_exit(cpu, &exit);
	CHECK_EQ(fake_apic_writes, 1);
	CHECK_EQ(fake_apic_value, 0x77);
	CHECK_EQ(cpu->os_regs.rip, rip + sizeof(insn));
	exit.npt.insn_count = 1;			/* cut off */
	os_handle_exit(cpu, &exit);
	CHECK_EQ(fake_apic_writes, 1);
}

static void a_guarded_write_is_done_for_the_os(void)
{
	setup(true);
	put_code(0x10, STORE, STORE_LENGTH, false);
	guarded_write(0xb0, 0);
	CHECK_EQ(fake_apic_writes, 1);
	CHECK_EQ(fake_apic_offset, 0xb0);
	CHECK_EQ(cpu->os_regs.rip, CODE + 0x10 + STORE_LENGTH);
	put_code(0x10, STORE, STORE_LENGTH, false);
	guarded_write(0x300, 0x4f1);
	CHECK_EQ(fake_apic_writes, 2);
	CHECK_EQ(fake_apic_value, 0x4f1);
	CHECK_EQ(fake_os(cpu)->inject_count, 0);
	CHECK_EQ(cpu->stats.count[HV_COUNT_APIC_GUARD], 2);
	CHECK_EQ(cpu->stats.count[HV_COUNT_NPT_FAULT], 0);
}

static void init_and_sipi_are_dropped(void)
{
	static const uint32_t dropped[] = {
		0x500, 0x4500, 0xc4500, 0x600, 0x69a, 0xc0500, 0x8500, 0x300,
	};
	static const uint32_t sent[] = {
		0, 0xfb, 0x400, 0x4fd, 0x200, 0x100, 0x700, 0xc00fe,
	};
	unsigned int i;

	setup(true);
	for (i = 0; i < COUNT_OF(dropped); i++) {
		CHECK(!apic_guard_allows(cpu, dropped[i], 1));
		put_code(0, STORE, STORE_LENGTH, false);
		guarded_write(0x300, dropped[i]);
		CHECK_EQ(cpu->os_regs.rip, CODE + STORE_LENGTH);
	}
	CHECK_EQ(fake_apic_writes, 0);
	for (i = 0; i < COUNT_OF(sent); i++) {
		CHECK(apic_guard_allows(cpu, sent[i], 1));
		put_code(0, STORE, STORE_LENGTH, false);
		guarded_write(0x300, sent[i]);
	}
	CHECK_EQ(fake_apic_writes, COUNT_OF(sent));
	/* Its other half, and what looks like INIT elsewhere, are no commands. */
	put_code(0, STORE, STORE_LENGTH, false);
	guarded_write(0x310, 0x500);
	CHECK_EQ(fake_apic_offset, 0x310);
	CHECK_EQ(fake_os(cpu)->inject_count, 0);
}

/* By it a CPU is found that is to stop. */
static void a_cpu_keeps_its_apic_id(void)
{
	setup(true);
	put_code(0, STORE, STORE_LENGTH, false);
	guarded_write(0x20, 0x5000000);
	CHECK_EQ(cpu->os_regs.rip, CODE + STORE_LENGTH);
	CHECK_EQ(fake_apic_writes, 0);
	CHECK_EQ(fake_os(cpu)->inject_count, 0);
}

/* The page's eight bits of a destination have their own word for all. */
static void the_page_s_broadcast_reaches_all(void)
{
	setup(true);
	hv->starts_cpus = true;
	hv->cpus[0]->apic_id = 1;
	hv->cpus[1]->apic_id = 0x1ff;
	cpu->apic_destination = 0;
	put_code(0, STORE, STORE_LENGTH, false);
	guarded_write(0x310, 0xfe000000);
	put_code(0, STORE, STORE_LENGTH, false);
	fake_nmis = 0;
	guarded_write(0x300, 0x4500);
	CHECK_EQ(fake_nmis, 0);
	put_code(0, STORE, STORE_LENGTH, false);
	guarded_write(0x310, 0xff000000);
	hv->cpus[0]->startup = 2;		/* waits: needs none */
	fake_on_pause = NULL;
	put_code(0, STORE, STORE_LENGTH, false);
	cpu->os_regs.rax = 0x4500;
	CHECK_EQ(exits(fault_at(FAKE_APIC_BASE + 0x300, NPT_R | NPT_W)),
		 FAKE_SCRIPT_END);
	CHECK_EQ(fake_nmis, 1);
	CHECK_EQ(fake_nmi_to, 0x1ff);
}

static void code_may_cross_a_page(void)
{
	unsigned int cut;

	for (cut = 1; cut < STORE_LENGTH; cut++) {
		setup(true);
		put_code(PAGE_SIZE - cut, STORE, STORE_LENGTH, true);
		guarded_write(0x300, 0x4f1);
		CHECK_EQ(fake_apic_writes, 1);
		CHECK_EQ(cpu->os_regs.rip,
			 CODE + PAGE_SIZE - cut + STORE_LENGTH);
	}
	setup(true);
	put_code(PAGE_SIZE - STORE_LENGTH, STORE, STORE_LENGTH, false);
	guarded_write(0x300, 0x4f1);
	CHECK_EQ(fake_apic_writes, 1);
}

static void expect_refusal(uint64_t at, unsigned int access)
{
	CHECK_EQ(exits(fault_at(FAKE_APIC_BASE + at, access)), FAKE_RETURNED);
	CHECK_EQ(fake_os(cpu)->inject_count, 1);
	CHECK_EQ(fake_os(cpu)->vector, 13);
	CHECK_EQ(fake_apic_writes, 0);
}

/* Machines are known that take a store there for a device's message: INIT. */
static void no_message_gets_into_the_apic_page(void)
{
	unsigned int offset;

	for (offset = 0; offset < 16; offset++) {
		setup(true);
		put_code(0, STORE, STORE_LENGTH, false);
		cpu->os_regs.rax = 0x4500;
		expect_refusal(offset, NPT_W);
	}
}

static void what_cannot_be_read_is_refused(void)
{
	unsigned int cut;

	for (cut = 1; cut < STORE_LENGTH; cut++) {
		setup(true);
		put_code(PAGE_SIZE - cut, STORE, STORE_LENGTH, false);
		expect_refusal(0x300, NPT_W);
	}
	setup(true);
	put_code(0, STORE, STORE_LENGTH, false);
	fake_os(cpu)->regs[GUEST_CR3] = FAKE_HV_BASE;
	expect_refusal(0x300, NPT_W);
	setup(true);
	put_code(0, "\x48\x89\x86\0\x03\0\0", 7, false);
	expect_refusal(0x300, NPT_W);
	setup(true);
	put_code(0, STORE, STORE_LENGTH, false);
	expect_refusal(0x304, NPT_W);		/* not a register */
	setup(true);
	put_code(0, STORE, STORE_LENGTH, false);
	fake_os(cpu)->regs[GUEST_EFER] = 0;	/* not in long mode */
	expect_refusal(0x300, NPT_W);
	setup(true);
	expect_refusal(0, NPT_X);		/* executing the APIC */
	setup(true);
	expect_refusal(PAGE_SIZE + 0x300, NPT_W);	/* a message's place */
}

TESTS(
	RUN(virtualization_is_not_there);
	RUN(what_is_not_intercepted_does_nothing);
	RUN(other_instructions_raise_gp);
	RUN(real_mode_has_no_error_codes);
	RUN(an_instruction_that_was_done_is_a_step);
	RUN(a_call_of_a_pal_is_a_step);
	RUN(the_resume_flag_ends_with_the_instruction);
	RUN(invd_is_skipped);
	RUN(a_shutdown_wipes_and_resets);
	RUN(an_unknown_kind_is_our_bug);
	RUN(an_access_to_what_is_not_the_os_s_raises_gp);
	RUN(a_device_is_mapped_and_tried_again);
	RUN(faults_while_delivering_escalate);
	RUN(a_cpu_that_lags_behind_flushes_before_it_runs);
	RUN(the_cpu_s_copy_of_the_instruction_serves);
	RUN(a_guarded_write_is_done_for_the_os);
	RUN(init_and_sipi_are_dropped);
	RUN(a_cpu_keeps_its_apic_id);
	RUN(the_page_s_broadcast_reaches_all);
	RUN(code_may_cross_a_page);
	RUN(no_message_gets_into_the_apic_page);
	RUN(what_cannot_be_read_is_refused);
)
