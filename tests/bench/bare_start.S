/* SPDX-License-Identifier: BSD-2-Clause */
/* The shortest call: three instructions, which calls.c takes off. */
#include "abi/hypercall.h"

	.section .text.start, "ax", @progbits
	.globl	_start
	.type	_start, @function
_start:
	xor	%edi, %edi
	mov	$HC_PAL_RETURN, %eax
	vmmcall
	.size	_start, . - _start

	.section .note.GNU-stack, "", @progbits
