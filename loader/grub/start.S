/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From GRUB into C.
 *
 * On a BIOS machine GRUB enters in 32-bit mode with paging off; on UEFI, while
 * the boot services still run, in 64-bit mode on the firmware's stack and page
 * tables (Multiboot2 3.3, 3.5).  It loads us at 1 MiB, or, where that is not
 * free, at some other MiB, from where we copy ourselves to 1 MiB once nobody
 * else runs.
 *
 * The hypervisor wants its caller in the upper half of a 64-bit address space,
 * so the tables made here map
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
	.short	7			/* UEFI's boot services shall run */
	.short	1			/* (all that follows is optional) */
	.long	8
	.balign	8
	.short	9			/* where we begin, if they do */
	.short	1
	.long	12
	.long	PHYSICAL(start_efi)
	.balign	8
	.short	10			/* where we can be loaded */
	.short	1
	.long	24
	.long	STUB_LOAD, 0xffffffff
	.long	STUB_LOAD		/* aligned to that */
	.long	1			/* as low as possible */
	.balign	8
	.short	0			/* the end */
	.short	0
	.long	8
header_end:

/* Copy us from STUB_LOAD + ebp to STUB_LOAD; no overlap, by stub.lds. */
.macro copy_to_place
	leal	PHYSICAL(stub_start)(%ebp), %esi
	movl	$PHYSICAL(stub_start), %edi
	movl	$stub_size, %ecx
	rep movsb
.endm

/*
 * All tables but window_pd, for us at STUB_LOAD + ebp.  STUB_BASE is the last
 * GiB but one, STUB_ALIAS in the last.
 */
.macro make_tables
	movl	$PTE_LARGE, %eax
	leal	PHYSICAL(low_pd)(%ebp), %edi
	movl	$4 * 512, %ecx
1:	movl	%eax, (%edi)
	movl	$0, 4(%edi)
	addl	$0x200000, %eax
	addl	$8, %edi
	decl	%ecx
	jnz	1b
	leal	PHYSICAL(low_pd) + PTE_TABLE(%ebp), %eax
	leal	PHYSICAL(low_pdpt)(%ebp), %edi
	movl	%eax, PHYSICAL(high_pdpt) + 8 * 510(%ebp)
	movl	$4, %ecx
2:	movl	%eax, (%edi)
	addl	$4096, %eax
	addl	$8, %edi
	decl	%ecx
	jnz	2b
	leal	PHYSICAL(window_pd) + PTE_TABLE(%ebp), %eax
	movl	%eax, PHYSICAL(high_pdpt) + 8 * 511(%ebp)
	leal	PHYSICAL(low_pdpt) + PTE_TABLE(%ebp), %eax
	movl	%eax, PHYSICAL(stub_pml4)(%ebp)
	leal	PHYSICAL(high_pdpt) + PTE_TABLE(%ebp), %eax
	movl	%eax, PHYSICAL(stub_pml4) + 8 * 511(%ebp)
.endm

/* Paging and long mode on, the descriptor table in place. */
.macro go_long accumulator
	movl	$CR4_PAE, %eax
	mov	\accumulator, %cr4
	movl	$PHYSICAL(stub_pml4), %eax
	mov	\accumulator, %cr3
	movl	$MSR_EFER, %ecx
	rdmsr
	orl	$EFER_LME | EFER_NXE, %eax
	wrmsr
	mov	%cr0, \accumulator
	orl	$CR0_PG_WP, %eax
	mov	\accumulator, %cr0
.endm

	.code32
	.globl	start
start:
	cli
	cld
	cmpl	$MULTIBOOT2_LOADED, %eax
	jne	no_grub
	leal	8(%ebx), %esp		/* what is there is reserved */
	call	1f
1:	popl	%ebp
	subl	$PHYSICAL(1b), %ebp
	copy_to_place
	xorl	%ebp, %ebp
	movl	$PHYSICAL(2f), %eax
	jmp	*%eax
2:	movl	$PHYSICAL(stack_top), %esp
	make_tables
	go_long	%eax
	lgdt	PHYSICAL(low_gdt_pointer)
	ljmp	$STUB_CS, $PHYSICAL(long_mode)

/* There is nothing yet to say it with. */
no_grub:
	hlt
	jmp	no_grub

	.code64
long_mode:
	call	load_segments
	movabsq	$stack_top, %rsp
	lgdt	high_gdt_pointer(%rip)
	movl	%ebx, %edi
	movabsq	$stub_read, %rax
	call	*%rax
	jmp	go_on

load_segments:
	movl	$STUB_DS, %eax
	movl	%eax, %ds
	movl	%eax, %es
	movl	%eax, %ss
	xorl	%eax, %eax
	movl	%eax, %fs
	movl	%eax, %gs
	lldt	%ax
	ret

go_on:
	movabsq	$stub_main, %rax
	call	*%rax
1:	hlt				/* it does not return */
	jmp	1b

/*
 * The firmware's page tables are kept as they are: a copy of the topmost has
 * us at STUB_BASE as well, in pages of 4 KiB, wherever we are, and the
 * hypervisor's window.
 */
start_efi:
	cld
	leaq	header(%rip), %rbp
	subq	$PHYSICAL(header), %rbp
	movq	%rbp, stub_moved(%rip)
	leal	PTE_TABLE(%ebp), %eax
	leaq	efi_pt(%rip), %rdi
	movl	$512, %ecx
1:	movl	%eax, (%rdi)
	addl	$4096, %eax
	addq	$8, %rdi
	decl	%ecx
	jnz	1b
	movq	%cr3, %rsi
	movq	%rsi, efi_cr3(%rip)
	andq	$-4096, %rsi
	leaq	efi_pml4(%rip), %rdi
	movl	$512, %ecx
	rep movsq
	leaq	efi_pt + PTE_TABLE(%rip), %rax
	movq	%rax, efi_pd(%rip)
	leaq	efi_pd + PTE_TABLE(%rip), %rax
	movq	%rax, efi_pdpt + 8 * 510(%rip)
	leaq	window_pd + PTE_TABLE(%rip), %rax
	movq	%rax, efi_pdpt + 8 * 511(%rip)
	leaq	efi_pdpt + PTE_TABLE(%rip), %rax
	movq	%rax, efi_pml4 + 8 * 511(%rip)
	leaq	efi_pml4(%rip), %rax
	movq	%rax, %cr3

	andq	$-16, %rsp
	movl	%ebx, %edi
	movabsq	$stub_read, %rax
	call	*%rax

	/* The firmware is gone.  Away from its tables, to our place. */
	cli
	make_tables
	leal	PHYSICAL(stub_pml4)(%ebp), %eax
	movq	%rax, %cr3
	copy_to_place
	movl	$PHYSICAL(1f), %eax
	jmp	*%rax
1:	xorl	%ebp, %ebp
	movq	%rbp, stub_moved(%rip)
	make_tables
	go_long	%rax
	movabsq	$stack_top, %rsp
	lgdt	high_gdt_pointer(%rip)
	pushq	$STUB_CS
	leaq	1f(%rip), %rax
	pushq	%rax
	lretq
1:	call	load_segments
	jmp	go_on

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
	.globl	stub_pml4, window_pd, efi_pml4, efi_cr3, stub_moved, stack_top
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
efi_pml4:
	.skip	4096
efi_pdpt:
	.skip	4096
efi_pd:
	.skip	4096
efi_pt:
	.skip	4096
efi_cr3:
	.skip	8
stub_moved:
	.skip	8
	.balign	4096
	.skip	131072		/* what UEFI promises its programs, as of fail() */
stack_top:

	.section .note.GNU-stack, "", @progbits
