/* SPDX-License-Identifier: BSD-2-Clause */
/* core/access.c, core/msr.c, core/cpuid.c: what the OS sees of the machine. */
#include "core/msr.h"

#include <string.h>

#include "core/access.h"
#include "core/cpuid.h"
#include "core/exit.h"
#include "fake_machine.h"
#include "test.h"

#define MSR_NR_EFER	0xc0000080u
#define MSR_NR_APIC	0x1bu
#define MSR_NR_ICR	0x830u
#define MSR_NR_TSC	0x10u
#define MACHINE_VALUE	UINT64_C(0x123456789abcdef0)
#define OS_EFER		(EFER_LMA | EFER_LME | EFER_SCE)
#define EFER_REAL_BITS	UINT64_C(0x7d01)	/* SCE LME LMA NXE SVME ... */

static struct hv *hv;
static struct cpu *cpu;

/* What the tests below need; each is writable but EFER, which has bits. */
static const uint32_t machine_has[] = {
	MSR_NR_EFER, MSR_NR_APIC, MSR_NR_ICR, 0xc0010114, 0xc0010117,
	0xc0010118, 0xc0010010, 0xc0010111, 0xc0010112, 0xc0010113,
	0xc001001a, 0xc001001d, 0xc0010016, 0xc0010017, 0xc0010018,
	0xc0010019, 0xc0010058,
};

static void setup_guard(bool has_guard)
{
	struct fake_options options = fake_default;
	unsigned int i;

	_Static_assert(COUNT_OF(machine_has) <= FAKE_MSRS, "they fit");
	options.has_apic_guard = has_guard;
	hv = fake_launched(&options);
	cpu = hv->cpus[0];
	memset(fake_msrs, 0, sizeof(fake_msrs));
	for (i = 0; i < COUNT_OF(machine_has); i++)
		fake_msrs[i] = (struct fake_msr){ machine_has[i], MACHINE_VALUE,
						  UINT64_MAX };
	fake_msrs[0].writable = EFER_REAL_BITS;
}

static void setup(void)
{
	setup_guard(false);
}

static uint64_t machine_msr(uint32_t msr)
{
	uint64_t value = 0;

	CHECK(platform_read_msr(msr, &value));
	return value;
}

/* Through exit.c, as the OS does it; false: it got a #GP. */
static bool read_msr(uint32_t msr, uint64_t *value)
{
	const struct vmexit exit = { .kind = VMEXIT_RDMSR, .next_rip = 0x102 };
	unsigned int injected = fake_os(cpu)->inject_count;

	cpu->os_regs.rip = 0x100;
	cpu->os_regs.rcx = msr | UINT64_C(0xdead) << 32;
	cpu->os_regs.rax = cpu->os_regs.rdx = 0x77;
	os_handle_exit(cpu, &exit);
	if (fake_os(cpu)->inject_count != injected) {
		CHECK_EQ(cpu->os_regs.rip, 0x100);
		CHECK_EQ(fake_os(cpu)->vector, 13);
		CHECK(cpu->os_regs.rax == 0x77 && cpu->os_regs.rdx == 0x77);
		return false;
	}
	CHECK_EQ(cpu->os_regs.rip, 0x102);
	CHECK(cpu->os_regs.rax >> 32 == 0 && cpu->os_regs.rdx >> 32 == 0);
	*value = cpu->os_regs.rdx << 32 | cpu->os_regs.rax;
	return true;
}

static bool write_msr(uint32_t msr, uint64_t value)
{
	const struct vmexit exit = { .kind = VMEXIT_WRMSR, .next_rip = 0x102 };
	unsigned int injected = fake_os(cpu)->inject_count;

	cpu->os_regs.rip = 0x100;
	cpu->os_regs.rcx = msr | UINT64_C(0xdead) << 32;
	cpu->os_regs.rax = (uint32_t)value | UINT64_C(0xbeef) << 32;
	cpu->os_regs.rdx = value >> 32 | UINT64_C(0xbeef) << 32;
	os_handle_exit(cpu, &exit);
	CHECK(cpu->os_regs.rip ==
	      (fake_os(cpu)->inject_count == injected ? 0x102 : 0x100));
	return fake_os(cpu)->inject_count == injected;
}

/* A machine with this register only, that takes any value. */
static void have_msr(uint32_t msr, uint64_t value)
{
	memset(fake_msrs, 0, sizeof(fake_msrs));
	fake_msrs[0] = (struct fake_msr){ msr, value, UINT64_MAX };
}

