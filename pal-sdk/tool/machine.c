/* SPDX-License-Identifier: BSD-2-Clause */
/* Finding out about the machine: CPUID, MSRs, /proc, /sys, the device. */
#include "machine.h"
#include <cpuid.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "abi/ioctl.h"
#include "host/device.h"

/* APM Vol. 2, appendix A. */
#define MSR_EFER	   0xc0000080
#define EFER_SVME	   (UINT64_C(1) << 12)
#define MSR_SYSCFG	   0xc0010010
#define SYSCFG_MEM_ENCRYPT (UINT64_C(1) << 23)
#define MSR_VM_CR	   0xc0010114
#define VM_CR_SVMDIS	   (UINT64_C(1) << 4)

struct cpuid {
	uint32_t eax, ebx, ecx, edx;
};

static struct cpuid cpuid(uint32_t leaf)
{
	struct cpuid out;

	__cpuid_count(leaf, 0, out.eax, out.ebx, out.ecx, out.edx);
	return out;
}

static enum machine_vendor vendor(void)
{
	struct cpuid leaf = cpuid(0);
	char name[13] = "";

	memcpy(name, &leaf.ebx, 4);
	memcpy(name + 4, &leaf.edx, 4);
	memcpy(name + 8, &leaf.ecx, 4);
	if (!strcmp(name, "AuthenticAMD") || !strcmp(name, "HygonGenuine"))
		return MACHINE_AMD;
	return strcmp(name, "GenuineIntel") ? MACHINE_OTHER : MACHINE_INTEL;
}

/* APM Vol. 3, appendix E: 8000_0001h ECX, 8000_000Ah. */
static void probe_svm(struct machine *machine)
{
	struct cpuid svm;

	if (machine->vendor != MACHINE_AMD ||
	    cpuid(0x80000000).eax < 0x8000000a)
		return;
	machine->has_svm = cpuid(0x80000001).ecx >> 2 & 1;
	if (!machine->has_svm)
		return;
	svm = cpuid(0x8000000a);
	machine->asid_count = svm.ebx;
	machine->has_npt = svm.edx & 1;
	machine->has_nrips = svm.edx >> 3 & 1;
	machine->has_flush_by_asid = svm.edx >> 6 & 1;
	machine->has_decode_assists = svm.edx >> 7 & 1;
}

static bool is_palisade(void)
{
	struct cpuid leaf = cpuid(HV_CPUID_LEAF);

	return leaf.ebx == HV_CPUID_EBX && leaf.ecx == HV_CPUID_ECX &&
	       leaf.edx == HV_CPUID_EDX;
}

static void probe_cpu(struct machine *machine)
{
	machine->vendor = vendor();
	machine->cpu_count = (uint32_t)sysconf(_SC_NPROCESSORS_ONLN);
	machine->is_guest = cpuid(1).ecx >> 31;
	machine->is_palisade_running = is_palisade();
	probe_svm(machine);
}

/* The first "model name" of /proc/cpuinfo, "" without one. */
static void probe_model(struct machine *machine)
{
	FILE *file = fopen("/proc/cpuinfo", "re");
	char line[256];

	while (file && fgets(line, sizeof(line), file)) {
		char *colon = strchr(line, ':');

		if (strncmp(line, "model name", 10) || !colon)
			continue;
		colon += 1 + strspn(colon + 1, " \t");
		snprintf(machine->model, sizeof(machine->model), "%.*s",
			 (int)strcspn(colon, "\n"), colon);
		break;
	}
	if (file)
		fclose(file);
}

static enum machine_answer msr_bit(int descriptor, uint32_t msr, uint64_t bit)
{
	uint64_t value;

	if (descriptor < 0 ||
	    pread(descriptor, &value, sizeof(value), msr) != sizeof(value))
		return MACHINE_UNKNOWN;
	return value & bit ? MACHINE_YES : MACHINE_NO;
}

static void probe_msrs(struct machine *machine)
{
	int descriptor = open("/dev/cpu/0/msr", O_RDONLY | O_CLOEXEC);

	machine->is_svm_disabled = msr_bit(descriptor, MSR_VM_CR, VM_CR_SVMDIS);
	machine->is_svm_in_use = msr_bit(descriptor, MSR_EFER, EFER_SVME);
	machine->is_memory_encrypted =
		msr_bit(descriptor, MSR_SYSCFG, SYSCFG_MEM_ENCRYPT);
	if (descriptor >= 0)
		close(descriptor);
}

/* Returns false when the module could not be asked for lack of rights. */
static bool ask_module(int device, struct machine *machine)
{
	struct palisade_launch request = {
		.size = sizeof(request),
		.flags = PALISADE_LAUNCH_CHECK,
	};

	machine->launch_error =
		ioctl(device, PALISADE_LAUNCH, &request) ? errno : 0;
	machine->launch_reason = request.hv_detail;
	return machine->launch_error != EPERM;
}

static bool has_dma_protection(int device)
{
	struct palisade_info info = {.size = sizeof(info)};

	return !ioctl(device, PALISADE_INFO, &info) &&
	       info.features & HV_FEATURE_IOMMU;
}

static void probe_module(struct machine *machine)
{
	int device = device_open();

	machine->device_error = device < 0 ? errno : 0;
	if (device < 0)
		return;
	if (machine->is_palisade_running)
		machine->is_dma_protection_on = has_dma_protection(device);
	else
		machine->was_launch_checked = ask_module(device, machine);
	close(device);
}

void machine_probe(struct machine *machine, const char *hypervisor_image)
{
	memset(machine, 0, sizeof(*machine));
	probe_cpu(machine);
	probe_model(machine);
	probe_msrs(machine);
	machine->is_kvm_amd_loaded = !access("/sys/module/kvm_amd", F_OK);
	machine->has_iommu = !access("/sys/firmware/acpi/tables/IVRS", F_OK) ||
			     !access("/sys/firmware/acpi/tables/DMAR", F_OK);
	machine->is_iommu_in_use = !access("/sys/class/iommu/ivhd0", F_OK) ||
				   !access("/sys/class/iommu/dmar0", F_OK);
	machine->is_module_loaded = !access("/sys/module/palisade", F_OK);
	machine->has_image = !access(hypervisor_image, R_OK);
	probe_module(machine);
}
