/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Exceptions in protected mode, with 32-bit gates in a segment of 16 bits and
 * of 32; and running a probe.
 */
#define SELECTOR_CODE		0x08
#define SELECTOR_DATA		0x10
#define SELECTOR_USER_CODE	0x1b
#define SELECTOR_USER_DATA	0x23
#define USER_END		0x40

	.if	IMAGE_BITS == 16
	.code16gcc
	.else
	.code32
	.endif
	.text
	.globl	stubs, abandon, guarded, guarded_by_user
	.balign	16
stubs:
	.set	vector, 0
	.rept	0x42
	.balign	16
	.if	(vector > 31) || (((0x227d00 >> (vector & 31)) & 1) == 0)
	pushl	$0
	.endif
	pushl	$vector
	jmp	protected_trap
	.set	vector, vector + 1
	.endr

/* The stack: DS, PUSHAL's, vector, error, EIP, CS, EFLAGS. */
protected_trap:
	pushal
	movl	%ds, %eax
	pushl	%eax
	movl	$SELECTOR_DATA, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%esp, %ebp
	movl	36(%ebp), %eax
	movl	%eax, trap
	movl	40(%ebp), %eax
	movl	%eax, trap + 4
	movl	44(%ebp), %eax
	movl	%eax, trap + 8
	movl	52(%ebp), %eax
	movl	%eax, trap + 12
	movzwl	48(%ebp), %eax
	movl	%eax, trap + 16
	calll	trap_goes_on
	testb	%al, %al
	jz	abandon
	movl	trap + 8, %eax
	movl	%eax, 44(%ebp)
	movl	trap + 12, %eax
	movl	%eax, 52(%ebp)
	popl	%eax
	movl	%eax, %ds
	movl	%eax, %es
	popal
	addl	$8, %esp
	iretl

abandon:
	movl	%ds, %eax
	movl	%eax, %ss
	movl	guard_stack, %esp
	movl	trap, %eax
	incl	%eax
	jmp	1f

guarded:
	pushl	%ebx
	pushl	%esi
	pushl	%edi
	pushl	%ebp
	movl	%esp, guard_stack
	calll	*20(%esp)
	xorl	%eax, %eax
1:	movl	%ds, %ecx
	movl	%ecx, %es
	popl	%ebp
	popl	%edi
	popl	%esi
	popl	%ebx
	cld
	retl

guarded_by_user:
	pushl	%ebx
	pushl	%esi
	pushl	%edi
	pushl	%ebp
	movl	%esp, guard_stack
	movl	20(%esp), %ebx
	movl	$SELECTOR_USER_DATA, %eax
	movl	%eax, %ds
	movl	%eax, %es
	pushl	%eax
	pushl	$user_stack_top
	pushl	$2
	pushl	$SELECTOR_USER_CODE
	pushl	$1f
	iretl
1:	calll	*%ebx
	int	$USER_END

	.bss
	.balign	16
	.skip	1024
	.globl	trap_stack_top
trap_stack_top:
	.skip	1024
user_stack_top:
guard_stack:
	.skip	4

	.section .note.GNU-stack, "", @progbits
