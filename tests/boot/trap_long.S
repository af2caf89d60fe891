/* SPDX-License-Identifier: BSD-2-Clause */
/* The third image's way in, exceptions in 64-bit mode, and running a probe. */
#define SELECTOR_CODE		0x08
#define SELECTOR_DATA		0x10
#define SELECTOR_USER_CODE	0x1b
#define SELECTOR_USER_DATA	0x23
#define USER_END		0x40

	.section .text.first, "ax"
	.globl	_start
_start:
	movl	$stack_top, %esp
	movl	$bss_start, %edi
	movl	$bss_end, %ecx
	subl	%edi, %ecx
	xorl	%eax, %eax
	rep stosb
	call	tables_fill
	lgdt	gdt_pointer
	pushq	$SELECTOR_CODE
	pushq	$1f
	lretq
1:	movl	$SELECTOR_DATA, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %fs
	movl	%eax, %gs
	movl	%eax, %ss
	call	tables_load
	call	main

	.text
	.globl	stubs, real_stubs, guarded, guarded_by_user
	.balign	16
real_stubs:
stubs:
	.set	vector, 0
	.rept	0x42
	.balign	16
	.if	(vector > 31) || (((0x227d00 >> (vector & 31)) & 1) == 0)
	pushq	$0
	.endif
	pushq	$vector
	jmp	long_trap
	.set	vector, vector + 1
	.endr

/* The stack: ten registers, vector, error, RIP, CS, RFLAGS. */
long_trap:
	pushq	%rax
	pushq	%rcx
	pushq	%rdx
	pushq	%rsi
	pushq	%rdi
	pushq	%rbp
	pushq	%r8
	pushq	%r9
	pushq	%r10
	pushq	%r11
	movq	%rsp, %rbp
	movq	80(%rbp), %rax
	movq	%rax, trap
	movq	88(%rbp), %rax
	movq	%rax, trap + 8
	movq	96(%rbp), %rax
	movq	%rax, trap + 16
	movq	112(%rbp), %rax
	movq	%rax, trap + 24
	movq	104(%rbp), %rax
	movq	%rax, trap + 32
	andq	$-16, %rsp
	call	trap_goes_on
	testb	%al, %al
	jz	abandon
	movq	%rbp, %rsp
	movq	trap + 16, %rax
	movq	%rax, 96(%rsp)
	movq	trap + 24, %rax
	movq	%rax, 112(%rsp)
	popq	%r11
	popq	%r10
	popq	%r9
	popq	%r8
	popq	%rbp
	popq	%rdi
	popq	%rsi
	popq	%rdx
	popq	%rcx
	popq	%rax
	addq	$16, %rsp
	iretq

abandon:
	movl	$SELECTOR_DATA, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	movq	guard_stack, %rsp
	movq	trap, %rax
	incq	%rax
	jmp	1f

guarded:
	pushq	%rbx
	pushq	%rbp
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	movq	%rsp, guard_stack
	call	*%rdi
	xorl	%eax, %eax
1:	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbp
	popq	%rbx
	cld
	ret

guarded_by_user:
	pushq	%rbx
	pushq	%rbp
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	movq	%rsp, guard_stack
	movq	%rdi, %rbx
	pushq	$SELECTOR_USER_DATA
	pushq	$user_stack_top
	pushq	$2
	pushq	$SELECTOR_USER_CODE
	pushq	$1f
	iretq
1:	call	*%rbx
	int	$USER_END

	.bss
	.balign	16
	.skip	1024
	.globl	trap_stack_top
trap_stack_top:
	.skip	1024
user_stack_top:
	.skip	2048
stack_top:
guard_stack:
	.skip	8

	.section .note.GNU-stack, "", @progbits
