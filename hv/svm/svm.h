/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of svm/ share; the core sees only svm_vendor. */
#ifndef SVM_SVM_H
#define SVM_SVM_H

#include "core/cpu.h"
#include "svm/vmcb.h"

/* What this machine's SVM can do beyond the least (CPUID 8000000A). */
struct svm_features {
	uint32_t asid_count;
	bool has_next_rip;
	bool has_flush_by_asid;
	bool has_decode_assists;
	bool has_clean_bits;
	bool has_init_redirection;	/* VM_CR.R_INIT sticks */
};

struct svm_vcpu {
	struct vmcb *vmcb;
	uint64_t vmcb_pa;
	uint64_t host_pa;		/* VMLOAD and VMSAVE state of the host */
	const struct svm_features *features;
	uint64_t npt_tag;		/* whose translations the ASID has */
	uint32_t clean;			/* what did not change since the last run */
	bool is_os;
};

/* One for each CPU, in a page of its own. */
struct svm_cpu {
	struct svm_vcpu os, pal;
	uint64_t host_save_pa;
};

extern const struct npt_format svm_npt_format, svm_npt_amd_vi_format;

/* Translate what the VMCB says after an exit. */
void svm_translate_exit(struct svm_vcpu *svm, struct vmexit *exit);

/* intercept.c: fill the intercepts and bitmaps of a fresh VMCB. */
void svm_build_bitmaps(const struct hv *hv);
void svm_intercept_os(struct vmcb *vmcb, const struct svm_features *features);
void svm_intercept_pal(struct vmcb *vmcb);

/* leave.c: vendor->cpu_leave. */
void svm_leave(struct cpu *cpu) __attribute__((noreturn));

#endif
