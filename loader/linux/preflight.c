// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * What a launch needs of the machine.  The hypervisor checks for itself once
 * more; this is here to refuse early, on every CPU, and in words.
 */
#define pr_fmt(fmt) "palisade: " fmt

#include "preflight.h"

#include <linux/cc_platform.h>
#include <linux/cpu.h>
#include <linux/cpumask.h>
#include <linux/errno.h>
#include <linux/printk.h>
#include <linux/smp.h>
#include <asm/msr.h>
#include <asm/processor.h>

#include "abi/hypercall.h"
#include "abi/launch.h"
#include "reason.h"

#define CPUID_EXTENDED_MAX	0x80000000
#define CPUID_EXTENDED		0x80000001
#define CPUID_EXTENDED_SVM	BIT(2)		/* ECX */
#define CPUID_SVM		0x8000000a
#define CPUID_SVM_NPT		BIT(0)		/* EDX */
#define VM_CR			0xc0010114	/* APM Vol. 2, 15.30.1 */
#define VM_CR_SVMDIS		BIT_ULL(4)
#define ASIDS_NEEDED		3

static u32 svm_msr_reason(void)
{
	u64 value;

	if (rdmsrl_safe(VM_CR, &value) || value & VM_CR_SVMDIS)
		return HV_REASON_SVM_LOCKED;
	if (rdmsrl_safe(MSR_EFER, &value) || value & EFER_SVME)
		return HV_REASON_SVM_IN_USE;
	return HV_REASON_NONE;
}

static u32 this_cpu_reason(void)
{
	u32 reason;

	if (cpuid_eax(CPUID_EXTENDED_MAX) < CPUID_SVM ||
	    !(cpuid_ecx(CPUID_EXTENDED) & CPUID_EXTENDED_SVM))
		return HV_REASON_NO_SVM;
	reason = svm_msr_reason();
	if (reason)
		return reason;
	if (!(cpuid_edx(CPUID_SVM) & CPUID_SVM_NPT))
		return HV_REASON_NO_NPT;
	if (cpuid_ebx(CPUID_SVM) < ASIDS_NEEDED)
		return HV_REASON_NO_ASID;
	return HV_REASON_NONE;
}

static void check_this_cpu(void *data)
{
	struct preflight *result = data;

	result->reason = this_cpu_reason();
}

static int check_each_cpu(struct preflight *result)
{
	unsigned int cpu;
	int err;

	for_each_online_cpu(cpu) {
		result->cpu = cpu;
		err = smp_call_function_single(cpu, check_this_cpu, result, 1);
		if (err)
			return err;
		if (result->reason)
			return reason_report(result->reason, cpu);
	}
	result->cpu = 0;
	return 0;
}

/*
 * An offline CPU waits in the kernel's code, natively: whoever owns the kernel
 * could wake it up beside the hypervisor.
 */
static int check_cpu_set(struct preflight *result)
{
	unsigned int cpu;

	result->reason = HV_REASON_CPU;
	if (num_online_cpus() > HV_MAX_CPUS) {
		result->cpu = HV_MAX_CPUS;
		pr_err("%u CPUs are online, at most %u are supported; boot with nr_cpus=%u\n",
		       num_online_cpus(), HV_MAX_CPUS, HV_MAX_CPUS);
		return -EOPNOTSUPP;
	}
	for_each_present_cpu(cpu) {
		if (cpu_online(cpu))
			continue;
		result->cpu = cpu;
		pr_err("CPU %u is offline and would stay outside the hypervisor; bring it online first (chcpu -e %u)\n",
		       cpu, cpu);
		return -EOPNOTSUPP;
	}
	result->reason = HV_REASON_NONE;
	return 0;
}

static bool is_amd(void)
{
	return boot_cpu_data.x86_vendor == X86_VENDOR_AMD ||
	       boot_cpu_data.x86_vendor == X86_VENDOR_HYGON;
}

bool preflight_is_present(void)
{
	u32 eax, ebx, ecx, edx;

	cpuid(HV_CPUID_LEAF, &eax, &ebx, &ecx, &edx);
	return ebx == HV_CPUID_EBX && ecx == HV_CPUID_ECX &&
	       edx == HV_CPUID_EDX;
}

static int check_machine(struct preflight *result)
{
	if (!is_amd()) {
		result->reason = HV_REASON_VMX;
		return reason_report(result->reason, result->cpu);
	}
	if (cc_platform_has(CC_ATTR_MEM_ENCRYPT)) {
		result->reason = HV_REASON_ENCRYPTION;
		return reason_report(result->reason, result->cpu);
	}
	if (preflight_is_present()) {
		result->reason = HV_REASON_SVM_IN_USE;
		pr_err("a Palisade that this module did not launch is running already\n");
		return -EALREADY;
	}
	return 0;
}

int preflight_check(struct preflight *result)
{
	int err;

	*result = (struct preflight){ HV_REASON_NONE, 0 };
	err = check_machine(result);
	if (!err)
		err = check_cpu_set(result);
	if (!err)
		err = check_each_cpu(result);
	return err;
}
