/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The tests' boot sector: reads the images behind it by int 13h, and goes to
 * the first, with what it got itself kept in its first bytes.
 */
#include "layout.h"

#define SECTORS_ONCE	64
#define PARTITION_BEGIN	8		/* in a partition's entry: its first sector */

	.code16
	.section .text
	.globl	_start
_start:
	/* What was handed over; nothing is changed before it is kept. */
	movl	%eax, %cs:KEPT_EAX
	movl	%edx, %cs:KEPT_EDX
	movl	%esp, %cs:KEPT_ESP
	movl	%esi, %cs:KEPT_ESI
	movw	%ds, %cs:KEPT_DS
	movw	%es, %cs:KEPT_ES
	movw	%ss, %cs:KEPT_SS
	movw	%cs, %cs:KEPT_CS
	pushfl
	popl	%cs:KEPT_FLAGS

	cli
	xorw	%ax, %ax
	movw	%ax, %ds
	movw	%ax, %es
	movw	%ax, %ss
	movl	$0x7c00, %esp
	sti
	cld
	testw	%si, %si		/* its partition's entry, if it has one */
	jz	next
	movl	PARTITION_BEGIN(%si), %eax
	addl	%eax, packet_sector
next:
	movw	$packet, %si
	movb	KEPT_EDX, %dl
	movb	$0x42, %ah
	int	$0x13
	jc	bad
	addw	$SECTORS_ONCE * 512 / 16, packet_segment
	addl	$SECTORS_ONCE, packet_sector
	decb	left
	jnz	next
	ljmpw	$STAGE16_AT >> 4, $0

bad:
	movw	$words, %si
1:	lodsb
	testb	%al, %al
	jz	2f
	movw	$0x3f8, %dx
	outb	%al, %dx
	jmp	1b
2:	hlt
	jmp	2b

left:	.byte	3
words:	.asciz	"not ok int_13h_reads_the_disk\r\n"
	.balign	4
packet:
	.byte	16, 0
	.short	SECTORS_ONCE, 0
packet_segment:
	.short	STAGE16_AT >> 4
packet_sector:
	.quad	1

	.org	510
	.short	0xaa55
	.section .note.GNU-stack, "", @progbits