static void check_read(const struct access_row *row)
{
	uint64_t value = 0;
	bool is_read = read_msr(row->first, &value);

	CHECK_EQ(is_read, row->read != ACCESS_REFUSE);
	if (row->read == ACCESS_PASS)
		CHECK_EQ(value, MACHINE_VALUE);
	if (row->read == ACCESS_VALUE)
		CHECK_EQ(value, row->value);
}

static void check_write(const struct access_row *row)
{
	uint64_t after = MACHINE_VALUE;

	switch (row->write) {
	case ACCESS_PASS:
	case ACCESS_PAUSE:
		CHECK(write_msr(row->first, after = 1));
		break;
	case ACCESS_IGNORE:
		CHECK(write_msr(row->first, 0));
		break;
	case ACCESS_BITS:
		CHECK(!write_msr(row->first, MACHINE_VALUE ^ UINT64_MAX));
		after ^= row->value & -row->value;
		CHECK(write_msr(row->first, after));
		break;
	case ACCESS_SET:
		CHECK(!write_msr(row->first, 0));
		CHECK(write_msr(row->first, after |= 1));
		break;
	case ACCESS_REFUSE:
	case ACCESS_VALUE:
		CHECK(!write_msr(row->first, 0));
		CHECK(!write_msr(row->first, MACHINE_VALUE));
		break;
	case ACCESS_EFER:
	case ACCESS_TSC:
	case ACCESS_APIC_BASE:
	case ACCESS_ICR:
	case ACCESS_RESET:
	case ACCESS_RESET_VALUE:
	case ACCESS_KEYBOARD:
	case ACCESS_STARTUP:
	case ACCESS_CONFIG:
	case ACCESS_IOMMU:
		return;
	}
	CHECK_EQ(machine_msr(row->first), after);
}

static void each_row_does_what_it_says(void)
{
	const struct access_row *rows;
	unsigned int count, i, paused_count = 0;

	setup();
	rows = access_rows(&count);
	for (i = 0; i < count; i++) {
		CHECK(rows[i].first <= rows[i].last && rows[i].reason[0]);
		paused_count += rows[i].write == ACCESS_PAUSE;
		if (rows[i].write == ACCESS_PAUSE)
			CHECK(rows[i].first == rows[i].last && rows[i].value);
		if (access_find(rows[i].kind, rows[i].first) != &rows[i] ||
		    rows[i].kind != ACCESS_MSR)
			continue;	/* begins with what has a row before */
		have_msr((uint32_t)rows[i].first, MACHINE_VALUE);
		check_read(&rows[i]);
		check_write(&rows[i]);
	}
	CHECK(paused_count <= ACCESS_PAUSED_MAX);
}

/* What is passed both ways by a row that others hide is no row at all. */
static void each_row_holds_somewhere(void)
{
	const struct access_row *rows;
	unsigned int count, i;
	uint64_t msr;

	rows = access_rows(&count);
	for (i = 0; i < count; i++) {
		for (msr = rows[i].first; msr < rows[i].last; msr++)
			if (access_find(rows[i].kind, msr) == &rows[i])
				break;
		CHECK(access_find(rows[i].kind, msr) == &rows[i]);
	}
}

#define COUNTS		(UINT64_C(1) << 22)
#define COUNTER		0xc0010200u

static uint64_t counter_in_pal;

static void look_at_counter(struct vcpu *vcpu)
{
	(void)vcpu;
	counter_in_pal = machine_msr(COUNTER);
}

static void run_pal(uint64_t handle)
{
	const struct fake_step steps[] = {
		{ { .kind = VMEXIT_INTERRUPT }, look_at_counter },
	};
	int64_t status;

	counter_in_pal = UINT64_MAX;
	PLAY(steps);
	CHECK(!user_call(cpu, handle, 0, &status));
}

static void a_counter_stands_still_while_a_pal_runs(void)
{
	uint64_t handle;

	setup();
	fake_give_blocks(hv, 12, 3);
	CHECK_EQ(fake_notary_start(cpu), HV_OK);
	handle = fake_pal_make(cpu, 1);
	CHECK(handle);
	have_msr(COUNTER, 0);
	CHECK(write_msr(COUNTER, COUNTS | 0x76));
	run_pal(handle);
	CHECK_EQ(counter_in_pal, 0x76);
	CHECK_EQ(machine_msr(COUNTER), COUNTS | 0x76);
	CHECK(write_msr(COUNTER, 0x76));
	run_pal(handle);
	CHECK_EQ(counter_in_pal, 0x76);
	CHECK_EQ(machine_msr(COUNTER), 0x76);
	CHECK_EQ(cpu->switch_work, 0);
}

