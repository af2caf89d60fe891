/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What stays in base memory with an OS that may ask the BIOS: the answers of
 * int 15h on how much memory there is, and the way into real mode for a boot
 * sector.  bios.c copies this to a 1 KiB border, which is its segment, and fills
 * in what lies before RESIDENT_CODE and behind RESIDENT_TABLE.
 */
#include "resident.h"

#define CR0_PG		0x80000000
#define CR0_RESET	0x10		/* as BIOSes leave it: ET */
#define EFER		0xc0000080
#define EFER_LME_NXE	0x900
#define SMAP		0x534d4150
#define UNSUPPORTED	0x86		/* AH, of a BIOS that lacks a function */
#define SECTOR_AT	0x7c00
#define HERE(symbol)	(symbol - resident)

	.section .text
	.globl	resident, resident_leave, resident_begin
	.globl	resident_int_15, resident_end
	.balign	16
	.code16
resident:
	.skip	RESIDENT_CODE

/* From 64-bit mode, in a segment of 16 bits: compatibility mode still. */
resident_leave:
	movl	%cr0, %eax
	andl	$~CR0_PG, %eax
	movl	%eax, %cr0
	movl	$EFER, %ecx
	rdmsr
	andl	$~EFER_LME_NXE, %eax
	wrmsr
	xorl	%eax, %eax
	movl	%eax, %cr4
	movl	%eax, %cr3
	movw	$RESIDENT_DS, %ax	/* limits and kinds of real mode */
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %fs
	movw	%ax, %gs
	movw	%ax, %ss
	lidtl	%cs:HERE(vectors)
	movl	$CR0_RESET, %eax
	movl	%eax, %cr0
	ljmpw	*%cs:RESIDENT_BEGIN

resident_begin:
	xorl	%eax, %eax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %fs
	movw	%ax, %gs
	movw	%ax, %ss
	movl	$SECTOR_AT, %esp
	movzbl	%cs:RESIDENT_DRIVE, %edx
	xorl	%ebx, %ebx
	xorl	%ecx, %ecx
	movzwl	%cs:RESIDENT_PARTITION, %esi
	xorl	%edi, %edi
	movl	%esi, %ebp		/* some look there */
	ljmpw	$0, $SECTOR_AT

vectors:
	.short	4 * 256 - 1
	.long	0

resident_int_15:
	cmpw	$0xe820, %ax
	je	map
	cmpw	$0xe801, %ax
	je	sizes
	cmpb	$0x88, %ah
	je	size_above_1m
	cmpw	$0xe881, %ax		/* the same in rarer forms, which would */
	je	unsupported		/* tell of the hypervisor's */
	cmpw	$0xda88, %ax
	je	unsupported
	cmpb	$0x8a, %ah
	je	unsupported
	cmpb	$0xc7, %ah
	je	unsupported
	ljmpw	*%cs:RESIDENT_OLD_VECTOR

map:
	cmpl	$SMAP, %edx
	jne	unsupported
	cmpl	$RESIDENT_ENTRY_SIZE, %ecx
	jb	unsupported
	pushl	%esi
	movzwl	%cs:RESIDENT_COUNT, %esi
	cmpl	%esi, %ebx
	popl	%esi
	jae	unsupported
	pushw	%ds
	pushw	%si
	pushw	%di
	pushw	%cs
	popw	%ds
	imulw	$RESIDENT_ENTRY_SIZE, %bx, %si
	addw	$RESIDENT_TABLE, %si
	movw	$RESIDENT_ENTRY_SIZE, %cx
	cld
	rep movsb
	incl	%ebx
	cmpw	RESIDENT_COUNT, %bx
	jb	1f
	xorl	%ebx, %ebx
1:	popw	%di
	popw	%si
	popw	%ds
	movl	$SMAP, %eax
	movl	$RESIDENT_ENTRY_SIZE, %ecx
	jmp	done

sizes:
	movw	%cs:RESIDENT_BELOW_16M, %ax
	movw	%cs:RESIDENT_ABOVE_16M, %bx
	movw	%ax, %cx
	movw	%bx, %dx
	jmp	done

size_above_1m:
	movw	%cs:RESIDENT_ABOVE_1M, %ax
done:
	pushw	%bp
	movw	%sp, %bp
	andb	$~1, 6(%bp)		/* the caller's carry flag */
	popw	%bp
	iretw

unsupported:
	movb	$UNSUPPORTED, %ah
	pushw	%bp
	movw	%sp, %bp
	orb	$1, 6(%bp)
	popw	%bp
	iretw
resident_end:

	.section .note.GNU-stack, "", @progbits
