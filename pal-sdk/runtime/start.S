/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The first and the last instructions of every call (abi/pal_image.h says
 * what the registers hold).  The only place that knows the hypercall
 * instruction.
 *
 * The top of the stack becomes the two argument buffers, so each thread has
 * its own, and running off the end of the output hits the unmapped page above.
 * `pal pack` adds their size to that of the stack.
 */
#include "abi/hypercall.h"

	.section .text.start, "ax", @progbits
	.globl	_start
	.type	_start, @function
_start:
	cmpq	$0, __stack_chk_guard
	je	2f
1:	mov	pal_arg_size(%rip), %rax
	add	%rax, %rax
	sub	%rax, %rsp			/* whole pages: stays aligned */
	mov	%rsp, %rax
	sub	$8, %rsp
	push	%r9				/* seventh argument: a peer calls */
	mov	%rax, %r9			/* sixth argument: the buffers */
	call	runtime_dispatch
	mov	%rax, %rdi
	mov	$HC_PAL_RETURN, %eax
	vmmcall
	ud2

	/* The first call of this PAL: choose the guard of its stacks. */
2:	push	%rcx
	push	%rdx
	call	__pal_stack_guard_init		/* changes rax rbx rcx rdx */
	pop	%rdx
	pop	%rcx
	jmp	1b
	.size	_start, . - _start

/*
 * int64_t runtime_call_peer(const struct pal_peer_call *call, int64_t *result,
 *			     uint32_t is_simulated)
 *
 * The UD2 is the hypercall in the simulator, which goes on behind the VMMCALL:
 * that alone would be lost where a machine lets it pass.
 */
	.section .text.runtime_call_peer, "ax", @progbits
	.globl	runtime_call_peer
	.type	runtime_call_peer, @function
runtime_call_peer:
	mov	$HC_PAL_CALL_PEER, %eax
	test	%edx, %edx
	jz	1f
	ud2
1:	vmmcall
	mov	%rdx, (%rsi)
	ret
	.size	runtime_call_peer, . - runtime_call_peer

	.section .note.GNU-stack, "", @progbits
