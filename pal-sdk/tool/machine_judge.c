/* SPDX-License-Identifier: BSD-2-Clause */
/* From facts about a machine to what its owner should know. */
#include <errno.h>
#include "abi/launch.h"
#include "hypervisor.h"
#include "machine.h"

struct list {
	struct finding *findings;
	int count;
};

static void add(struct list *list, enum finding_level level, const char *what,
		const char *text)
{
	if (list->count < FINDING_LIMIT)
		list->findings[list->count++] =
			(struct finding){level, what, text};
}

static void judge_cpu(const struct machine *machine, struct list *list)
{
	if (machine->vendor != MACHINE_AMD) {
		add(list, FINDING_BAD, "processor",
		    machine->vendor == MACHINE_INTEL
			    ? "from Intel: not supported yet, it needs an AMD CPU"
			    : "neither from AMD nor compatible: it needs AMD's SVM");
		return;
	}
	add(list, FINDING_GOOD, "processor", "from AMD");
	if (machine->is_palisade_running) {
		/* It hides them from CPUID. */
		add(list, FINDING_GOOD, "SVM", "used by the hypervisor");
		return;
	}
	if (!machine->has_svm) {
		add(list, FINDING_BAD, "SVM",
		    machine->is_guest
			    ? "not there; in a virtual machine, allow nested "
			      "virtualization on its host"
			    : "not there: this CPU has no AMD-V, or the kernel hides it");
		return;
	}
	add(list, FINDING_GOOD, "SVM", "there");
	if (machine->has_npt)
		add(list, FINDING_GOOD, "nested paging", "there");
	else
		add(list, FINDING_BAD, "nested paging",
		    "not there: the CPU (or the hypervisor underneath) is "
		    "too old");
	if (machine->asid_count < 3)
		add(list, FINDING_BAD, "ASIDs", "fewer than 3");
	if (!machine->has_nrips || !machine->has_decode_assists ||
	    !machine->has_flush_by_asid)
		add(list, FINDING_NOTE, "speed",
		    "NRIP save, decode assists or flush by ASID is missing: "
		    "works, some exits are slower");
}

static void judge_svm_state(const struct machine *machine, struct list *list)
{
	if (machine->is_palisade_running)
		return; /* these registers then belong to it */
	if (machine->is_svm_disabled == MACHINE_YES)
		add(list, FINDING_BAD, "firmware",
		    hypervisor_reason(HV_REASON_SVM_LOCKED));
	if (machine->is_svm_disabled == MACHINE_UNKNOWN)
		add(list, FINDING_NOTE, "firmware",
		    "cannot tell whether it disables SVM: as root, "
		    "modprobe msr, or load the module, and check again");
	if (machine->is_svm_in_use == MACHINE_YES)
		add(list, FINDING_BAD, "other hypervisor",
		    hypervisor_reason(HV_REASON_SVM_IN_USE));
	else if (machine->is_kvm_amd_loaded)
		add(list, FINDING_NOTE, "other hypervisor",
		    "kvm_amd is loaded: unload it before `pal enable` "
		    "(modprobe -r kvm_amd); newer kernels hold SVM while it "
		    "is loaded");
	if (machine->is_memory_encrypted == MACHINE_YES)
		add(list, FINDING_BAD, "memory encryption",
		    hypervisor_reason(HV_REASON_ENCRYPTION));
}

static void judge_iommu(const struct machine *machine, struct list *list)
{
	if (machine->is_palisade_running)
		add(list,
		    machine->is_dma_protection_on ? FINDING_GOOD : FINDING_NOTE,
		    "DMA protection",
		    machine->is_dma_protection_on
			    ? "on"
			    : "none: devices can reach the memory of PALs");
	else if (!machine->has_iommu)
		add(list, FINDING_NOTE, "DMA protection",
		    "none: no IOMMU is there, or the firmware hides it; "
		    "devices can reach the memory of PALs");
	else if (machine->is_iommu_in_use)
		add(list, FINDING_NOTE, "DMA protection",
		    "none: Linux uses the IOMMU; boot with amd_iommu=off (or "
		    "intel_iommu=off intremap=off) to leave it to Palisade");
	else
		add(list, FINDING_GOOD, "DMA protection",
		    "there is an IOMMU that Linux does not use");
}

static void judge_software(const struct machine *machine, struct list *list)
{
	if (machine->is_guest && !machine->is_palisade_running)
		add(list, FINDING_NOTE, "virtual machine",
		    "whoever runs the hypervisor underneath can read "
		    "everything, PALs too");
	if (!machine->is_module_loaded)
		add(list, FINDING_BAD, "module",
		    "not loaded: modprobe palisade (or insmod palisade.ko)");
	else
		add(list, FINDING_GOOD, "module", "loaded");
	if (!machine->is_module_loaded)
		return;
	if (machine->device_error == ENOENT)
		add(list, FINDING_BAD, "device",
		    "/dev/palisade is not there, though the module is: is "
		    "udev or devtmpfs running?");
	else if (machine->device_error)
		add(list, FINDING_BAD, "device",
		    "/dev/palisade cannot be opened: be root, or in group "
		    "palisade");
	else
		add(list, FINDING_GOOD, "device",
		    "/dev/palisade can be opened");
}

static void judge_launch(const struct machine *machine, struct list *list)
{
	if (machine->is_palisade_running) {
		add(list, FINDING_GOOD, "hypervisor", "running");
		return;
	}
	if (!machine->has_image)
		add(list, FINDING_BAD, "image",
		    "the hypervisor's file (lib/palisade/palisade.bin, or that "
		    "of --image) is not there or not readable: install it");
	if (!machine->was_launch_checked) {
		add(list, FINDING_NOTE, "hypervisor",
		    "not running; the module was not asked whether it could "
		    "(needs root and the module)");
		return;
	}
	if (!machine->launch_error)
		add(list, FINDING_GOOD, "hypervisor",
		    "not running; the module says that `pal enable` would "
		    "work");
	else if (machine->launch_reason)
		add(list, FINDING_BAD, "hypervisor",
		    hypervisor_reason(machine->launch_reason));
	else
		add(list, FINDING_BAD, "hypervisor",
		    "the module says that `pal enable` would fail; run it to "
		    "see why");
}

int machine_judge(const struct machine *machine,
		  struct finding findings[FINDING_LIMIT])
{
	struct list list = {.findings = findings};

	judge_cpu(machine, &list);
	if (machine->vendor == MACHINE_AMD && machine->has_svm)
		judge_svm_state(machine, &list);
	if (machine->vendor == MACHINE_AMD)
		judge_iommu(machine, &list);
	judge_software(machine, &list);
	judge_launch(machine, &list);
	return list.count;
}
