/* SPDX-License-Identifier: BSD-2-Clause */
/* The first image: real mode, and what its C cannot do itself. */
#include "layout.h"

#define CR0_PE		1
#define CS_16		0x08
#define DS_16		0x10
#define DS_FLAT		0x18
#define VECTOR_GP	13

	.code16
	.section .text.first, "ax"
	.globl	_start
_start:
	cli
	movw	%cs, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movl	$0x7ff0, %esp
	sti
	cld
	movw	$bss_start, %di
	movw	$bss_end, %cx
	subw	%di, %cx
	xorb	%al, %al
	rep stosb
	calll	main
1:	hlt
	jmp	1b

	.text
	.globl	bios_int, far_read32, far_read16
bios_int:
	pushal
	pushw	%ds
	pushw	%es
	movl	40(%esp), %ebx
	xorw	%ax, %ax
	movw	%ax, %es
	shlw	$2, %bx
	movl	%es:(%bx), %eax
	movl	%eax, handler
	movw	bios_registers + 24, %es
	movl	bios_registers + 0, %eax
	movl	bios_registers + 4, %ebx
	movl	bios_registers + 8, %ecx
	movl	bios_registers + 12, %edx
	movl	bios_registers + 16, %esi
	movl	bios_registers + 20, %edi
	pushfw
	cli
	lcallw	*handler
	pushfw
	popw	%cs:bios_registers + 26
	movl	%eax, %cs:bios_registers + 0
	movl	%ebx, %cs:bios_registers + 4
	movl	%ecx, %cs:bios_registers + 8
	movl	%edx, %cs:bios_registers + 12
	movl	%esi, %cs:bios_registers + 16
	movl	%edi, %cs:bios_registers + 20
	movw	%es, %cs:bios_registers + 24
	popw	%es
	popw	%ds
	popal
	cld
	retl

far_read32:
	movl	4(%esp), %ecx
	pushw	%es
	movl	%ecx, %eax
	shrl	$4, %eax
	movw	%ax, %es
	andl	$15, %ecx
	movl	%es:(%ecx), %eax
	popw	%es
	retl

far_read16:
	pushl	4(%esp)
	calll	far_read32
	addl	$4, %esp
	movzwl	%ax, %eax
	retl

/*
 * peek_*(address, value): FS gets a limit of 4 GiB, which stays in real mode
 * until FS is loaded again.  In real mode a #GP goes through a table of our
 * own, and so does it in protected mode.
 */
	.globl	peek_unreal, peek_protected
peek_unreal:
	cli
	movl	%esp, peek_stack
	lgdtl	gdt_pointer
	movl	%cr0, %eax
	orb	$CR0_PE, %al
	movl	%eax, %cr0
	movw	$DS_FLAT, %cx
	movw	%cx, %fs
	andb	$~CR0_PE, %al
	movl	%eax, %cr0
	lidtl	real_vectors_pointer
	calll	peek
	jmp	peek_done

peek_protected:
	cli
	movl	%esp, peek_stack
	lgdtl	gdt_pointer
	lidtl	gates_pointer
	movl	%cr0, %eax
	orb	$CR0_PE, %al
	movl	%eax, %cr0
	ljmpw	$CS_16, $1f
1:	movw	$DS_16, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movw	$DS_FLAT, %ax
	movw	%ax, %fs
	calll	peek
	pushl	%eax
	movl	%cr0, %eax
	andb	$~CR0_PE, %al
	movl	%eax, %cr0
	ljmpw	$STAGE16_AT >> 4, $2f
2:	movw	%cs, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	popl	%eax
peek_done:
	xorw	%cx, %cx
	movw	%cx, %fs
	lidtl	bios_vectors_pointer
	sti
	retl

peek:
	movl	8(%esp), %ecx		/* the caller's address, value */
	movl	12(%esp), %edx
	movl	%fs:(%ecx), %eax
	movl	%eax, (%edx)
	xorl	%eax, %eax
	retl

peek_fault:
	movl	peek_stack, %esp
	subl	$4, %esp		/* as when peek was entered */
	movl	$-VECTOR_GP, %eax
	retl

	.data
	.balign	8
gdt:
	.quad	0
	.quad	0x00009b000000ffff | STAGE16_AT << 16
	.quad	0x000093000000ffff | STAGE16_AT << 16
	.quad	0x00cf93000000ffff
gdt_end:
gdt_pointer:
	.short	gdt_end - gdt - 1
	.long	gdt + STAGE16_AT

	.balign	8
gates:
	.fill	VECTOR_GP, 8, 0
	.short	peek_fault, CS_16, 0x8600, 0
gates_end:
gates_pointer:
	.short	gates_end - gates - 1
	.long	gates + STAGE16_AT

real_vectors:
	.fill	VECTOR_GP, 4, 0
	.short	peek_fault, STAGE16_AT >> 4
real_vectors_end:
real_vectors_pointer:
	.short	real_vectors_end - real_vectors - 1
	.long	real_vectors + STAGE16_AT

bios_vectors_pointer:
	.short	0x3ff
	.long	0

	.bss
	.globl	bios_registers
	.balign	4
bios_registers:
	.skip	28
handler:
	.skip	4
peek_stack:
	.skip	4

	.section .note.GNU-stack, "", @progbits
