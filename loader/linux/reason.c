// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * The table of refusals: the only place that turns HV_REASON_* into words.
 */
#define pr_fmt(fmt) "palisade: " fmt

#include "reason.h"

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/printk.h>

#include "abi/launch.h"

struct reason {
	int err;
	const char *text;
};

static const struct reason reasons[] = {
	[HV_REASON_NONE] = { -EIO,
		"the hypervisor refused without a reason; see its serial log" },
	[HV_REASON_CONTRACT] = { -ENOEXEC,
		"module and hypervisor image are of different versions; install both from the same build" },
	[HV_REASON_MEMORY] = { -EOPNOTSUPP,
		"the machine has more memory than the hypervisor can describe" },
	[HV_REASON_NO_SVM] = { -ENODEV,
		"no SVM (AMD virtualization); in a virtual machine enable nested virtualization on its host" },
	[HV_REASON_SVM_LOCKED] = { -EACCES,
		"SVM is disabled by the firmware; enable it (\"SVM mode\") in the firmware setup" },
	[HV_REASON_SVM_IN_USE] = { -EBUSY,
		"SVM is used by KVM or another hypervisor; stop virtual machines and run \"modprobe -r kvm_amd\"" },
	[HV_REASON_NO_NPT] = { -EOPNOTSUPP,
		"no nested paging; enable it (NPT) in the firmware or for the virtual machine" },
	[HV_REASON_NO_ASID] = { -EOPNOTSUPP,
		"fewer than 3 address space identifiers (ASIDs)" },
	[HV_REASON_PAT] = { -EOPNOTSUPP,
		"PAT entry 0 is not write-back; boot without \"nopat\"" },
	[HV_REASON_MODE] = { -EOPNOTSUPP,
		"the CPU is in a mode that cannot be taken over" },
	[HV_REASON_CPU] = { -EOPNOTSUPP,
		"the CPU cannot be numbered or is in use already" },
	[HV_REASON_ENCRYPTION] = { -EOPNOTSUPP,
		"memory encryption (SME or SEV) is on; boot with mem_encrypt=off" },
	[HV_REASON_VMX] = { -ENODEV,
		"not an AMD CPU; Intel CPUs are not supported yet" },
	[HV_REASON_APIC] = { -EOPNOTSUPP,
		"the local APIC was moved into RAM or above 4 GiB (MSR 0x1b): not a stock Linux kernel" },
};

int reason_report(u32 reason, unsigned int cpu)
{
	if (reason >= ARRAY_SIZE(reasons))
		reason = HV_REASON_CONTRACT;
	pr_err("CPU %u: %s\n", cpu, reasons[reason].text);
	return reasons[reason].err;
}
