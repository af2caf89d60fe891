/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Writes the registers by which a kernel could take the CPU or the meaning of
 * addresses from the hypervisor, on each CPU.
 */
#include <cpuid.h>
#include "../system/case.h"
#include "abi/hypercall.h"
#include "common_hostile.h"
#include "guarded_msrs.h"
#include "pal_host.h"
#include "secret.h"

#define MSR_TSC		0x00000010u
#define MSR_APIC_BASE	0x0000001bu
#define MSR_EFER	0xc0000080u
#define MSR_TSC_AUX	0xc0000103u
#define MSR_VM_CR	0xc0010114u
#define MSR_VM_HSAVE_PA 0xc0010117u
#define APIC_BASE_ENABLED UINT64_C(0x800)
#define APIC_BASE_X2APIC UINT64_C(0x400)
#define CPUID_X2APIC	(1u << 21)	/* leaf 1, ECX */
#define EFER_SVME	(UINT64_C(1) << 12)
#define EFER_LME	(UINT64_C(1) << 8)
#define EFER_NXE	(UINT64_C(1) << 11)
#define EFER_SCE	(UINT64_C(1) << 0)
#define GP		13

static int read_msr(uint32_t msr, uint64_t *value)
{
	struct attack_msr order = {.msr = msr};

	CHECK_EQ(hostile_order(ATTACK_RDMSR, &order), 0);
	*value = order.value;
	return order.result;
}

static int write_msr(uint32_t msr, uint64_t value)
{
	struct attack_msr order = {.msr = msr, .value = value};

	CHECK_EQ(hostile_order(ATTACK_WRMSR, &order), 0);
	return order.result;
}

static void on_each_cpu(void (*attack)(void))
{
	for (unsigned int cpu = 0; cpu < hostile_cpu_count(); cpu++) {
		REQUIRE(hostile_run_on(cpu));
		attack();
		/* Still under the hypervisor, whatever was tried. */
		CHECK_EQ(hostile_call(HC_INFO, 0, 0, 0, NULL), HV_OK);
	}
}

static void write_harmless(void)
{
	uint64_t value;

	CHECK_EQ(read_msr(MSR_TSC_AUX, &value), ATTACK_WORKED);
	CHECK_EQ(write_msr(MSR_TSC_AUX, value), ATTACK_WORKED);
}

static void a_harmless_register_can_be_written(void)
{
	on_each_cpu(write_harmless);
}

static void write_host_save_area(void)
{
	uint64_t value;

	CHECK_EQ(write_msr(MSR_VM_HSAVE_PA, 0), GP);
	CHECK_EQ(write_msr(MSR_VM_HSAVE_PA, 0x1000), GP);
	CHECK_EQ(write_msr(MSR_VM_HSAVE_PA, ~UINT64_C(0xfff)), GP);
	CHECK_EQ(read_msr(MSR_VM_HSAVE_PA, &value), ATTACK_WORKED);
	CHECK_EQ(value, 0);	/* where the hypervisor's is, is hidden */
}

static void the_host_save_area_cannot_be_moved(void)
{
	on_each_cpu(write_host_save_area);
}

static void write_efer(void)
{
	uint64_t value;

	CHECK_EQ(read_msr(MSR_EFER, &value), ATTACK_WORKED);
	CHECK(value & EFER_SVME);	/* in use, it says */
	CHECK_EQ(write_msr(MSR_EFER, value & ~EFER_SVME), ATTACK_WORKED);
	CHECK_EQ(hostile_call(HC_INFO, 0, 0, 0, NULL), HV_OK);
	CHECK_EQ(read_msr(MSR_EFER, &value), ATTACK_WORKED);
	CHECK(value & EFER_SVME);
	CHECK_EQ(write_msr(MSR_EFER, value & ~EFER_LME), GP);
	CHECK_EQ(write_msr(MSR_EFER, value | UINT64_C(1) << 63), GP);
	CHECK_EQ(write_msr(MSR_EFER, ~UINT64_C(0)), GP);
	/* What it has already is what Linux itself writes. */
	CHECK_EQ(write_msr(MSR_EFER, value), ATTACK_WORKED);
	CHECK_EQ(hostile_call(HC_INFO, 0, 0, 0, NULL), HV_OK);
}

static void svm_cannot_be_switched(void)
{
	on_each_cpu(write_efer);
}

static void write_vm_cr(void)
{
	uint64_t value;

	CHECK_EQ(read_msr(MSR_VM_CR, &value), ATTACK_WORKED);
	CHECK_EQ(value & 0x18, 0x18);	/* disabled and locked, it says */
	CHECK_EQ(write_msr(MSR_VM_CR, 0), GP);
	CHECK_EQ(write_msr(MSR_VM_CR, value), GP);
	CHECK_EQ(write_msr(MSR_VM_CR, ~UINT64_C(0)), GP);
}

