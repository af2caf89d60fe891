/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A kernel for Multiboot and Multiboot2 that tells what it was handed.  With
 * ADDRESSES, its headers say where it goes, and the file need not be ELF.
 */
#include "layout.h"

#define MAGIC1		0x1badb002
#define FLAGS1		0x3		/* modules at pages; memory wanted */
#define FLAG_ADDRESSES	0x10000
#define MAGIC2		0xe85250d6

#ifdef ADDRESSES
#define FLAGS		(FLAGS1 | FLAG_ADDRESSES)
#else
#define FLAGS		FLAGS1
#endif

	.section .text.header, "ax"
	.balign	8
header1:
	.long	MAGIC1
	.long	FLAGS
	.long	-(MAGIC1 + FLAGS)
#ifdef ADDRESSES
	.long	header1, image_start, data_end, image_end, start
#endif

	.balign	8
header2:
	.long	MAGIC2
	.long	0			/* i386 */
	.long	header2_end - header2
	.long	-(MAGIC2 + header2_end - header2)
	.short	1, 0			/* information wanted */
	.long	8 + 3 * 4
	.long	1, 3, 6			/* words, modules, memory map */
	.balign	8
#ifdef ADDRESSES
	.short	2, 0
	.long	8 + 4 * 4
	.long	header2, image_start, data_end, image_end
	.balign	8
	.short	3, 0
	.long	12
	.long	start
	.balign	8
#endif
	.short	6, 0			/* modules at pages */
	.long	8
	.short	0, 0
	.long	8
header2_end:

	.text
	.code32
	.globl	start
start:
	movl	%esp, registers + 16
	movl	$registers + 16, %esp
	pushl	%edx
	pushl	%ecx
	pushl	%ebx
	pushl	%eax
	movl	%esi, registers + 20
	movl	%edi, registers + 24
	movl	%ebp, registers + 28
	movl	$stack_top, %esp
	pushfl
	popl	registers + 32
	call	report_multiboot
	jmp	end

	.section .note.GNU-stack, "", @progbits
