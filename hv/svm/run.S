/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * void svm_run(uint64_t vmcb_pa, struct guest_regs *regs, uint64_t host_pa)
 *
 * One stay in the guest.  RAX, RSP, RIP and RFLAGS are in the VMCB.  All other
 * general registers are the guest's on the way in and, on the way out, are
 * replaced before anything else is done.
 */

/* Offsets in struct guest_regs (core/guest_state.h); pinned in svm.c. */
#define REG_RBX		8
#define REG_RCX		16
#define REG_RDX		24
#define REG_RSI		32
#define REG_RDI		40
#define REG_RBP		48
#define REG_R8		56
#define REG_R9		64
#define REG_R10		72
#define REG_R11		80
#define REG_R12		88
#define REG_R13		96
#define REG_R14		104
#define REG_R15		112

	.text
	.globl	svm_run
svm_run:
	pushq	%rbx
	pushq	%rbp
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	pushq	%rdx			/* host_pa */
	pushq	%rsi			/* regs */
	movq	%rdi, %rax
	movq	REG_RBX(%rsi), %rbx
	movq	REG_RCX(%rsi), %rcx
	movq	REG_RDX(%rsi), %rdx
	movq	REG_RDI(%rsi), %rdi
	movq	REG_RBP(%rsi), %rbp
	movq	REG_R8(%rsi), %r8
	movq	REG_R9(%rsi), %r9
	movq	REG_R10(%rsi), %r10
	movq	REG_R11(%rsi), %r11
	movq	REG_R12(%rsi), %r12
	movq	REG_R13(%rsi), %r13
	movq	REG_R14(%rsi), %r14
	movq	REG_R15(%rsi), %r15
	movq	REG_RSI(%rsi), %rsi

	vmload
	vmrun
	vmsave

	xchgq	%rsi, (%rsp)		/* the guest's RSI for regs */
	movq	%rbx, REG_RBX(%rsi)
	movq	%rcx, REG_RCX(%rsi)
	movq	%rdx, REG_RDX(%rsi)
	movq	%rdi, REG_RDI(%rsi)
	movq	%rbp, REG_RBP(%rsi)
	movq	%r8, REG_R8(%rsi)
	movq	%r9, REG_R9(%rsi)
	movq	%r10, REG_R10(%rsi)
	movq	%r11, REG_R11(%rsi)
	movq	%r12, REG_R12(%rsi)
	movq	%r13, REG_R13(%rsi)
	movq	%r14, REG_R14(%rsi)
	movq	%r15, REG_R15(%rsi)
	popq	REG_RSI(%rsi)
	movq	$0, -8(%rsp)		/* a PAL's RSI must not stay here */
	popq	%rax
	vmload				/* our own TR, FS, GS */
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbp
	popq	%rbx
	ret

/*
 * void svm_leave_to(uint64_t boot_cr3, struct leave_frame *alias_of_frame,
 *		     uint64_t vmcb_pa, void *alias_of_svm_leave_native)
 *
 * To the boot tables, then, in the loader's mapping of this code, to the OS's
 * own: what follows svm_leave_native runs there.
 */
#define FRAME_CR3	0
#define FRAME_CR4	8
#define FRAME_CR0	16
#define FRAME_CR2	24
#define FRAME_DR7	32
#define FRAME_EFER	40
#define FRAME_GDTR	48
#define FRAME_IDTR	64
#define FRAME_DS	80
#define FRAME_ES	82
#define FRAME_REGS	88
#define FRAME_IRET	208		/* RIP CS RFLAGS RSP SS */

#define MSR_EFER	0xc0000080
#define CR3_PCID	0xfff

	.globl	svm_leave_to
svm_leave_to:
	cli
	movq	%rdx, %rax
	vmload				/* FS GS TR LDTR and the system call MSRs */
	movq	%rdi, %cr3
	jmp	*%rcx

	.globl	svm_leave_native
svm_leave_native:
	movq	FRAME_CR3(%rsi), %rax	/* CR4.PCIDE wants PCID 0 at first */
	movq	%rax, %rbx
	andq	$~CR3_PCID, %rbx
	movq	%rbx, %cr3
	movq	FRAME_CR0(%rsi), %rbx
	movq	%rbx, %cr0
	movq	FRAME_CR4(%rsi), %rbx
	movq	%rbx, %cr4
	movq	%rax, %cr3
	movq	FRAME_CR2(%rsi), %rax
	movq	%rax, %cr2
	movq	FRAME_DR7(%rsi), %rax
	movq	%rax, %dr7
	lgdt	FRAME_GDTR(%rsi)
	lidt	FRAME_IDTR(%rsi)
	movl	FRAME_DS(%rsi), %eax
	movl	%eax, %ds
	movl	FRAME_ES(%rsi), %eax
	movl	%eax, %es
	movq	FRAME_IRET + 24(%rsi), %rsp
	pushq	FRAME_IRET + 32(%rsi)
	pushq	FRAME_IRET + 24(%rsi)
	pushq	FRAME_IRET + 16(%rsi)
	pushq	FRAME_IRET + 8(%rsi)
	pushq	FRAME_IRET(%rsi)
	movl	FRAME_EFER(%rsi), %eax
	movl	FRAME_EFER + 4(%rsi), %edx
	movl	$MSR_EFER, %ecx
	stgi
	wrmsr
	movq	FRAME_REGS(%rsi), %rax
	movq	FRAME_REGS + REG_RBX(%rsi), %rbx
	movq	FRAME_REGS + REG_RCX(%rsi), %rcx
	movq	FRAME_REGS + REG_RDX(%rsi), %rdx
	movq	FRAME_REGS + REG_RDI(%rsi), %rdi
	movq	FRAME_REGS + REG_RBP(%rsi), %rbp
	movq	FRAME_REGS + REG_R8(%rsi), %r8
	movq	FRAME_REGS + REG_R9(%rsi), %r9
	movq	FRAME_REGS + REG_R10(%rsi), %r10
	movq	FRAME_REGS + REG_R11(%rsi), %r11
	movq	FRAME_REGS + REG_R12(%rsi), %r12
	movq	FRAME_REGS + REG_R13(%rsi), %r13
	movq	FRAME_REGS + REG_R14(%rsi), %r14
	movq	FRAME_REGS + REG_R15(%rsi), %r15
	movq	FRAME_REGS + REG_RSI(%rsi), %rsi
	iretq

	.section .note.GNU-stack, "", @progbits