static void what_counted_before_the_launch_is_known(void)
{
	setup();
	have_msr(COUNTER, COUNTS);
	msr_begin(cpu);
	CHECK(cpu->switch_work != 0);
	msr_pause(cpu);
	CHECK_EQ(machine_msr(COUNTER), 0);
	msr_resume(cpu);
	CHECK_EQ(machine_msr(COUNTER), COUNTS);
	have_msr(COUNTER, 0);
	msr_begin(cpu);
	CHECK_EQ(cpu->switch_work, 0);
}

/* It is stopped by its first number: by its second it reads as stopped. */
static void a_counter_with_two_numbers_runs_on(void)
{
	setup();
	have_msr(COUNTER, 0);
	cpu->paused[0] = (struct paused_msr){ COUNTER, COUNTS };
	cpu->paused[1] = (struct paused_msr){ COUNTER, 0 };
	cpu->paused_count = 2;
	msr_resume(cpu);
	CHECK_EQ(machine_msr(COUNTER), COUNTS);
}

/* The rows that other systems forgot. */
static void the_hypervisor_s_registers_are_refused(void)
{
	static const uint32_t refused[] = {
		0xc0010114, 0xc0010117, 0xc0010118, 0xc0010010, 0xc0010111,
		0xc0010112, 0xc0010113, 0xc001001a, 0xc001001d,
		0xc0010016, 0xc0010017, 0xc0010018, 0xc0010019,
		0xc0010058,
	};
	uint64_t value;
	unsigned int i;

	setup();
	for (i = 0; i < COUNT_OF(refused); i++) {
		CHECK(!write_msr(refused[i], 0));
		CHECK(!write_msr(refused[i], 1));
	}
	CHECK(read_msr(0xc0010117, &value) && value == 0);
	CHECK(read_msr(0xc0010114, &value) && value == 0x18);
}

/* Instructions retired, and AMD's lightweight profiling. */
static void what_counts_and_is_never_paused_is_not_told(void)
{
	uint64_t value;

	setup();
	have_msr(0xc00000e9, 7);
	CHECK(!read_msr(0xc00000e9, &value));
	CHECK(!write_msr(0xc00000e9, 0));
	have_msr(0xc0000105, 0);
	CHECK(read_msr(0xc0000105, &value) && value == 0);
	CHECK(!write_msr(0xc0000105, 1));
	have_msr(0xc0000106, 0);
	CHECK(!write_msr(0xc0000106, 0x1000));
}

static void what_has_no_row_is_refused(void)
{
	static const uint32_t none[] = {
		0x2000, 0x40000000, 0xbfffffff, 0xc0003000, 0xc0012000,
		0xffffffff,
	};
	uint64_t value;
	unsigned int i;

	setup();
	for (i = 0; i < COUNT_OF(none); i++) {
		have_msr(none[i], 0);
		CHECK(!read_msr(none[i], &value));
		CHECK(!write_msr(none[i], 0));
	}
}

/* Nobody has a list of AMD's own: reading tells, writing may do anything. */
static void an_unknown_register_of_amd_s_cannot_be_written(void)
{
	uint64_t value = 0;

	setup();
	have_msr(0xc0011024, 7);
	CHECK(read_msr(0xc0011024, &value) && value == 7);
	CHECK(!write_msr(0xc0011024, 7));
}

/* They lie outside of AMD's bitmap, so they exit whether we like it or not. */
static void machine_check_banks_are_the_machine_s(void)
{
	uint64_t value = 0;

	setup();
	fake_msrs[0] = (struct fake_msr){ 0xc0002000, 5, UINT64_MAX };
	fake_msrs[1] = (struct fake_msr){ 0xc0002fff, 6, UINT64_MAX };
	CHECK(read_msr(0xc0002000, &value) && value == 5);
	CHECK(read_msr(0xc0002fff, &value) && value == 6);
	CHECK(write_msr(0xc0002000, 7));
	CHECK_EQ(machine_msr(0xc0002000), 7);
	CHECK(!read_msr(0xc0002001, &value));	/* this machine has none */
	CHECK(!read_msr(0xc0001fff, &value));
	CHECK(!read_msr(0xc0003000, &value));
}

