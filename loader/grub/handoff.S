/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The last that runs of us, in a page where the OS has nothing: out of long
 * mode, the OS to where it wants to be (which may be where we were), there.
 * handoff.c copies this and fills in handoff_values.
 */
#include "layout.h"

#define MSR_EFER	0xc0000080
#define CR0_PE_ET	0x11
#define HERE(symbol)	(symbol - handoff_code)
#define PAGE		4096

	.section .text
	.globl	handoff_code, handoff_values, handoff_code_end
	.balign	16

	/* rdi: where this is. */
	.code64
handoff_code:
	leaq	handoff_gdt(%rip), %rax
	movq	%rax, handoff_gdt_pointer + 2(%rip)
	lgdt	handoff_gdt_pointer(%rip)
	leaq	1f(%rip), %rax
	pushq	$STUB_CS
	pushq	%rax
	lretq

	.code32
1:	movl	$STUB_DS, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %fs
	movl	%eax, %gs
	movl	%eax, %ss
	leal	PAGE(%edi), %esp
	movl	$CR0_PE_ET, %eax
	movl	%eax, %cr0		/* paging off: long mode is left */
	movl	$MSR_EFER, %ecx
	xorl	%eax, %eax
	xorl	%edx, %edx
	wrmsr
	movl	%eax, %cr4

	leal	HERE(handoff_values)(%edi), %ebp
	movl	0(%ebp), %edi
	movl	4(%ebp), %esi
	movl	8(%ebp), %ecx
	cld
	rep movsb
	movl	12(%ebp), %eax
	movl	%eax, handoff_entry - handoff_values(%ebp)
	movl	16(%ebp), %eax
	movl	20(%ebp), %ebx
	movl	24(%ebp), %esi
	xorl	%edi, %edi
	xorl	%ebp, %ebp
	.byte	0xea			/* ljmp, to what was just written */
handoff_entry:
	.long	0
	.short	STUB_CS

	.balign	8
handoff_gdt:
	.quad	0
	.quad	0
	.quad	0x00cf9a000000ffff	/* STUB_CS: now 32-bit code */
	.quad	0x00cf93000000ffff	/* STUB_DS: data */
handoff_gdt_end:
handoff_gdt_pointer:
	.short	handoff_gdt_end - handoff_gdt - 1
	.quad	0
	.balign	4
handoff_values:				/* struct values of handoff.c */
	.skip	7 * 4
handoff_code_end:

	.section .note.GNU-stack, "", @progbits
