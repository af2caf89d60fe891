/* SPDX-License-Identifier: BSD-2-Clause */
/* The second image's way in, and on to long mode. */
#include "layout.h"

#define SELECTOR_CODE		0x08
#define SELECTOR_DATA		0x10
#define SELECTOR_NEXT_CODE	0x60
#define CR0_PG			0x80000000
#define CR0_PG_PE		0x80000001
#define CR4_PAE			0x20
#define MSR_EFER		0xc0000080
#define EFER_LME		0x100

	.code32
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
	ljmp	$SELECTOR_CODE, $1f
1:	movl	$SELECTOR_DATA, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %fs
	movl	%eax, %gs
	movl	%eax, %ss
	call	main

	.globl	go_next
go_next:
	movl	%cr0, %eax
	andl	$~CR0_PG, %eax
	movl	%eax, %cr0
	movl	$LONG_TABLES_AT, %eax
	movl	%eax, %cr3
	movl	$CR4_PAE, %eax
	movl	%eax, %cr4
	movl	$MSR_EFER, %ecx
	rdmsr
	orl	$EFER_LME, %eax
	wrmsr
	movl	%cr0, %eax
	orl	$CR0_PG_PE, %eax
	movl	%eax, %cr0
	ljmp	$SELECTOR_NEXT_CODE, $STAGE64_AT

	.text
	.globl	real_stubs
real_stubs:

	.bss
	.balign	16
	.skip	4096
stack_top:

	.section .note.GNU-stack, "", @progbits
