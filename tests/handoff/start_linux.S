/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A kernel for Linux's boot protocol that tells what it was handed: the header
 * of a bzImage, and both entries (Documentation/arch/x86/boot.rst).
 */
#include "layout.h"

#define MSR_EFER	0xc0000080
#define XLF_KERNEL_64	1

	.section .text.header, "ax"
sectors:
	.skip	0x1f1
	.byte	1			/* one sector behind the first */
	.short	0
	.long	image_paragraphs
	.skip	4
	.short	0
	.short	0xaa55
	.byte	0xeb, header_end - header
header:
	.ascii	"HdrS"
	.short	0x20c
	.skip	8
	.byte	0, 1			/* loader; loaded high */
	.short	0
	.long	image_start		/* 32-bit code */
	.skip	8			/* initrd */
	.skip	4
	.short	0
	.skip	2
	.long	0			/* command line */
	.long	0x7fffffff		/* initrd up to here */
	.long	0x1000
	.byte	RELOCATABLE, 12
	.short	XLF_KERNEL_64
	.long	1024			/* command line's length */
	.skip	28
	.long	image_start, 0
	.long	image_size
	.skip	4
header_end:
	. = sectors + 1024

	.section .text.start, "ax"
	.code32
	.globl	start
start:					/* 32-bit entry */
	movl	%esp, registers + 16
	movl	$registers + 16, %esp
	pushl	$0
	pushl	$0
	pushl	%ebx
	pushl	$0			/* EAX may be anything */
	movl	%esi, registers + 20
	movl	%edi, registers + 24
	movl	%ebp, registers + 28
	movl	$stack_top, %esp
	pushfl
	popl	registers + 32
	movl	$32, entry_bits
report:
	call	report_linux
	jmp	end

	. = start + 0x200
	.code64
	movl	%esi, registers + 20(%rip)
	movq	%rsp, %rax
	movl	$stack_top, %esp
	pushfq
	popq	%rbx
	movl	%ebx, registers + 32(%rip)
	movl	$64, entry_bits(%rip)
	movq	%cr0, %rax
	movl	%eax, wide_cr0(%rip)
	movq	%cr4, %rax
	movl	%eax, wide_cr4(%rip)
	movl	$MSR_EFER, %ecx
	rdmsr
	movl	%eax, wide_efer(%rip)
	movw	%cs, wide_cs(%rip)
	movw	%ds, wide_ds(%rip)
	/* The rest in 32 bits, like the other. */
	lgdt	gdt_pointer(%rip)
	pushq	$0x10
	leaq	1f(%rip), %rax
	pushq	%rax
	lretq
	.code32
1:	movl	$0x18, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	movl	$0x11, %eax
	movl	%eax, %cr0
	jmp	report

	.data
	.balign	8
gdt:
	.quad	0, 0
	.quad	0x00cf9b000000ffff
	.quad	0x00cf93000000ffff
gdt_pointer:
	.short	4 * 8 - 1
	.long	gdt, 0

	.section .note.GNU-stack, "", @progbits
