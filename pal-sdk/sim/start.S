/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The few steps of the simulator's process that C cannot express: its start,
 * new threads, and the ways into and out of the PAL.  sim.h describes them.
 */
#include <asm/unistd.h>

	.text
	.globl	_start
_start:
	xor	%ebp, %ebp
	call	sim_main
	ud2

	.globl	sim_syscall
sim_syscall:
	mov	%rdi, %rax
	mov	%rsi, %rdi
	mov	%rdx, %rsi
	mov	%rcx, %rdx
	mov	%r8, %r10
	mov	%r9, %r8
	mov	8(%rsp), %r9
	syscall
	ret

	.globl	sim_clone
sim_clone:
	mov	%rdx, -8(%rsi)			/* function */
	mov	%rcx, -16(%rsi)			/* argument */
	sub	$16, %rsi
	mov	$__NR_clone, %eax
	xor	%edx, %edx
	xor	%r10d, %r10d
	xor	%r8d, %r8d
	syscall
	test	%rax, %rax
	jz	1f
	ret
1:	xor	%ebp, %ebp
	pop	%rdi
	pop	%rax
	call	*%rax
	ud2

	.globl	sim_restore
sim_restore:
	mov	$__NR_rt_sigreturn, %eax
	syscall
	ud2

	.globl	sim_enter
sim_enter:
	push	%rbx
	push	%rbp
	push	%r12
	push	%r13
	push	%r14
	push	%r15
	mov	%rsp, (%rsi)
	fxrstor64 sim_clean_fpu(%rip)
	mov	%rdi, %rax
	mov	0(%rax), %rsp
	mov	8(%rax), %rdi
	mov	16(%rax), %rsi
	mov	24(%rax), %rdx
	mov	32(%rax), %rcx
	mov	40(%rax), %r8
	mov	48(%rax), %r9
	xor	%eax, %eax
	xor	%ebx, %ebx
	xor	%ebp, %ebp
	xor	%r10d, %r10d
	xor	%r11d, %r11d
	xor	%r12d, %r12d
	xor	%r13d, %r13d
	xor	%r14d, %r14d
	xor	%r15d, %r15d
	jmp	*sim_entry(%rip)

	/* The signal handler has put the saved stack pointer into RSP. */
	.globl	sim_leave
sim_leave:
	pop	%r15
	pop	%r14
	pop	%r13
	pop	%r12
	pop	%rbp
	pop	%rbx
	ret

	.section .rodata
	.balign	64
sim_clean_fpu:
	.short	0x37f				/* as after FNINIT */
	.zero	22
	.long	0x1f80				/* MXCSR */
	.zero	512 - 28

	.section .note.GNU-stack, "", @progbits
