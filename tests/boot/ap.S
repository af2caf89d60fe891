/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where another CPU begins, in real mode, at AP_AT, to which this is copied: it
 * writes down what it finds itself in, counts, and stops.
 */
#include "layout.h"

	.code16
	.text
	.globl	ap_begin, ap_end
ap_begin:
	movl	%edx, %cs:AP_EDX - AP_AT
	movl	%cr0, %eax
	movl	%eax, %cs:AP_CR0 - AP_AT
	movl	%cr4, %eax
	movl	%eax, %cs:AP_CR4 - AP_AT
	movw	%cs, %ax
	movw	%ax, %cs:AP_CS - AP_AT
	movw	%ds, %ax
	movw	%ax, %cs:AP_CS + 2 - AP_AT
	lock incl %cs:AP_COUNT - AP_AT
1:	cli
	hlt
	jmp	1b
ap_end:

	.section .note.GNU-stack, "", @progbits