static void init_redirection_cannot_be_switched(void)
{
	on_each_cpu(write_vm_cr);
}

static void move_apic(void)
{
	struct attack_refused protected;
	uint64_t value;
	const char *why = hostile_find_protected(&protected);

	if (why) {
		case_fail("%s", why);
		return;
	}
	CHECK_EQ(read_msr(MSR_APIC_BASE, &value), ATTACK_WORKED);
	CHECK_EQ(value & ~UINT64_C(0xfff), 0xfee00000);
	CHECK_EQ(write_msr(MSR_APIC_BASE,
			   protected.ranges[0].base | (value & 0xfff)),
		 GP);
	CHECK_EQ(write_msr(MSR_APIC_BASE, 0xfee01000 | (value & 0xfff)), GP);
	CHECK_EQ(write_msr(MSR_APIC_BASE, value & 0xfff), GP);
	CHECK_EQ(write_msr(MSR_APIC_BASE, value), ATTACK_WORKED);
}

/* Off, it would let no NMI in that has the CPU leave a PAL. */
static void switch_apic_off(void)
{
	uint64_t before, after;

	CHECK_EQ(read_msr(MSR_APIC_BASE, &before), ATTACK_WORKED);
	CHECK_EQ(write_msr(MSR_APIC_BASE, before & ~APIC_BASE_ENABLED),
		 ATTACK_WORKED);
	CHECK_EQ(read_msr(MSR_APIC_BASE, &after), ATTACK_WORKED);
	CHECK_EQ(after, before);
}

static void the_apic_cannot_be_switched_off(void)
{
	on_each_cpu(switch_apic_off);
}

static void the_apic_cannot_be_moved(void)
{
	on_each_cpu(move_apic);
}

/* The hypervisor asks the machine, and passes its #GP on. */
static void write_what_the_machine_refuses(void)
{
	uint32_t eax, ebx, ecx, edx;
	uint64_t before, after;

	__cpuid(1, eax, ebx, ecx, edx);
	if (ecx & CPUID_X2APIC)
		case_skip("this machine has an x2APIC");
	CHECK_EQ(read_msr(MSR_APIC_BASE, &before), ATTACK_WORKED);
	if (write_msr(MSR_APIC_BASE, before | APIC_BASE_X2APIC) != GP) {
		write_msr(MSR_APIC_BASE, before);
		case_skip("this machine takes any value, as QEMU before 9");
	}
	CHECK_EQ(read_msr(MSR_APIC_BASE, &after), ATTACK_WORKED);
	CHECK_EQ(after, before);
}

static void the_machine_s_own_refusal_is_passed_on(void)
{
	on_each_cpu(write_what_the_machine_refuses);
}

/* What a physical address means, SMM, traces: a row of the table each. */
static void write_refused(void)
{
	for (unsigned int i = 0; i < COUNT_OF(refused_msrs); i++) {
		CHECK_EQ(write_msr(refused_msrs[i], 0), GP);
		CHECK_EQ(write_msr(refused_msrs[i], 1), GP);
		CHECK_EQ(write_msr(refused_msrs[i], ~UINT64_C(0)), GP);
	}
}

static void guarded_registers_cannot_be_written(void)
{
	on_each_cpu(write_refused);
}

static void write_ignored(void)
{
	for (unsigned int i = 0; i < COUNT_OF(ignored_msrs); i++) {
		uint32_t msr = ignored_msrs[i];
		uint64_t before, after;

		CHECK_EQ(read_msr(msr, &before), ATTACK_WORKED);
		CHECK_EQ(write_msr(msr, before ^ 0x806), ATTACK_WORKED);
		CHECK_EQ(read_msr(msr, &after), ATTACK_WORKED);
		CHECK_EQ(after, before);
	}
}

static void cache_types_and_microcode_stay(void)
{
	on_each_cpu(write_ignored);
}

static void write_bits(void)
{
	for (unsigned int i = 0; i < COUNT_OF(refused_bits); i++) {
		uint64_t value;

		CHECK_EQ(read_msr(refused_bits[i].msr, &value), ATTACK_WORKED);
		CHECK_EQ(write_msr(refused_bits[i].msr,
				   value ^ refused_bits[i].bit),
			 GP);
		CHECK_EQ(write_msr(refused_bits[i].msr, value), ATTACK_WORKED);
	}
}

static void smm_stays_unlocked_and_xss_without_traces(void)
{
	on_each_cpu(write_bits);
}

