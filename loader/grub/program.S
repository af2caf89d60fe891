/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between the firmware's world and ours, with its boot services alive: its
 * stack, descriptors and page tables are in its half of the address space.
 */
#include "layout.h"

	.section .text
	.code64
/*
 * void program_call_here(void (*function)(void), const void *gdt)
 *
 * gdt: the pointer for LGDT to a copy of the firmware's descriptors.  The
 * selectors stay, so that interrupts find what they look for on both.
 */
	.globl	program_call_here
program_call_here:
	pushq	%rbp
	movq	%rsp, %rbp
	pushfq
	subq	$16, %rsp
	cli
	sgdt	(%rsp)
	lgdt	(%rsi)
	leaq	stack_top(%rip), %rsp
	call	*%rdi
	leaq	-24(%rbp), %rsp
	lgdt	(%rsp)
	addq	$16, %rsp
	popfq
	popq	%rbp
	ret

/*
 * uint64_t program_leap(void *start_image, void *image, uint64_t cr3)
 *
 * StartImage(image, NULL, NULL) on the firmware's own page tables, in which we
 * are only where GRUB has loaded us.
 */
	.globl	program_leap
program_leap:
	pushq	%rbx
	pushq	%rbp
	movq	%rsp, %rbp
	andq	$-16, %rsp
	subq	$32, %rsp		/* the callee's, by its convention */
	movq	%cr3, %rbx
	movabsq	$1f - STUB_BASE, %rax
	addq	stub_moved(%rip), %rax
	jmp	*%rax
1:	movq	%rdx, %cr3
	movq	%rdi, %rax
	movq	%rsi, %rcx
	xorl	%edx, %edx
	xorl	%r8d, %r8d
	call	*%rax
	movq	%rbx, %cr3
	movabsq	$2f, %rcx
	jmp	*%rcx
2:	movq	%rbp, %rsp
	popq	%rbp
	popq	%rbx
	ret

	.section .note.GNU-stack, "", @progbits
