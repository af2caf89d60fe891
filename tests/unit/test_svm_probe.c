/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hv/svm/svm.c: on which machines it starts, and where it guards the APIC.
 * RDMSR and WRMSR raise a fault in a program: the handler does them here.
 */
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <ucontext.h>

#include "abi/launch.h"
#include "fake_machine.h"
#include "svm/svm.h"
#include "test.h"
#include "x86/descriptors.h"

#define VM_CR		0xc0010114u
#define EFER		0xc0000080u
#define EFER_SVME_BIT	0x1000u
#define SYSCFG		0xc0010010u
#define SYSCFG_SME	(1u << 23)

static uint64_t vm_cr, vm_cr_writable, efer, syscfg;

/* What is only called on a CPU that enters. */
void svm_run(uint64_t vmcb_pa, struct guest_regs *regs, uint64_t host_pa);
void svm_run(uint64_t vmcb_pa, struct guest_regs *regs, uint64_t host_pa)
{
	(void)vmcb_pa;
	(void)regs;
	(void)host_pa;
}

void descriptors_load(const struct descriptors *descriptors)
{
	(void)descriptors;
}

void svm_leave(struct cpu *cpu)
{
	(void)cpu;
	__builtin_trap();
}

static uint64_t read_one(uint32_t msr)
{
	switch (msr) {
	case VM_CR:
		return vm_cr;
	case EFER:
		return efer;
	case SYSCFG:
		return syscfg;
	}
	return 0;
}

static void do_msr(int number, siginfo_t *why, void *where)
{
	greg_t *regs = ((ucontext_t *)where)->uc_mcontext.gregs;
	const uint8_t *code = (const uint8_t *)regs[REG_RIP];
	uint32_t msr = (uint32_t)regs[REG_RCX];
	uint64_t value;

	(void)why;
	if (code[0] == 0x0f && code[1] == 0x32) {
		value = read_one(msr);
		regs[REG_RAX] = (uint32_t)value;
		regs[REG_RDX] = (greg_t)(value >> 32);
	} else if (code[0] == 0x0f && code[1] == 0x30 && msr == VM_CR) {
		value = (uint32_t)regs[REG_RAX];
		vm_cr = (vm_cr & ~vm_cr_writable) | (value & vm_cr_writable);
	} else {
		signal(number, SIG_DFL);
		return;
	}
	regs[REG_RIP] += 2;
}

/* A machine that it starts on. */
static void setup(void)
{
	struct sigaction action = { .sa_sigaction = do_msr,
				    .sa_flags = SA_SIGINFO };

	sigaction(SIGSEGV, &action, NULL);
	fake_cpuid = (struct cpuid_regs){ .eax = 0x8000000a, .ebx = 16,
					  .ecx = 4, .edx = 1 };
	vm_cr = vm_cr_writable = efer = syscfg = 0;
}

static uint32_t reason(void)
{
	uint32_t why = 99;
	int err = svm_vendor.probe(&why);

	CHECK_EQ(err, why == HV_REASON_NONE ? HV_OK : HV_ENOTSUP);
	return why;
}

static void a_good_machine_is_taken(void)
{
	setup();
	CHECK_EQ(reason(), HV_REASON_NONE);
}

static void what_cpuid_lacks_is_told(void)
{
	setup();
	fake_cpuid.ebx = 0x756e6547;
	CHECK_EQ(reason(), HV_REASON_VMX);
	setup();
	fake_cpuid.eax = 0x80000008;
	CHECK_EQ(reason(), HV_REASON_NO_SVM);
	setup();
	fake_cpuid.ecx = 0;
	CHECK_EQ(reason(), HV_REASON_NO_SVM);
	setup();
	fake_cpuid.edx = 0;
	CHECK_EQ(reason(), HV_REASON_NO_NPT);
	setup();
	fake_cpuid.ebx = 2;
	CHECK_EQ(reason(), HV_REASON_NO_ASID);
}

static void what_the_firmware_has_locked_is_told(void)
{
	setup();
	vm_cr = VM_CR_SVMDIS;
	CHECK_EQ(reason(), HV_REASON_SVM_LOCKED);
	setup();
	efer = EFER_SVME_BIT;
	CHECK_EQ(reason(), HV_REASON_SVM_IN_USE);
	setup();
	syscfg = SYSCFG_SME;
	CHECK_EQ(reason(), HV_REASON_ENCRYPTION);
}

static bool is_guarded(bool sticks, bool starts_cpus)
{
	struct hv *hv;

	setup();
	hv = fake_machine(&fake_default);
	hv->starts_cpus = starts_cpus;
	vm_cr_writable = sticks ? VM_CR_R_INIT : 0;
	CHECK_EQ(svm_vendor.init(hv), HV_OK);
	CHECK_EQ(vm_cr, 0);		/* tried, and taken back */
	return hv->has_apic_guard;
}

/* Launched before the OS it has to see startup IPIs, which cannot be caught. */
static void the_apic_is_guarded_only_where_it_must(void)
{
	CHECK(!is_guarded(true, false));
	CHECK(is_guarded(false, false));
	CHECK(is_guarded(true, true));
	CHECK(is_guarded(false, true));
}

TESTS(
	RUN(a_good_machine_is_taken);
	RUN(what_cpuid_lacks_is_told);
	RUN(what_the_firmware_has_locked_is_told);
	RUN(the_apic_is_guarded_only_where_it_must);
)
