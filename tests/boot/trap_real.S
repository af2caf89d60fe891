/* SPDX-License-Identifier: BSD-2-Clause */
/* Exceptions in real mode; and from there to 16-bit protected mode. */
#include "layout.h"

#define SELECTOR_CODE	0x08
#define SELECTOR_DATA	0x10
#define SELECTOR_NEXT_CODE	0x60
#define SELECTOR_FLAT	0x68

	.code16gcc
	.text
	.globl	real_stubs, trap_in_real_mode, go_protected, go_next
	.balign	16
real_stubs:
	.set	vector, 0
	.rept	0x42
	.balign	16
	pushw	$vector
	jmp	real_trap
	.set	vector, vector + 1
	.endr

/* The stack: PUSHAL's, vector, IP, CS, FLAGS, of 16 bits. */
real_trap:
	pushal
	movw	%cs, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movzwl	%sp, %ebp
	movzwl	32(%ebp), %eax
	movl	%eax, trap
	movl	$0, trap + 4
	movzwl	34(%ebp), %eax
	movl	%eax, trap + 8
	movzwl	38(%ebp), %eax
	movl	%eax, trap + 12
	movzwl	36(%ebp), %eax
	movl	%eax, trap + 16
	calll	trap_goes_on
	testb	%al, %al
	jz	abandon
	movw	trap + 8, %ax
	movw	%ax, 34(%ebp)
	movw	trap + 12, %ax
	movw	%ax, 38(%ebp)
	popal
	addw	$2, %sp
	iretw

/* Own vectors from here on. */
trap_in_real_mode:
	cli
	lidtl	real_vectors_pointer
	retl

/* go_protected(where to go on): no return. */
go_protected:
	cli
	movl	4(%esp), %ebx
	lgdtl	gdt_pointer
	movl	%cr0, %eax
	orb	$1, %al
	movl	%eax, %cr0
	ljmpw	$SELECTOR_CODE, $1f
1:	movw	$SELECTOR_DATA, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %fs
	movw	%ax, %gs
	movw	%ax, %ss
	calll	*%ebx

/* To the second image. */
go_next:
	movw	$SELECTOR_FLAT, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	ljmpl	$SELECTOR_NEXT_CODE, $STAGE32_AT

	.section .note.GNU-stack, "", @progbits
