/* SPDX-License-Identifier: BSD-2-Clause */
/* From the VMCB's exit to the core's words. */
#include "svm/svm.h"

#define LENGTH_CPUID	2u
#define LENGTH_INVD	2u
#define LENGTH_MSR	2u
#define LENGTH_VMMCALL	3u

/* Without next-RIP saving, the usual encoding's length has to do. */
static uint64_t next_rip(const struct svm_vcpu *svm, unsigned int length)
{
	if (svm->features->has_next_rip)
		return svm->vmcb->next_rip;
	return svm->vmcb->rip + length;
}

static void translate_npf(const struct svm_vcpu *svm, struct vmexit *exit)
{
	const struct vmcb *vmcb = svm->vmcb;
	uint64_t info = vmcb->exit_info1;
	uint64_t event = vmcb->exit_interrupt_info;

	exit->kind = VMEXIT_NPT_FAULT;
	exit->npt.at = gpa(vmcb->exit_info2);
	exit->npt.access = info & NPF_WRITE ? NPT_W :
			   info & NPF_EXECUTE ? NPT_X : NPT_R;
	exit->npt.table_walk = info & NPF_TABLE_WALK;
	exit->npt.delivering = event & EVENT_VALID;
	exit->npt.vector = (uint8_t)event;
	exit->npt.insn = vmcb->insn_bytes;
	exit->npt.insn_count = svm->features->has_decode_assists ?
			       vmcb->insn_length & INSN_LENGTH_MASK : 0;
	exit->npt.was_exception =
		(event & EVENT_TYPE_MASK) == EVENT_TYPE_EXCEPTION;
}

static void translate_exception(const struct svm_vcpu *svm,
				struct vmexit *exit)
{
	const struct vmcb *vmcb = svm->vmcb;
	uint64_t event = vmcb->exit_interrupt_info;
	uint8_t vector = (uint8_t)(vmcb->exit_code - EXIT_EXCEPTION_FIRST);

	if (vector == VECTOR_SX) {	/* an INIT, redirected */
		exit->kind = VMEXIT_INIT;
		return;
	}
	/* QEMU delivers it, past the intercept, to a PAL that has no IDT. */
	if (!svm->is_os && (uint8_t)event == VECTOR_MC && event & EVENT_VALID)
		vector = VECTOR_MC;
	exit->kind = VMEXIT_EXCEPTION;
	exit->exception.vector = vector;
	exit->exception.error = (uint32_t)vmcb->exit_info1;
	exit->exception.address = vmcb->exit_info2;
}

static void translate_io(const struct vmcb *vmcb, struct vmexit *exit)
{
	uint64_t info = vmcb->exit_info1;

	exit->kind = VMEXIT_IO;
	exit->next_rip = vmcb->exit_info2;
	exit->io.port = (uint16_t)(info >> IO_PORT_SHIFT);
	exit->io.size = info >> IO_SIZE_SHIFT & IO_SIZE_MASK;
	exit->io.is_in = info & IO_IN;
	exit->io.is_string = info & IO_STRING;
}

static void translate_privileged(uint64_t code, struct vmexit *exit)
{
	exit->kind = VMEXIT_PRIVILEGED;
	exit->insn = PAL_INSN_PRIVILEGED;
	if (code <= EXIT_CR_LAST || code == EXIT_CR0_SELECTIVE)
		exit->insn = PAL_INSN_CR;
	else if (code <= EXIT_DR_LAST)
		exit->insn = PAL_INSN_DR;
	else if (code >= EXIT_DESCRIPTOR_FIRST && code <= EXIT_DESCRIPTOR_LAST)
		exit->insn = PAL_INSN_DESCRIPTOR;
	else if (code == EXIT_HLT)
		exit->insn = PAL_INSN_HLT;
	else if (code == EXIT_INTN)
		exit->insn = PAL_INSN_INT;
	else if (code == EXIT_XSETBV)
		exit->insn = PAL_INSN_XSETBV;
}