static void what_the_machine_lacks_raises_gp(void)
{
	uint64_t value;

	setup();
	memset(fake_msrs, 0, sizeof(fake_msrs));
	CHECK(!read_msr(0xc0010010, &value));
	CHECK(!read_msr(MSR_NR_APIC, &value));
	CHECK(!write_msr(MSR_NR_APIC, FAKE_APIC_BASE | 0x800));
	CHECK(!write_msr(MSR_NR_ICR, 0));
	CHECK(!write_msr(MSR_NR_EFER, OS_EFER | EFER_NXE));
}

/* By it a PAL pads its time; the OS may think of it what it likes. */
static void the_os_sets_only_its_own_view_of_time(void)
{
	uint64_t before, written = UINT64_C(1) << 40;

	setup();
	have_msr(MSR_NR_TSC, MACHINE_VALUE);
	before = platform_ticks();
	CHECK(write_msr(MSR_NR_TSC, written));
	CHECK_EQ(machine_msr(MSR_NR_TSC), MACHINE_VALUE);
	CHECK(written - fake_os(cpu)->regs[GUEST_TSC_OFFSET] >= before);
	CHECK(written - fake_os(cpu)->regs[GUEST_TSC_OFFSET] <=
	      platform_ticks());
}

static void svme_says_that_svm_is_in_use(void)
{
	uint64_t value = 0;

	setup();
	CHECK_EQ(fake_os(cpu)->regs[GUEST_EFER], OS_EFER | EFER_SVME);
	CHECK(read_msr(MSR_NR_EFER, &value));
	CHECK_EQ(value, OS_EFER | EFER_SVME);
}

static void svme_stays_whatever_is_written(void)
{
	setup();
	CHECK(write_msr(MSR_NR_EFER, OS_EFER | EFER_SVME));
	CHECK_EQ(fake_os(cpu)->regs[GUEST_EFER], OS_EFER | EFER_SVME);
	CHECK(write_msr(MSR_NR_EFER, OS_EFER));
	CHECK_EQ(fake_os(cpu)->regs[GUEST_EFER], OS_EFER | EFER_SVME);
	CHECK_EQ(machine_msr(MSR_NR_EFER),
		 EFER_SVME | EFER_LME | EFER_LMA | EFER_NXE);
}

static void the_os_changes_its_efer_only(void)
{
	setup();
	CHECK(write_msr(MSR_NR_EFER, OS_EFER | EFER_NXE));
	CHECK_EQ(fake_os(cpu)->regs[GUEST_EFER] & ~(uint64_t)EFER_SVME,
		 OS_EFER | EFER_NXE);
	CHECK(write_msr(MSR_NR_EFER, EFER_LMA | EFER_LME));
	CHECK_EQ(fake_os(cpu)->regs[GUEST_EFER] & ~(uint64_t)EFER_SVME,
		 EFER_LMA | EFER_LME);
	CHECK_EQ(machine_msr(MSR_NR_EFER),
		 EFER_SVME | EFER_LME | EFER_LMA | EFER_NXE);
}

/* Automatic IBRS, say: the OS has its own, and does not switch off ours. */
static void the_hypervisor_s_efer_stays(void)
{
	setup();
	fake_msrs[0].writable |= EFER_AIBRSE;
	hv->own_efer |= EFER_AIBRSE;
	CHECK(write_msr(MSR_NR_EFER, OS_EFER | EFER_NXE));
	CHECK_EQ(machine_msr(MSR_NR_EFER), hv->own_efer);
	CHECK_EQ(fake_os(cpu)->regs[GUEST_EFER],
		 OS_EFER | EFER_NXE | EFER_SVME);
}

static void bits_that_the_cpu_lacks_are_refused(void)
{
	setup();
	CHECK(!write_msr(MSR_NR_EFER, OS_EFER | 1 << 15));	/* TCE */
	CHECK(!write_msr(MSR_NR_EFER, OS_EFER | 1 << 21));
	CHECK(write_msr(MSR_NR_EFER, OS_EFER | 1 << 14));	/* FFXSR */
	CHECK(!write_msr(MSR_NR_EFER, OS_EFER | 2));
	CHECK(!write_msr(MSR_NR_EFER, OS_EFER | 1 << 16));
	CHECK(!write_msr(MSR_NR_EFER, OS_EFER | UINT64_C(1) << 63));
}

