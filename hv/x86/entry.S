/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From the loader into the hypervisor and back.
 *
 * This file runs where the loader mapped the image (the alias).  It switches to
 * the boot tables, which map the loader's upper half and, beside it, the
 * hypervisor where it was linked, and calls C there on the loader's stack.
 */
#include "abi/hypercall.h"
#include "abi/launch.h"
#include "x86/layout.h"

#define CR4_LA57_BIT	12
#define PTE_TABLE	0x03		/* present, writable */
#define PTE_LARGE	0x83		/* the same, 2 MiB page */
#define ROOT_UPPER_HALF	2048		/* bytes; the half's offset and size */

/* Offsets in struct hv_launch; pinned in x86/launch.c. */
#define LAUNCH_MEMORY_PA	8
#define LAUNCH_PAGE_TABLE	56

	.section .text.header, "ax"
	.globl hv_image_start
	.quad	HV_IMAGE_MAGIC
	.long	HV_LAUNCH_VERSION
	.long	HV_ABI_VERSION
	.quad	hv_file_size		/* these are made by image.ld */
	.quad	hv_init_offset
	.quad	hv_enter_offset

/* The physical address of a symbol, given memory_pa in %r8. */
.macro physical symbol, into
	leaq	\symbol(%rip), \into
	leaq	hv_image_start(%rip), %r9
	subq	%r9, \into
	addq	%r8, \into
.endm

/*
 * Call C function `function` where it was linked, on the boot tables.
 * %rbx and %r12 are used; interrupts are off.
 */
.macro call_linked function
	movq	%cr3, %rbx
	leaq	2f(%rip), %r12
	movq	boot_cr3(%rip), %rax
	movq	%rax, %cr3
	movabsq	$1f, %rax
	jmp	*%rax
1:	movabsq	$\function, %rax
	call	*%rax
	jmp	*%r12
2:	movq	%rbx, %cr3
.endm

	.text
/* int init(struct hv_launch *launch) */
	.globl	init
init:
	endbr64
	pushq	%rbx
	pushq	%r12
	pushq	%rbp
	movq	%rsp, %rbp
	andq	$-16, %rsp
	call	build_boot_tables
	call_linked init_linked
	movq	%rbp, %rsp
	popq	%rbp
	popq	%r12
	popq	%rbx
	ret

/*
 * boot_root: a copy of the loader's root with one entry for us; from there
 * boot_pdpt and boot_pd map all 4 MiB.  With five levels, boot_pml4 lies
 * between.  Keeps %rdi.
 */
build_boot_tables:
	movq	LAUNCH_MEMORY_PA(%rdi), %r8
	movq	%rdi, %r10
	movq	LAUNCH_PAGE_TABLE(%rdi), %rsi
	addq	$ROOT_UPPER_HALF, %rsi
	leaq	boot_root + ROOT_UPPER_HALF(%rip), %rdi
	movl	$ROOT_UPPER_HALF / 8, %ecx
	rep movsq
	movq	%r10, %rdi

	leaq	PTE_LARGE(%r8), %rax
	movq	%rax, boot_pd(%rip)
	addq	$0x200000, %rax
	movq	%rax, boot_pd + 8(%rip)
	physical boot_pd, %rax
	orq	$PTE_TABLE, %rax
	movq	%rax, boot_pdpt(%rip)
	physical boot_pdpt, %rax
	orq	$PTE_TABLE, %rax

	movq	%cr4, %rcx
	btq	$CR4_LA57_BIT, %rcx
	jc	1f
	movq	%rax, boot_root + 8 * LAYOUT_HV_INDEX(%rip)
	jmp	2f
1:	movq	%rax, boot_pml4 + 8 * LAYOUT_HV_INDEX(%rip)
	physical boot_pml4, %rax
	orq	$PTE_TABLE, %rax
	movq	%rax, boot_root(%rip)
2:	physical boot_root, %rax
	movq	%rax, boot_cr3(%rip)
	ret

/* int enter(struct hv_launch *launch, uint32_t cpu) */
	.globl	enter
enter:
	endbr64
	pushq	%rbx
	pushq	%rbp
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	movq	%rsp, %rdx		/* struct caller_frame: 6 registers, RIP */
	movq	%cr3, %rcx
	subq	$8, %rsp
	call_linked enter_linked	/* returns only if it failed */
	addq	$8, %rsp
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbp
	popq	%rbx
	ret

/*
 * void enter_own_space(uint64_t cr3, uint64_t cr4, uint64_t stack,
 *			struct cpu *cpu)
 * Run the OS, on the hypervisor's own tables and stack.  A CR4 without PGE drops global translations too.
 */
	.globl enter_own_space
enter_own_space:
	movq	%rsi, %rax
	movq	%rdi, %cr3
	movq	%rax, %cr4
	movq	%rdi, %cr3
	movq	%rdx, %rsp
	xorl	%ebp, %ebp
	movq	%rcx, %rdi
	call	os_run
	ud2

	.bss
	.balign 4096
boot_root:
	.skip	4096
boot_pml4:
	.skip	4096
boot_pdpt:
	.skip	4096
boot_pd:
	.skip	4096
	.globl boot_cr3
boot_cr3:
	.skip	8

	.section .note.GNU-stack, "", @progbits
