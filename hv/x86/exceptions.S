/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Exceptions in the hypervisor itself: a #GP of a guarded RDMSR or WRMSR is
 * answered, everything else is a bug of ours and ends in a crash record.
 */
	.macro entry vector, has_error
	.balign 16
exception_\vector:
	.if !\has_error
	pushq	$0
	.endif
	pushq	$\vector
	jmp	exception_common
	.endm

	.macro address vector
	.quad	exception_\vector
	.endm

	.text
	.altmacro
	.set	i, 0
	.rept	32
	.if	i == 8 || (i >= 10 && i <= 14) || i == 17 || i == 21 || i == 29 || i == 30
	entry	%i, 1
	.else
	entry	%i, 0
	.endif
	.set	i, i + 1
	.endr

/* struct exception_frame of x86/crash.h, built downwards. */
exception_common:
	cld
	pushq	%rax
	pushq	%rcx
	pushq	%rdx
	pushq	%rbx
	pushq	%rbp
	pushq	%rsi
	pushq	%rdi
	pushq	%r8
	pushq	%r9
	pushq	%r10
	pushq	%r11
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	movq	%rsp, %rdi
	movq	%rsp, %rbp
	andq	$-16, %rsp
	call	exception_handle	/* returns only if it was answered */
	movq	%rbp, %rsp
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%r11
	popq	%r10
	popq	%r9
	popq	%r8
	popq	%rdi
	popq	%rsi
	popq	%rbp
	popq	%rbx
	popq	%rdx
	popq	%rcx
	popq	%rax
	addq	$16, %rsp
	iretq

/*
 * bool read_msr_guarded(uint32_t msr, uint64_t *value)
 * bool write_msr_guarded(uint32_t msr, uint64_t value)
 */
	.globl	read_msr_guarded, read_msr_may_fault
read_msr_guarded:
	movl	%edi, %ecx
read_msr_may_fault:
	rdmsr
	shlq	$32, %rdx
	orq	%rdx, %rax
	movq	%rax, (%rsi)
	movl	$1, %eax
	ret

	.globl	write_msr_guarded, write_msr_may_fault
write_msr_guarded:
	movl	%edi, %ecx
	movl	%esi, %eax
	movq	%rsi, %rdx
	shrq	$32, %rdx
write_msr_may_fault:
	wrmsr
	movl	$1, %eax
	ret

	.globl	msr_faulted
msr_faulted:
	xorl	%eax, %eax
	ret

	.section .data.rel.ro, "aw"
	.balign	8
	.globl	exception_entries
exception_entries:
	.set	i, 0
	.rept	32
	address	%i
	.set	i, i + 1
	.endr

	.section .note.GNU-stack, "", @progbits
