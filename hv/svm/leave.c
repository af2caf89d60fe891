/* SPDX-License-Identifier: BSD-2-Clause */
/* Back to native: the vCPU's state becomes the CPU's. */
#include "svm/svm.h"
#include "x86/insn.h"
#include "x86/machine.h"

/* run.S knows the offsets. */
struct leave_frame {
	uint64_t cr3, cr4, cr0, cr2, dr7, efer;
	struct table_register gdtr __attribute__((aligned(16)));
	struct table_register idtr __attribute__((aligned(16)));
	uint16_t ds __attribute__((aligned(16)));
	uint16_t es;
	uint32_t reserved;
	uint64_t regs[15];		/* struct guest_regs, RAX to R15 */
	uint64_t rip, cs, rflags, rsp, ss;	/* as IRETQ wants them */
};

#define PIN(field, at) \
	_Static_assert(offsetof(struct leave_frame, field) == (at), "run.S")
PIN(gdtr, 48);
PIN(idtr, 64);
PIN(ds, 80);
PIN(es, 82);
PIN(regs, 88);
PIN(rip, 208);
#undef PIN

void svm_leave_to(uint64_t boot_cr3, struct leave_frame *alias_of_frame,
		  uint64_t vmcb_pa, void *alias_of_native)
	__attribute__((noreturn));
extern const char svm_leave_native[];

static void fill(struct leave_frame *frame, const struct vmcb *vmcb,
		 const struct guest_regs *regs)
{
	const uint64_t *all = &regs->rax;
	unsigned int i;

	*frame = (struct leave_frame){
		.cr3 = vmcb->cr3,
		.cr4 = vmcb->cr4,
		.cr0 = vmcb->cr0,
		.cr2 = vmcb->cr2,
		.dr7 = vmcb->dr7,
		.efer = vmcb->efer & ~(uint64_t)EFER_SVME,
		.gdtr = { (uint16_t)vmcb->gdtr.limit, vmcb->gdtr.base },
		.idtr = { (uint16_t)vmcb->idtr.limit, vmcb->idtr.base },
		.ds = vmcb->ds.selector,
		.es = vmcb->es.selector,
		.rip = regs->rip,
		.cs = vmcb->cs.selector,
		.rflags = regs->rflags,
		.rsp = regs->rsp,
		.ss = vmcb->ss.selector,
	};
	for (i = 0; i < 15; i++)
		frame->regs[i] = all[i];
}

/*
 * The frame lies on this CPU's stack in virtual terms, which the loader does
 * not have mapped; so it is put into the VMCB's page, whose content is done
 * with but for what VMLOAD reads.
 */
static struct leave_frame *frame_in(struct vmcb *vmcb)
{
	return (struct leave_frame *)vmcb->reserved12;
}

void svm_leave(struct cpu *cpu)
{
	struct svm_vcpu *svm = cpu->os_vcpu.hw;
	struct vmcb *vmcb = svm->vmcb;
	struct leave_frame *frame = frame_in(vmcb);

	fill(frame, vmcb, cpu->os_vcpu.regs);
	write_msr(MSR_PAT, vmcb->pat);
	write_dr6(vmcb->dr6);
	write_msr(MSR_VM_HSAVE_PA, 0);
	if (svm->features->has_init_redirection)
		write_msr(MSR_VM_CR, read_msr(MSR_VM_CR) &
			  ~(uint64_t)VM_CR_R_INIT);
	svm_leave_to(machine_boot_cr3(), machine_alias(frame), svm->vmcb_pa,
		     machine_alias(svm_leave_native));
}
