/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Instructions whose order and places matter, in each mode.  AX and its kin
 * are a mode's whole registers.
 */
#define TF		0x100
#define IF		0x200
#define MSR_EFER	0xc0000080
#define CALLED		0x41

	.if	IMAGE_BITS == 16
	.code16gcc
	.endif
	.text

	.macro	sequence name
	.globl	\name
\name:
	.endm

	.macro	trace
	pushf
	orl	$TF, (%SP)
	popf
	.endm

	.macro	trace_end
	pushf
	andl	$~TF, (%SP)
	popf
	.endm

	.macro	read_efer
	movl	$MSR_EFER, %ecx
	rdmsr
	.endm

sequence step_nothing
	trace
	nop
	nop
	trace_end
	ret

sequence step_cpuid
	xorl	%eax, %eax
	trace
	cpuid
	nop
	trace_end
	ret

sequence step_two_cpuids
	xorl	%eax, %eax
	xorl	%ecx, %ecx
	trace
	cpuid
	cpuid
	trace_end
	ret

sequence step_rdmsr
	movl	$MSR_EFER, %ecx
	trace
	rdmsr
	nop
	trace_end
	ret

sequence step_wrmsr
	read_efer
	trace
	wrmsr
	nop
	trace_end
	ret

sequence step_invd
	trace
	invd
	nop
	trace_end
	ret

sequence step_vmload
	xorl	%eax, %eax
	trace
	vmload
	trace_end
	ret

sequence step_mov_ss
	xorl	%eax, %eax
	movl	%ss, %edx
	trace
	movl	%edx, %ss
	cpuid
	nop
	trace_end
	ret

sequence step_sti
	xorl	%eax, %eax
	trace
	sti
	cpuid
	nop
	cli
	trace_end
	ret

sequence step_int
	trace
	int	$CALLED
	nop
	trace_end
	ret

sequence step_rep
	movl	$bytes, %esi
	movl	$bytes, %edi
	movl	$3, %ecx
	trace
	rep movsb
	nop
	trace_end
	ret

sequence step_popf
	pushf
	trace
	popf
	nop
	nop
	ret

/* Breakpoints are on these. */
	.globl	break_at, break_after
sequence break_cpuid
	xorl	%eax, %eax
break_at:
	cpuid
break_after:
	nop
	ret

	.globl	break_nop
sequence break_nops
	nop
break_nop:
	nop
	nop
	ret

sequence break_data
	xorl	%eax, %eax
	movl	%eax, bytes
	cpuid
	nop
	ret

/* The timer's interrupt waits when these begin. */
sequence interrupt_sti_nop
	sti
	nop
	nop
	cli
	ret

sequence interrupt_sti_cpuid
	xorl	%eax, %eax
	sti
	cpuid
	nop
	cli
	ret

sequence interrupt_sti_rdmsr
	movl	$MSR_EFER, %ecx
	sti
	rdmsr
	nop
	cli
	ret

sequence interrupt_sti_wrmsr
	read_efer
	sti
	wrmsr
	nop
	cli
	ret

sequence interrupt_sti_mov_ss
	xorl	%eax, %eax
	movl	%ss, %edx
	sti
	movl	%edx, %ss
	cpuid
	nop
	cli
	ret

sequence interrupt_sti_hlt
	sti
	hlt
	nop
	cli
	ret

sequence interrupt_popf
	xorl	%eax, %eax
	pushf
	orl	$IF, (%SP)
	popf
	cpuid
	nop
	cli
	ret

/* What is odd to write in C. */
	.macro	point_to place
	movl	%cs, %ecx
	movl	%ecx, pointer + 4
	movl	$\place, pointer
	.endm

sequence far_call
	point_to 1f
	lcalll	*pointer
	movl	$1, out
	ret
1:	movl	$2, out
	lretl

sequence far_jump
	point_to 1f
	ljmpl	*pointer
1:	movl	$3, out
	ret

sequence far_return
	movl	%cs, %ecx
	.if	IMAGE_BITS == 64
	pushq	%rcx
	pushq	$1f
	lretq
	.else
	pushl	%ecx
	movl	$1f, %eax
	pushl	%eax
	lretl
	.endif
1:	movl	$4, out
	ret

sequence bad_far_return
	movl	$0x3f8, %eax
	push	%AX
	push	%AX
	.if	IMAGE_BITS == 64
	lretq
	.else
	lretl
	.endif

sequence interrupt_return
	.if	IMAGE_BITS == 64
	movl	%ss, %eax
	movq	%rsp, %rdx
	pushq	%rax
	pushq	%rdx
	.endif
	pushf
	movl	%cs, %eax
	push	%AX
	movl	$1f, %eax
	push	%AX
	.if	IMAGE_BITS == 64
	iretq
	.else
	iretl
	.endif
1:	movl	$5, out
	ret

	.data
	.balign	16
	.globl	bytes
bytes:	.long	1, 2, 3, 4
pointer:
	.long	0, 0

	.section .note.GNU-stack, "", @progbits
