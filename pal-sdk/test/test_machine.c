/* SPDX-License-Identifier: BSD-2-Clause */
/* What `pal check` concludes from facts about a machine. */
#include <errno.h>
#include <string.h>
#include "abi/launch.h"
#include "tap.h"
#include "tool/hypervisor.h"
#include "tool/machine.h"

static struct machine good_machine(void)
{
	return (struct machine){
		.vendor = MACHINE_AMD,
		.cpu_count = 2,
		.has_svm = true,
		.has_npt = true,
		.asid_count = 16,
		.has_decode_assists = true,
		.has_nrips = true,
		.has_flush_by_asid = true,
		.is_module_loaded = true,
		.has_image = true,
		.has_iommu = true,
		.was_launch_checked = true,
	};
}

/* Is there a finding of that level whose text holds the words? */
static bool finds(const struct machine *machine, enum finding_level level,
		  const char *words)
{
	struct finding findings[FINDING_LIMIT];
	int count = machine_judge(machine, findings);

	for (int i = 0; i < count; i++)
		if (findings[i].level == level &&
		    strstr(findings[i].text, words))
			return true;
	return false;
}

static void a_good_machine_has_nothing_missing(void)
{
	struct machine machine = good_machine();

	CHECK(!finds(&machine, FINDING_BAD, ""));
	CHECK(!finds(&machine, FINDING_NOTE, ""));
	CHECK(finds(&machine, FINDING_GOOD, "would work"));
}

static void dma_protection_is_told_of(void)
{
	struct machine machine = good_machine();

	CHECK(finds(&machine, FINDING_GOOD, "that Linux does not use"));
	machine.is_iommu_in_use = true;
	CHECK(finds(&machine, FINDING_NOTE, "amd_iommu=off"));
	machine.has_iommu = false;
	CHECK(finds(&machine, FINDING_NOTE, "no IOMMU"));
	machine.is_palisade_running = true;
	CHECK(finds(&machine, FINDING_NOTE, "none: devices can reach"));
	machine.is_dma_protection_on = true;
	CHECK(finds(&machine, FINDING_GOOD, "on"));
	CHECK(!finds(&machine, FINDING_NOTE, "devices can reach"));
}

#define MISSING(change, words)                                                 \
	do {                                                                   \
		struct machine machine = good_machine();                       \
                                                                               \
		change;                                                        \
		CHECK(finds(&machine, FINDING_BAD, words));                    \
	} while (0)

static void what_is_missing_is_named(void)
{
	MISSING(machine.vendor = MACHINE_INTEL, "Intel");
	MISSING(machine.vendor = MACHINE_OTHER, "AMD's SVM");
	MISSING(machine.has_svm = false, "no AMD-V");
	MISSING((machine.has_svm = false, machine.is_guest = true),
		"nested virtualization");
	MISSING(machine.has_npt = false, "too old");
	MISSING(machine.asid_count = 2, "fewer than 3");
	MISSING(machine.is_svm_disabled = MACHINE_YES, "SVM Mode");
	MISSING(machine.is_svm_in_use = MACHINE_YES, "kvm_amd");
	MISSING(machine.is_memory_encrypted = MACHINE_YES, "mem_encrypt=off");
	MISSING(machine.is_module_loaded = false, "modprobe palisade");
	MISSING(machine.has_image = false, "install it");
	MISSING(machine.device_error = ENOENT, "udev");
	MISSING(machine.device_error = EACCES, "group palisade");
	MISSING((machine.launch_error = EBUSY,
		 machine.launch_reason = HV_REASON_SVM_IN_USE),
		"kvm_amd");
	MISSING(machine.launch_error = EIO, "would fail");
}

static void what_only_slows_is_a_note(void)
{
	struct machine machine = good_machine();

	machine.has_nrips = false;
	machine.is_kvm_amd_loaded = true;
	machine.is_guest = true;
	machine.is_svm_disabled = MACHINE_UNKNOWN;
	CHECK(!finds(&machine, FINDING_BAD, ""));
	CHECK(finds(&machine, FINDING_NOTE, "slower"));
	CHECK(finds(&machine, FINDING_NOTE, "kvm_amd is loaded"));
	CHECK(finds(&machine, FINDING_NOTE, "underneath"));
	CHECK(finds(&machine, FINDING_NOTE, "modprobe msr"));
}

static void a_running_hypervisor_is_good(void)
{
	struct machine machine = good_machine();

	machine.is_palisade_running = true;
	machine.has_svm = machine.has_npt = false; /* CPUID hides them */
	machine.asid_count = 0;
	machine.is_guest = true;
	machine.is_svm_in_use = MACHINE_YES;
	machine.was_launch_checked = false;
	CHECK(!finds(&machine, FINDING_BAD, ""));
	CHECK(finds(&machine, FINDING_GOOD, "running"));
}

static void every_launch_reason_has_a_text(void)
{
	for (unsigned int reason = 0; reason < 100; reason++)
		CHECK(*hypervisor_reason(reason));
}

int main(void)
{
	RUN(a_good_machine_has_nothing_missing);
	RUN(dma_protection_is_told_of);
	RUN(what_is_missing_is_named);
	RUN(what_only_slows_is_a_note);
	RUN(a_running_hypervisor_is_good);
	RUN(every_launch_reason_has_a_text);
	return TAP_END();
}