/* Exits that are ranges of numbers. */
static void translate_range(const struct svm_vcpu *svm, struct vmexit *exit)
{
	uint64_t code = svm->vmcb->exit_code;

	if (code >= EXIT_EXCEPTION_FIRST && code <= EXIT_EXCEPTION_LAST)
		translate_exception(svm, exit);
	else if ((code >= EXIT_VMLOAD && code <= EXIT_SKINIT) ||
		 code == EXIT_VMRUN || code == EXIT_INVLPGA)
		exit->kind = VMEXIT_VIRT_INSN;
	else if (code <= EXIT_DR_LAST || code == EXIT_CR0_SELECTIVE ||
		 (code >= EXIT_DESCRIPTOR_FIRST &&
		  code <= EXIT_PRIVILEGED_LAST))
		translate_privileged(code, exit);
	else
		exit->kind = VMEXIT_UNKNOWN;
}

/* The OS's NMIs exit where CPUs are started; one is let in, to be gone. */
static void translate_nmi(const struct svm_vcpu *svm, struct vmexit *exit)
{
	exit->kind = VMEXIT_NMI;
	if (svm->is_os)
		__asm__ volatile("stgi; clgi" : : : "memory");
}

static void translate_iret(struct svm_vcpu *svm, struct vmexit *exit)
{
	exit->kind = VMEXIT_NMI_END;
	svm->vmcb->intercept_misc1 &= ~INTERCEPT_IRET;
	svm->clean &= ~CLEAN_INTERCEPTS;
}

/*
 * In SMM nothing is intercepted (15.22), but QEMU does it all the same, and
 * EFER is 0 there: no VMRUN would follow.  SeaBIOS uses SMM for its disks.
 */
static void let_smm_go_on(struct vmcb *vmcb)
{
	vmcb->efer |= EFER_SVME;
}

static void translate_other(struct svm_vcpu *svm, struct vmexit *exit)
{
	struct vmcb *vmcb = svm->vmcb;

	let_smm_go_on(vmcb);
	switch (vmcb->exit_code) {
	case EXIT_INTR:
		exit->kind = VMEXIT_INTERRUPT;
		break;
	case EXIT_CPUID:
		exit->kind = VMEXIT_CPUID;
		exit->next_rip = next_rip(svm, LENGTH_CPUID);
		break;
	case EXIT_MSR:
		exit->kind = vmcb->exit_info1 ? VMEXIT_WRMSR : VMEXIT_RDMSR;
		exit->next_rip = next_rip(svm, LENGTH_MSR);
		break;
	case EXIT_INVD:
		exit->kind = VMEXIT_INVD;
		exit->next_rip = next_rip(svm, LENGTH_INVD);
		break;
	case EXIT_IO:
		translate_io(vmcb, exit);
		break;
	case EXIT_NPF:
		translate_npf(svm, exit);
		break;
	case EXIT_NMI:
		translate_nmi(svm, exit);
		break;
	case EXIT_IRET:
		translate_iret(svm, exit);
		break;
	case EXIT_SMI:
		exit->kind = VMEXIT_SMI;
		break;
	case EXIT_INIT:
		exit->kind = VMEXIT_INIT;
		break;
	case EXIT_SHUTDOWN:
	case EXIT_INVALID:
		exit->kind = VMEXIT_SHUTDOWN;
		break;
	default:
		translate_range(svm, exit);
		break;
	}
}

/* Both exits of a PAL call are VMMCALL: nothing comes before it. */
void svm_translate_exit(struct svm_vcpu *svm, struct vmexit *exit)
{
	exit->raw = svm->vmcb->exit_code;
	if (exit->raw == EXIT_VMMCALL) {
		exit->kind = VMEXIT_HYPERCALL;
		exit->next_rip = next_rip(svm, LENGTH_VMMCALL);
		return;
	}
	translate_other(svm, exit);
}
