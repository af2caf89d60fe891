/* SPDX-License-Identifier: BSD-2-Clause */
/* AMD SVM behind core/vendor.h.  Sections are those of the APM, Vol. 2. */
#include "svm/svm.h"

#include "core/hv.h"
#include "lib/assert.h"
#include "lib/string.h"
#include "x86/insn.h"
#include "x86/machine.h"

#define LEAF_VENDOR		0x00000000u
#define VENDOR_INTEL_EBX	0x756e6547u	/* "Genu" */
#define LEAF_AMD_MAX		0x80000000u
#define LEAF_AMD_FEATURES	0x80000001u
#define AMD_ECX_SVM		(1u << 2)
#define LEAF_SVM		0x8000000au
#define SVM_EDX_NPT		(1u << 0)
#define SVM_EDX_NEXT_RIP	(1u << 3)
#define SVM_EDX_CLEAN_BITS	(1u << 5)
#define SVM_EDX_FLUSH_BY_ASID	(1u << 6)
#define SVM_EDX_DECODE_ASSISTS	(1u << 7)

#define LEAF_AMD_EXTENDED	0x80000021u
#define AMD_EAX_AUTO_IBRS	(1u << 8)

#define ASID_OS		1u
#define ASID_PAL_FIRST	2u
#define ASIDS_NEEDED	3u

/* run.S knows these. */
_Static_assert(offsetof(struct guest_regs, rbx) == 8, "run.S");
_Static_assert(offsetof(struct guest_regs, rbp) == 48, "run.S");
_Static_assert(offsetof(struct guest_regs, r15) == 112, "run.S");

void svm_run(uint64_t vmcb_pa, struct guest_regs *regs, uint64_t host_pa);

static struct svm_features features;

static int refuse(uint32_t *reason, uint32_t why)
{
	*reason = why;
	return HV_ENOTSUP;
}

static int probe_cpuid(uint32_t *reason)
{
	struct cpuid_regs regs;

	platform_cpuid(LEAF_VENDOR, 0, &regs);
	if (regs.ebx == VENDOR_INTEL_EBX)
		return refuse(reason, HV_REASON_VMX);
	platform_cpuid(LEAF_AMD_MAX, 0, &regs);
	if (regs.eax < LEAF_SVM)
		return refuse(reason, HV_REASON_NO_SVM);
	platform_cpuid(LEAF_AMD_FEATURES, 0, &regs);
	if (!(regs.ecx & AMD_ECX_SVM))
		return refuse(reason, HV_REASON_NO_SVM);
	platform_cpuid(LEAF_SVM, 0, &regs);
	if (!(regs.edx & SVM_EDX_NPT))
		return refuse(reason, HV_REASON_NO_NPT);
	if (regs.ebx < ASIDS_NEEDED)
		return refuse(reason, HV_REASON_NO_ASID);
	return HV_OK;
}

static int svm_probe(uint32_t *reason)
{
	int err = probe_cpuid(reason);

	if (err)
		return err;
	if (read_msr(MSR_VM_CR) & VM_CR_SVMDIS)		/* 15.4 */
		return refuse(reason, HV_REASON_SVM_LOCKED);
	if (read_msr(MSR_EFER) & EFER_SVME)
		return refuse(reason, HV_REASON_SVM_IN_USE);
	if (read_msr(MSR_SYSCFG) & SYSCFG_MEM_ENCRYPT)
		return refuse(reason, HV_REASON_ENCRYPTION);
	*reason = HV_REASON_NONE;
	return HV_OK;
}

/* Does VM_CR.R_INIT exist here (15.28)?  Tried and taken back. */
static bool try_init_redirection(void)
{
	uint64_t old = read_msr(MSR_VM_CR);
	bool sticks;

	write_msr(MSR_VM_CR, old | VM_CR_R_INIT);
	sticks = read_msr(MSR_VM_CR) & VM_CR_R_INIT;
	write_msr(MSR_VM_CR, old);
	return sticks;
}

