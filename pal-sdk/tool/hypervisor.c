/* SPDX-License-Identifier: BSD-2-Clause */
/* Opening the device, and the reasons for which a launch fails. */
#include "hypervisor.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include "command.h"
#include "host/device.h"

static int open_device(int *exit_status)
{
	int device = device_open();

	if (device >= 0)
		return device;
	*exit_status = errno == ENOENT ? EXIT_NO_HV : EXIT_FAILURE;
	if (errno == ENOENT)
		report("%s is not there: load the module (modprobe palisade)",
		       PALISADE_DEVICE);
	else if (errno == EACCES || errno == EPERM)
		report("%s: %s: be root, or in group palisade", PALISADE_DEVICE,
		       strerror(errno));
	else
		report("%s: %s", PALISADE_DEVICE, strerror(errno));
	return -1;
}

int hypervisor_open(struct palisade_info *info, int *exit_status)
{
	struct palisade_info answer = {.size = sizeof(answer)};
	int device = open_device(exit_status);

	if (device < 0)
		return -1;
	if (ioctl(device, PALISADE_INFO, &answer)) {
		report("%s does not answer: %s; do module and pal command "
		       "have the same version?",
		       PALISADE_DEVICE, strerror(errno));
		*exit_status = EXIT_FAILURE;
		close(device);
		return -1;
	}
	*info = answer;
	return device;
}

int hypervisor_open_running(struct palisade_info *info, int *exit_status)
{
	struct palisade_info answer;
	int device = hypervisor_open(&answer, exit_status);

	if (device < 0)
		return -1;
	if (!answer.cpu_count) {
		report("the hypervisor is not running: as root, run "
		       "`pal enable`");
		*exit_status = EXIT_NO_HV;
		close(device);
		return -1;
	}
	*info = answer;
	return device;
}

const char *hypervisor_reason(unsigned int reason)
{
	static const char *const reasons[] = {
		[HV_REASON_NONE] = "no reason given; see the kernel log",
		[HV_REASON_CONTRACT] =
			"module and hypervisor image are of "
			"different versions: install both from one build",
		[HV_REASON_MEMORY] = "the hypervisor's memory is too small for "
				     "this machine's RAM",
		[HV_REASON_NO_SVM] = "the CPU has no SVM (AMD-V)",
		[HV_REASON_SVM_LOCKED] =
			"SVM is disabled in the firmware: "
			"enable \"SVM Mode\" in the firmware setup",
		[HV_REASON_SVM_IN_USE] =
			"SVM is in use by KVM or another "
			"hypervisor: stop it, then modprobe -r kvm_amd",
		[HV_REASON_NO_NPT] = "the CPU has no nested paging",
		[HV_REASON_NO_ASID] = "the CPU has fewer than 3 ASIDs",
		[HV_REASON_PAT] = "entry 0 of the page attribute table is not "
				  "write-back: not a stock Linux kernel",
		[HV_REASON_MODE] = "the module called in the wrong CPU mode: "
				   "an error in the module",
		[HV_REASON_CPU] = "a CPU number is out of range (at most 64 "
				  "CPUs) or taken",
		[HV_REASON_ENCRYPTION] = "memory encryption (SME) is on: boot "
					 "with mem_encrypt=off",
		[HV_REASON_VMX] = "an Intel CPU: not supported yet",
		[HV_REASON_APIC] = "the local APIC was moved into RAM or above "
				   "4 GiB: not a stock Linux kernel",
	};

	if (reason >= sizeof(reasons) / sizeof(reasons[0]) || !reasons[reason])
		return "a reason that this version does not know";
	return reasons[reason];
}
