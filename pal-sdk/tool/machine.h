/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What `pal check` knows about the machine (machine.c finds it out) and what
 * it concludes (machine_judge.c, which touches nothing and is tested).
 */
#ifndef TOOL_MACHINE_H
#define TOOL_MACHINE_H

#include <stdbool.h>
#include <stdint.h>

enum machine_vendor { MACHINE_AMD, MACHINE_INTEL, MACHINE_OTHER };

/* An answer that may not be had: reading MSRs needs root and a module. */
enum machine_answer { MACHINE_NO, MACHINE_YES, MACHINE_UNKNOWN };

struct machine {
	enum machine_vendor vendor;
	char model[64]; /* of /proc/cpuinfo */
	uint32_t cpu_count; /* online */
	bool has_svm, has_npt;
	uint32_t asid_count;
	bool has_decode_assists, has_nrips, has_flush_by_asid; /* a plus */
	bool is_guest; /* a hypervisor is underneath */
	bool is_palisade_running; /* by CPUID */
	enum machine_answer is_svm_disabled; /* VM_CR.SVMDIS */
	enum machine_answer is_svm_in_use; /* EFER.SVME */
	enum machine_answer is_memory_encrypted; /* SYSCFG.MEM_ENCRYPT_EN */
	bool is_kvm_amd_loaded;
	bool has_iommu; /* by ACPI */
	bool is_iommu_in_use; /* by Linux */
	bool is_dma_protection_on; /* by a Palisade that is running */
	bool is_module_loaded;
	bool has_image; /* the hypervisor's file can be read */
	int device_error; /* errno of opening the device, or 0 */
	bool was_launch_checked; /* the module was asked: */
	int launch_error; /* its errno, or 0 */
	uint32_t launch_reason; /* HV_REASON_* */
};

/* Find it all out; needs no right, but root learns more. */
void machine_probe(struct machine *machine, const char *hypervisor_image);

enum finding_level { FINDING_GOOD, FINDING_NOTE, FINDING_BAD };

struct finding {
	enum finding_level level;
	const char *what; /* "nested paging" */
	const char *text; /* what is the case, and what to do about it */
};

#define FINDING_LIMIT 16

/*
 * Judge: fills findings[] and returns how many (at most FINDING_LIMIT).  The
 * machine can run Palisade when none of them is FINDING_BAD.
 */
int machine_judge(const struct machine *machine,
		  struct finding findings[FINDING_LIMIT]);

#endif /* TOOL_MACHINE_H */