/*
 * Where the CPU can, guests steer none of the hypervisor's indirect branches
 * (Automatic IBRS); the bit is one of ours, VMRUN loads the guest's.
 */
static uint64_t own_efer(void)
{
	uint64_t efer = EFER_SVME | EFER_LME | EFER_LMA | EFER_NXE;
	struct cpuid_regs regs;

	platform_cpuid(LEAF_AMD_EXTENDED, 0, &regs);
	return regs.eax & AMD_EAX_AUTO_IBRS ? efer | EFER_AIBRSE : efer;
}

static int svm_init(struct hv *hv)
{
	struct cpuid_regs regs;

	platform_cpuid(LEAF_SVM, 0, &regs);
	features.asid_count = regs.ebx;
	features.has_next_rip = regs.edx & SVM_EDX_NEXT_RIP;
	features.has_flush_by_asid = regs.edx & SVM_EDX_FLUSH_BY_ASID;
	features.has_decode_assists = regs.edx & SVM_EDX_DECODE_ASSISTS;
	features.has_clean_bits = regs.edx & SVM_EDX_CLEAN_BITS;
	features.has_init_redirection = try_init_redirection();
	hv->own_efer = own_efer();
	hv->has_apic_guard = !features.has_init_redirection || hv->starts_cpus;
	svm_build_bitmaps(hv);
	return HV_OK;
}

static void prepare_vcpu(struct vcpu *vcpu, struct svm_vcpu *svm,
			 struct vmcb *vmcb, uint64_t host_pa, uint32_t asid)
{
	vcpu->hw = svm;
	svm->vmcb = vmcb;
	svm->vmcb_pa = ptr_to_hpa(vmcb).v;
	svm->host_pa = host_pa;
	svm->features = &features;
	vmcb->asid = asid;
	vmcb->nested_control = 1;
}

static int svm_cpu_prepare(struct cpu *cpu)
{
	struct page_list *pages = &cpu->hv->pages;
	struct svm_cpu *svm;
	struct vmcb *os, *pal;
	void *host;

	if (pages->count < 5)
		return HV_ENOMEM;
	svm = pages_get(pages);
	svm->host_save_pa = ptr_to_hpa(pages_get(pages)).v;
	host = pages_get(pages);
	os = pages_get(pages);
	pal = pages_get(pages);
	prepare_vcpu(&cpu->os_vcpu, &svm->os, os, ptr_to_hpa(host).v, ASID_OS);
	prepare_vcpu(&cpu->pal_vcpu, &svm->pal, pal, ptr_to_hpa(host).v,
		     ASID_PAL_FIRST);
	svm->os.is_os = true;
	svm_intercept_os(os, &features);
	if (cpu->hv->starts_cpus)
		os->intercept_misc1 |= INTERCEPT_NMI;
	svm_intercept_pal(pal);
	os->nested_cr3 = cpu->hv->os_npt.root.v;
	os->tlb_control = TLB_FLUSH_ALL;
	return HV_OK;
}

static void svm_cpu_on(struct cpu *cpu)
{
	struct svm_vcpu *os = cpu->os_vcpu.hw;
	struct svm_cpu *svm = (struct svm_cpu *)os;

	write_msr(MSR_EFER, cpu->hv->own_efer);
	__asm__ volatile("clgi" : : : "memory");
	write_msr(MSR_VM_HSAVE_PA, svm->host_save_pa);
	if (features.has_init_redirection)
		write_msr(MSR_VM_CR, read_msr(MSR_VM_CR) | VM_CR_R_INIT);
	/* What svm_run() loads after each exit: our TR, or no exception works. */
	descriptors_load(&((struct machine_cpu *)cpu->machine)->descriptors);
	__asm__ volatile("vmsave" : : "a"(os->host_pa) : "memory");
}

static struct vmcb_segment to_vmcb(const struct guest_segment *segment)
{
	return (struct vmcb_segment){
		.selector = segment->selector,
		.attributes = segment->attributes,
		.limit = segment->limit,
		.base = segment->base,
	};
}