/* They stand still while a PAL runs; the OS keeps the use of them. */
static void write_counters(void)
{
	static const uint32_t msrs[] = {
		0xc0010000, 0xc0010003, 0xc0010200, 0xc001020a, 0xc0011030,
		0xc0011033, 0xc000010f, 0x000001d9, 0x0000038f, 0x000003f1,
		0x000014ce,
	};

	for (unsigned int i = 0; i < COUNT_OF(msrs); i++) {
		uint64_t value;

		CHECK_EQ(read_msr(msrs[i], &value), ATTACK_WORKED);
		CHECK_EQ(write_msr(msrs[i], ~UINT64_C(0)), ATTACK_WORKED);
		CHECK_EQ(case_good_pal_works(), 0);
		CHECK_EQ(write_msr(msrs[i], value), ATTACK_WORKED);
	}
}

static void a_pal_works_whatever_is_to_be_counted(void)
{
	on_each_cpu(write_counters);
}

static void look_at_feature_control(void)
{
	uint64_t value;

	CHECK_EQ(read_msr(0x3a, &value), ATTACK_WORKED);
	CHECK_EQ(value, 1);	/* locked, and nothing enabled */
	CHECK_EQ(read_msr(0x480, &value), GP);
}

static void vmx_cannot_be_enabled(void)
{
	on_each_cpu(look_at_feature_control);
}

/*
 * Registers without a bit in the bitmap must not pass by falling beside it; the
 * machine check banks, C0002000 to C0002FFF, are passed on purpose.
 */
static void write_beyond_bitmap(void)
{
	static const uint32_t msrs[] = {
		0x00002000, 0x40000000, 0x4b564d00, 0x80000000, 0xbfffffff,
		0xc0003000, 0xc0012000, 0xffffffff,
	};
	uint64_t value;

	for (unsigned int i = 0; i < sizeof(msrs) / sizeof(msrs[0]); i++) {
		CHECK_EQ(read_msr(msrs[i], &value), GP);
		CHECK_EQ(write_msr(msrs[i], 0), GP);
	}
}

static void registers_beyond_the_bitmap_are_refused(void)
{
	on_each_cpu(write_beyond_bitmap);
}

static uint64_t ticks_in_pal(struct pal *pal)
{
	uint64_t ticks = 0;

	CHECK_EQ(pal_call(pal, SECRET_TICKS, NULL, 0, &ticks, sizeof(ticks),
			  NULL), 0);
	return ticks;
}

/*
 * A PAL that pads its time must not be told another one.  Back, not ahead:
 * Linux ignores a TSC that runs backwards, but its clock never goes back again
 * after a tick that comes meanwhile.
 */
static void the_time_of_pals_cannot_be_set(void)
{
	struct pal *pal;
	uint64_t before, seen, after;

	REQUIRE(!pal_open(SECRET_IMAGE, &pal) && hostile_run_on(0));
	before = ticks_in_pal(pal);
	CHECK_EQ(write_msr(MSR_TSC, before / 2), ATTACK_WORKED);
	seen = __builtin_ia32_rdtsc();
	after = ticks_in_pal(pal);
	CHECK_EQ(write_msr(MSR_TSC, after), ATTACK_WORKED);
	CHECK(seen - before / 2 < before / 2);	/* as on any machine */
	CHECK(after - seen >= before / 2);
	pal_close(pal);
}

static void look_at_cpuid(void)
{
	uint32_t eax, ebx, ecx, edx;

	__cpuid(0x80000001, eax, ebx, ecx, edx);
	CHECK_EQ(ecx & (1u << 2), 0);	/* SVM */
	CHECK_EQ(ecx & (1u << 12), 0);	/* SKINIT */
	__cpuid(0x8000000a, eax, ebx, ecx, edx);
	CHECK_EQ(eax | ebx | ecx | edx, 0);
	__cpuid(HV_CPUID_LEAF, eax, ebx, ecx, edx);
	CHECK_EQ(ebx, HV_CPUID_EBX);
}

static void cpuid_hides_svm(void)
{
	on_each_cpu(look_at_cpuid);
}

int main(int argc, char **argv)
{
	case_begin(argc, argv);
	RUN(a_harmless_register_can_be_written);
	RUN(the_host_save_area_cannot_be_moved);
	RUN(svm_cannot_be_switched);
	RUN(init_redirection_cannot_be_switched);
	RUN(the_apic_cannot_be_moved);
	RUN(the_apic_cannot_be_switched_off);
	RUN(the_machine_s_own_refusal_is_passed_on);
	RUN(guarded_registers_cannot_be_written);
	RUN(cache_types_and_microcode_stay);
	RUN(smm_stays_unlocked_and_xss_without_traces);
	RUN(a_pal_works_whatever_is_to_be_counted);
	RUN(vmx_cannot_be_enabled);
	RUN(registers_beyond_the_bitmap_are_refused);
	RUN(the_time_of_pals_cannot_be_set);
	RUN(cpuid_hides_svm);
	return case_end();
}
