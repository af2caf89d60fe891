/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From GRUB's 32-bit protected mode into C.
 *
 * GRUB loads us at 1 MiB and enters with paging off (Multiboot2 3.2).  The
 * hypervisor wants its caller in the upper half of a 64-bit address space, so
 * the tables made here map
 *
 *	the first 4 GiB			at their own addresses
 *	the first GiB			at STUB_BASE, where we are linked
 *	the hypervisor's 4 MiB		at STUB_ALIAS (window_pd, by C)
 */
#include "layout.h"

#define MULTIBOOT2_MAGIC	0xe85250d6
#define MULTIBOOT2_LOADED	0x36d76289
#define PTE_TABLE		0x03
#define PTE_LARGE		0x83
#define MSR_EFER		0xc0000080
#define EFER_LME		0x100
#define EFER_NXE		0x800
#define CR0_PG_WP		0x80010000
#define CR4_PAE			0x20
#define PHYSICAL(symbol)	(symbol - STUB_BASE)

	.section .text.header, "ax"
	.balign	8
header:
	.long	MULTIBOOT2_MAGIC
	.long	0			/* i386 */
	.long	header_end - header
	.long	-(MULTIBOOT2_MAGIC + header_end - header)
	.balign	8
	.short	6			/* modules at page boundaries */
	.short	0
	.long	8
	.balign	8
	.short	0			/* the end */
	.short	0
	.long	8
header_end:

	.code32
	.globl	start
start:
	cli
	cld
	movl	$PHYSICAL(stack_top), %esp
	cmpl	$MULTIBOOT2_LOADED, %eax
	jne	no_grub
	movl	%ebx, %ebp		/* the boot information */

	/* The first 4 GiB. */
	movl	$PTE_LARGE, %eax
	movl	$PHYSICAL(low_pd), %edi
	movl	$4 * 512, %ecx
1:	movl	%eax, (%edi)
	movl	$0, 4(%edi)
	addl	$0x200000, %eax
	addl	$8, %edi
	loop	1b
	movl	$PHYSICAL(low_pd) + PTE_TABLE, %eax
	movl	$PHYSICAL(low_pdpt), %edi
	movl	$4, %ecx
2:	movl	%eax, (%edi)
	addl	$4096, %eax
	addl	$8, %edi
	loop	2b

	/* STUB_BASE is the last GiB but one, STUB_ALIAS in the last. */
	movl	$PHYSICAL(low_pd) + PTE_TABLE, PHYSICAL(high_pdpt) + 8 * 510
	movl	$PHYSICAL(window_pd) + PTE_TABLE, PHYSICAL(high_pdpt) + 8 * 511
	movl	$PHYSICAL(low_pdpt) + PTE_TABLE, PHYSICAL(stub_pml4)
	movl	$PHYSICAL(high_pdpt) + PTE_TABLE, PHYSICAL(stub_pml4) + 8 * 511

	call	go_long
	ljmp	$STUB_CS, $PHYSICAL(long_mode)

/* Paging and long mode on, the descriptor table in place. */
go_long:
	movl	$CR4_PAE, %eax
	movl	%eax, %cr4
	movl	$PHYSICAL(stub_pml4), %eax
	movl	%eax, %cr3
	movl	$MSR_EFER, %ecx
	rdmsr
	orl	$EFER_LME | EFER_NXE, %eax
	wrmsr
	movl	%cr0, %eax
	orl	$CR0_PG_WP, %eax
	movl	%eax, %cr0
	lgdt	PHYSICAL(low_gdt_pointer)
	ret

/* There is nothing yet to say it with. */
no_grub:
	hlt
	jmp	no_grub

	.code64
long_mode:
	movl	$STUB_DS, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	xorl	%eax, %eax
	movl	%eax, %fs
	movl	%eax, %gs
	lldt	%ax
	movabsq	$stack_top, %rsp
	lgdt	high_gdt_pointer(%rip)
	movl	%ebp, %edi
	movabsq	$stub_main, %rax
	call	*%rax
1:	hlt				/* it does not return */
	jmp	1b

	.section .rodata
	.balign	8
	.globl	stub_gdt, high_gdt_pointer
stub_gdt:
	.quad	0
	.quad	0
	.quad	0x00af9b000000ffff	/* STUB_CS: 64-bit code */
	.quad	0x00cf93000000ffff	/* STUB_DS: data */
stub_gdt_end:
low_gdt_pointer:
	.short	stub_gdt_end - stub_gdt - 1
	.long	PHYSICAL(stub_gdt)
	.long	0
	.balign	8
	.short	0, 0, 0
high_gdt_pointer:
	.short	stub_gdt_end - stub_gdt - 1
	.quad	stub_gdt

	.globl	hypervisor_image, hypervisor_image_end
	.balign	4096
hypervisor_image:
	.incbin	HYPERVISOR_IMAGE
hypervisor_image_end:

	.bss
	.balign	4096
	.globl	stub_pml4, window_pd
stub_pml4:
	.skip	4096
low_pdpt:
	.skip	4096
low_pd:
	.skip	4 * 4096
high_pdpt:
	.skip	4096
window_pd:
	.skip	4096
	.skip	16384
stack_top:

	.section .note.GNU-stack, "", @progbits