static void load_segments(struct vmcb *vmcb, const struct guest_state *from)
{
	vmcb->es = to_vmcb(&from->es);
	vmcb->cs = to_vmcb(&from->cs);
	vmcb->ss = to_vmcb(&from->ss);
	vmcb->ds = to_vmcb(&from->ds);
	vmcb->fs = to_vmcb(&from->fs);
	vmcb->gs = to_vmcb(&from->gs);
	vmcb->tr = to_vmcb(&from->tr);
	vmcb->ldtr = to_vmcb(&from->ldtr);
	vmcb->gdtr.base = from->gdtr.base;
	vmcb->gdtr.limit = from->gdtr.limit;
	vmcb->idtr.base = from->idtr.base;
	vmcb->idtr.limit = from->idtr.limit;
	vmcb->cpl = from->cs.selector & 3;
}

static void svm_load(struct vcpu *vcpu, const struct guest_state *from)
{
	struct svm_vcpu *svm = vcpu->hw;
	struct vmcb *vmcb = svm->vmcb;

	load_segments(vmcb, from);
	vmcb->cr0 = from->cr0;
	vmcb->cr2 = from->cr2;
	vmcb->cr3 = from->cr3;
	vmcb->cr4 = from->cr4;
	vmcb->dr6 = from->dr6;
	vmcb->dr7 = from->dr7;
	vmcb->efer = from->efer | EFER_SVME;	/* 15.5.1: must be set */
	vmcb->pat = from->pat;
	vmcb->star = from->star;
	vmcb->lstar = from->lstar;
	vmcb->cstar = from->cstar;
	vmcb->sfmask = from->sfmask;
	vmcb->kernel_gs_base = from->kernel_gs_base;
	vmcb->sysenter_cs = from->sysenter_cs;
	vmcb->sysenter_esp = from->sysenter_esp;
	vmcb->sysenter_eip = from->sysenter_eip;
	vmcb->event_injection = 0;
	vmcb->interrupt_shadow = 0;
	svm->clean = 0;
}

/* An event that was on its way when the guest stopped goes on its way again. */
static void take_up_event(struct vmcb *vmcb)
{
	uint64_t event = vmcb->exit_interrupt_info;

	vmcb->event_injection = event & EVENT_VALID ? event : 0;
}

static void svm_vcpu_run(struct vcpu *vcpu, struct vmexit *exit)
{
	struct svm_vcpu *svm = vcpu->hw;
	struct vmcb *vmcb = svm->vmcb;
	struct guest_regs *regs = vcpu->regs;

	if (vmcb->rip != regs->rip || vmcb->exit_code == EXIT_VMMCALL)
		vmcb->interrupt_shadow = 0;	/* so that a PAL's call that is
						 * repeated holds back nothing */
	vmcb->rax = regs->rax;
	vmcb->rsp = regs->rsp;
	vmcb->rip = regs->rip;
	vmcb->rflags = regs->rflags;
	vmcb->clean = svm->clean;
	svm_run(svm->vmcb_pa, regs, svm->host_pa);
	regs->rax = vmcb->rax;
	vmcb->rax = 0;			/* a PAL's stays in the PAL's memory */
	regs->rsp = vmcb->rsp;
	regs->rip = vmcb->rip;
	regs->rflags = vmcb->rflags;
	vmcb->tlb_control = TLB_KEEP;
	if (features.has_clean_bits)
		svm->clean = CLEAN_ALL;
	if (svm->is_os)
		take_up_event(vmcb);
	svm_translate_exit(svm, exit);
}