static void long_mode_changes_with_paging_off_only(void)
{
	setup();
	CHECK(!write_msr(MSR_NR_EFER, EFER_LMA | EFER_SCE));
	fake_os(cpu)->regs[GUEST_CR0] = CR0_PE;
	fake_os(cpu)->regs[GUEST_EFER] = EFER_LME;
	CHECK(write_msr(MSR_NR_EFER, 0));
	CHECK_EQ(fake_os(cpu)->regs[GUEST_EFER] & EFER_LME, 0);
	CHECK(write_msr(MSR_NR_EFER, EFER_LME));
	/* LMA is the CPU's: what is written there does not count. */
	CHECK(write_msr(MSR_NR_EFER, EFER_LME | EFER_LMA));
	CHECK_EQ(fake_os(cpu)->regs[GUEST_EFER] & EFER_LMA, 0);
}

static void the_apic_does_not_move(void)
{
	setup();
	CHECK(write_msr(MSR_NR_APIC, FAKE_APIC_BASE | 0xd00));
	CHECK_EQ(machine_msr(MSR_NR_APIC), FAKE_APIC_BASE | 0xd00);
	CHECK(!write_msr(MSR_NR_APIC, FAKE_APIC_BASE + PAGE_SIZE));
	CHECK(!write_msr(MSR_NR_APIC, FAKE_HV_BASE | 0x800));
	CHECK(!write_msr(MSR_NR_APIC, 0x800));
	CHECK_EQ(machine_msr(MSR_NR_APIC), FAKE_APIC_BASE | 0xd00);
}

static void init_is_dropped_where_it_is_guarded(void)
{
	setup_guard(true);
	CHECK(write_msr(MSR_NR_ICR, UINT64_C(1) << 32 | 0x500));
	CHECK(write_msr(MSR_NR_ICR, UINT64_C(1) << 32 | 0x608));
	CHECK(write_msr(MSR_NR_ICR, 0xc4500));
	CHECK_EQ(machine_msr(MSR_NR_ICR), MACHINE_VALUE);
	CHECK_EQ(cpu->stats.count[HV_COUNT_APIC_GUARD], 3);
	CHECK(write_msr(MSR_NR_ICR, UINT64_C(3) << 32 | 0x4f1));
	CHECK_EQ(machine_msr(MSR_NR_ICR), UINT64_C(3) << 32 | 0x4f1);
	setup_guard(false);
	CHECK(write_msr(MSR_NR_ICR, 0x500));
	CHECK_EQ(machine_msr(MSR_NR_ICR), 0x500);
}

static void cpuid_of_the_os(uint32_t leaf, uint32_t subleaf)
{
	const struct vmexit exit = { .kind = VMEXIT_CPUID, .next_rip = 0x202 };

	fake_cpuid = (struct cpuid_regs){ UINT32_MAX, UINT32_MAX, UINT32_MAX,
					  UINT32_MAX };
	cpu->os_regs.rax = leaf | UINT64_C(0xff) << 32;
	cpu->os_regs.rcx = subleaf | UINT64_C(0xff) << 32;
	cpu->os_regs.rbx = cpu->os_regs.rdx = UINT64_MAX;
	os_handle_exit(cpu, &exit);
	CHECK_EQ(cpu->os_regs.rip, 0x202);
	CHECK_EQ(fake_cpuid_leaf, leaf);
	CHECK_EQ(fake_cpuid_subleaf, subleaf);
	CHECK((cpu->os_regs.rax | cpu->os_regs.rbx | cpu->os_regs.rcx |
	       cpu->os_regs.rdx) >> 32 == 0);
}

static void the_os_sees_the_machine_without_svm(void)
{
	setup();
	cpuid_of_the_os(0, 0);
	CHECK_EQ(cpu->os_regs.rcx, UINT32_MAX);
	cpuid_of_the_os(0x80000001, 0);
	CHECK_EQ(cpu->os_regs.rcx, UINT32_MAX & ~(1u << 2 | 1u << 12));
	CHECK_EQ(cpu->os_regs.rdx, UINT32_MAX);
	cpuid_of_the_os(0x8000000a, 0);
	CHECK_EQ(cpu->os_regs.rax | cpu->os_regs.rbx | cpu->os_regs.rcx |
		 cpu->os_regs.rdx, 0);
}

