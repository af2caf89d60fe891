/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The value that -fstack-protector puts above each frame's buffers.
 *
 * It is chosen once for each instance of a PAL, before any C function of it
 * runs: the runtime calls __pal_stack_guard_init at each entry, on the fresh
 * stack, as its first act.  Only the first of several CPUs sets the value, and
 * none goes on before it is set, so no frame ever sees it change.
 *
 * If nobody calls it, the guard stays 0: it then stops strings only.
 * Changes rax, rbx, rcx, rdx and flags.
 */
	.section .text.__pal_stack_guard_init, "ax", @progbits
	.globl	__pal_stack_guard_init
	.type	__pal_stack_guard_init, @function
__pal_stack_guard_init:
	cmpq	$0, __stack_chk_guard
	jne	1f

	movl	$1, %eax
	xorl	%ecx, %ecx
	cpuid
	btl	$30, %ecx		/* CPUID 1: RDRAND */
	rdtsc				/* leaves the carry flag alone */
	jnc	2f
	shlq	$32, %rdx
	orq	%rdx, %rax
	rdrand	%rcx			/* may fail: then rcx is 0 */
	xorq	%rcx, %rax
	jmp	3f
2:	shlq	$32, %rdx
	orq	%rdx, %rax
	movabsq	$0x9e3779b97f4a7c15, %rcx
	imulq	%rcx, %rax
3:	orq	$0x100, %rax		/* never 0: that means unset */
	xorb	%al, %al		/* a string copy cannot pass it */
	movq	%rax, %rcx
	xorl	%eax, %eax
	lock cmpxchgq %rcx, __stack_chk_guard
1:	ret
	.size	__pal_stack_guard_init, . - __pal_stack_guard_init

	.section .bss.__stack_chk_guard, "aw", @nobits
	.globl	__stack_chk_guard
	.balign	8
	.type	__stack_chk_guard, @object
	.size	__stack_chk_guard, 8
__stack_chk_guard:
	.skip	8

	.section .note.GNU-stack, "", @progbits