static uint64_t svm_get(const struct vcpu *vcpu, enum guest_reg reg)
{
	const struct svm_vcpu *svm = vcpu->hw;
	const struct vmcb *vmcb = svm->vmcb;

	switch (reg) {
	case GUEST_CR0:
		return vmcb->cr0;
	case GUEST_CR3:
		return vmcb->cr3;
	case GUEST_CR4:
		return vmcb->cr4;
	case GUEST_EFER:
		return vmcb->efer;
	case GUEST_CPL:
		return vmcb->cpl;
	case GUEST_DR6:
		return vmcb->dr6;
	case GUEST_CS_BASE:
		return vmcb->cs.base;
	case GUEST_CS_ATTRIBUTES:
		return vmcb->cs.attributes;
	case GUEST_TSC_OFFSET:
		return vmcb->tsc_offset;
	}
	UNREACHABLE();
}

static void svm_set(struct vcpu *vcpu, enum guest_reg reg, uint64_t value)
{
	struct svm_vcpu *svm = vcpu->hw;

	ASSERT(reg == GUEST_EFER || reg == GUEST_DR6 ||
	       reg == GUEST_TSC_OFFSET);
	if (reg == GUEST_DR6) {
		svm->vmcb->dr6 = value;
		svm->clean &= ~CLEAN_DR;
		return;
	}
	if (reg == GUEST_TSC_OFFSET) {
		svm->vmcb->tsc_offset = value;
		svm->clean &= ~CLEAN_INTERCEPTS;
		return;
	}
	svm->vmcb->efer = value | EFER_SVME;
	svm->clean &= ~CLEAN_CR;
}

static void svm_flush(struct vcpu *vcpu)
{
	struct svm_vcpu *svm = vcpu->hw;

	if (svm->vmcb->tlb_control != TLB_FLUSH_ALL)
		svm->vmcb->tlb_control = features.has_flush_by_asid ?
					 TLB_FLUSH_ASID : TLB_FLUSH_ALL;
}

/*
 * A PAL can load null selectors, four of them for each register; the next must
 * not find them.  Into SS it can load none.
 */
static void forget_selectors(struct vmcb *vmcb)
{
	vmcb->ds = vmcb->es = vmcb->fs = vmcb->gs = vmcb->ss;
}

/*
 * Another PAL comes to this CPU.  Each table gets a fresh ASID; when they are
 * used up, all translations go and counting starts anew.
 */
static void svm_set_npt(struct vcpu *vcpu, const struct npt *npt)
{
	struct svm_vcpu *svm = vcpu->hw;

	if (svm->npt_tag == npt->tag)
		return;
	svm->npt_tag = npt->tag;
	svm->vmcb->nested_cr3 = npt->root.v;
	forget_selectors(svm->vmcb);
	if (++svm->vmcb->asid >= features.asid_count) {
		svm->vmcb->asid = ASID_PAL_FIRST;
		svm->vmcb->tlb_control = TLB_FLUSH_ALL;
	}
	svm->clean &= ~(CLEAN_ASID | CLEAN_NESTED | CLEAN_SEGMENTS);
}

static void svm_inject(struct vcpu *vcpu, uint8_t vector, bool has_error,
		       uint32_t error)
{
	struct svm_vcpu *svm = vcpu->hw;
	uint64_t event = EVENT_VALID | EVENT_TYPE_EXCEPTION | vector;

	if (vector == VECTOR_NMI) {
		event = EVENT_VALID | EVENT_TYPE_NMI | vector;
		svm->vmcb->intercept_misc1 |= INTERCEPT_IRET;
		svm->clean &= ~CLEAN_INTERCEPTS;
	}
	if (has_error)
		event |= EVENT_HAS_ERROR | (uint64_t)error << 32;
	svm->vmcb->event_injection = event;
}

const struct vendor svm_vendor = {
	.name = "AMD SVM",
	.npt = &svm_npt_format,
	.npt_amd_vi = &svm_npt_amd_vi_format,
	.probe = svm_probe,
	.init = svm_init,
	.cpu_prepare = svm_cpu_prepare,
	.cpu_on = svm_cpu_on,
	.cpu_leave = svm_leave,
	.load = svm_load,
	.run = svm_vcpu_run,
	.get = svm_get,
	.set = svm_set,
	.set_npt = svm_set_npt,
	.flush = svm_flush,
	.inject = svm_inject,
};
