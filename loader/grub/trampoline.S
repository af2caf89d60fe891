/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where the other CPUs begin, in real mode, at the start of a page below 1 MiB
 * to which this is copied; cpus.c fills in trampoline_values.  They go on in long
 * mode, on the tables of the first CPU and our descriptors, in cpus_arrive().
 */
#include "layout.h"

#define MSR_EFER	0xc0000080
#define EFER_LME_NXE	0x900
#define CR0_PG_WP_PE	0x80010001
#define CR4_PAE		0x20
#define HERE(symbol)	(symbol - trampoline)

	.section .text
	.code16
	.globl	trampoline, trampoline_values, trampoline_end, trampoline_long
	.balign	16
trampoline:
	cli
	cld
	movw	%cs, %ax
	movw	%ax, %ds
	lgdtl	HERE(trampoline_gdt)
	movl	$CR4_PAE, %eax
	movl	%eax, %cr4
	movl	HERE(trampoline_values), %eax
	movl	%eax, %cr3
	movl	$MSR_EFER, %ecx
	rdmsr
	orl	$EFER_LME_NXE, %eax
	wrmsr
	movl	%cr0, %eax
	andl	$0x9fffffff, %eax	/* caches on: CD and NW off */
	orl	$CR0_PG_WP_PE, %eax
	movl	%eax, %cr0
	ljmpl	*HERE(trampoline_values) + 4
	.balign	4
trampoline_values:			/* struct values of cpus.c */
	.long	0
	.long	0
	.short	0
trampoline_gdt:
	.short	0
	.long	0
trampoline_end:

	.code64
trampoline_long:
	movabsq	$1f, %rax
	jmp	*%rax
1:	movl	$STUB_DS, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	xorl	%eax, %eax
	movl	%eax, %fs
	movl	%eax, %gs
	lldt	%ax
	lgdt	high_gdt_pointer(%rip)
	leaq	ap_stack_top(%rip), %rsp
	call	cpus_arrive
1:	hlt
	jmp	1b

	.bss
	.balign	16
	.skip	8192
ap_stack_top:

	.section .note.GNU-stack, "", @progbits