static void bits_follow_the_os_s_own_cr4(void)
{
	setup();
	cpuid_of_the_os(1, 0);
	CHECK_EQ(cpu->os_regs.rcx, UINT32_MAX & ~(1u << 27));
	cpuid_of_the_os(7, 0);
	CHECK_EQ(cpu->os_regs.rcx, UINT32_MAX & ~(1u << 4));
	cpuid_of_the_os(7, 1);
	CHECK_EQ(cpu->os_regs.rcx, UINT32_MAX);
	fake_os(cpu)->regs[GUEST_CR4] |= CR4_OSXSAVE | CR4_PKE;
	cpuid_of_the_os(1, 0);
	CHECK_EQ(cpu->os_regs.rcx, UINT32_MAX);
	cpuid_of_the_os(7, 0);
	CHECK_EQ(cpu->os_regs.rcx, UINT32_MAX);
}

static void palisade_can_be_found(void)
{
	setup();
	cpuid_of_the_os(HV_CPUID_LEAF, 0);
	CHECK_EQ(cpu->os_regs.rax, HV_ABI_VERSION);
	CHECK(!memcmp(&cpu->os_regs.rbx, "Pali", 4));
	CHECK(!memcmp(&cpu->os_regs.rcx, "sade", 4));
	CHECK(!memcmp(&cpu->os_regs.rdx, "Hypr", 4));
}

static void cpuid_of_a_pal(struct guest_regs *regs, uint32_t leaf,
			   uint32_t subleaf)
{
	fake_cpuid = (struct cpuid_regs){ UINT32_MAX, UINT32_MAX, UINT32_MAX,
					  UINT32_MAX };
	*regs = (struct guest_regs){ .rax = leaf, .rcx = subleaf, .r9 = 9 };
	cpuid_for_pal(regs);
	CHECK_EQ(regs->r9, 9);
}

/* No AVX, XSAVE, SVM, hypervisor or APIC bits; nothing says which CPU. */
static void a_pal_sees_what_it_may_use(void)
{
	struct guest_regs regs;
	uint32_t leaf;

	cpuid_of_a_pal(&regs, 0, 0);
	CHECK_EQ(regs.rax, 7);
	CHECK_EQ(regs.rbx, UINT32_MAX);
	cpuid_of_a_pal(&regs, 1, 0);
	CHECK_EQ(regs.rbx, 0);
	CHECK_EQ(regs.rcx & (1u << 12 | 1u << 26 | 1u << 27 | 1u << 28 |
			     1u << 31), 0);
	CHECK_EQ(regs.rcx & (1u << 25 | 1u << 30), 1u << 25 | 1u << 30);
	CHECK_EQ(regs.rdx & (1u << 9 | 1u << 26), 1u << 26);
	cpuid_of_a_pal(&regs, 7, 0);
	CHECK_EQ(regs.rbx & (1u << 18 | 1u << 8 | 1u << 5), 1u << 18 | 1u << 8);
	CHECK_EQ(regs.rax | regs.rcx | regs.rdx, 0);
	cpuid_of_a_pal(&regs, 7, 1);
	CHECK_EQ(regs.rax | regs.rbx | regs.rcx | regs.rdx, 0);
	for (leaf = 2; leaf < 64; leaf++) {
		cpuid_of_a_pal(&regs, leaf == 7 ? 0x80000001 : leaf, 0);
		CHECK_EQ(regs.rax | regs.rbx | regs.rcx | regs.rdx, 0);
	}
}

TESTS(
	RUN(each_row_does_what_it_says);
	RUN(each_row_holds_somewhere);
	RUN(a_counter_stands_still_while_a_pal_runs);
	RUN(what_counted_before_the_launch_is_known);
	RUN(a_counter_with_two_numbers_runs_on);
	RUN(the_hypervisor_s_registers_are_refused);
	RUN(what_counts_and_is_never_paused_is_not_told);
	RUN(what_has_no_row_is_refused);
	RUN(an_unknown_register_of_amd_s_cannot_be_written);
	RUN(machine_check_banks_are_the_machine_s);
	RUN(what_the_machine_lacks_raises_gp);
	RUN(the_os_sets_only_its_own_view_of_time);
	RUN(svme_says_that_svm_is_in_use);
	RUN(svme_stays_whatever_is_written);
	RUN(the_os_changes_its_efer_only);
	RUN(the_hypervisor_s_efer_stays);
	RUN(bits_that_the_cpu_lacks_are_refused);
	RUN(long_mode_changes_with_paging_off_only);
	RUN(the_apic_does_not_move);
	RUN(init_is_dropped_where_it_is_guarded);
	RUN(the_os_sees_the_machine_without_svm);
	RUN(bits_follow_the_os_s_own_cr4);
	RUN(palisade_can_be_found);
	RUN(a_pal_sees_what_it_may_use);
)
