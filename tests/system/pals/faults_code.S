/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * snippet_X(address): prepare, then at_X the instruction that faults, then
 * after_X.  One that does not fault returns to the caller.
 */
#include "abi/hypercall.h"

	.text

	.macro	snippet name, setup
	.globl	snippet_\name, at_\name, after_\name
	.type	snippet_\name, @function
snippet_\name:
	\setup
at_\name:
	.endm

	.macro	end name
after_\name:
	ret
	.size	snippet_\name, . - snippet_\name
	.endm

	/* One instruction and nothing to prepare. */
	.macro	plain name, insn:vararg
	snippet	\name
	\insn
	end	\name
	.endm

	.macro	hypercall name, number
	snippet	\name, "mov $\number, %eax"
	vmmcall
	end	\name
	.endm

	plain	hlt, hlt
	plain	cli, cli
	plain	sti, sti
	plain	in, in $0x80, %al
	plain	out, out %al, $0x80
	snippet	ins, "lea -64(%rsp), %rdi"
	insb
	end	ins
	snippet	outs, "mov %rsp, %rsi"
	outsb
	end	outs
	snippet	rdmsr, "mov $0xc0000080, %ecx"
	rdmsr
	end	rdmsr
	snippet	wrmsr, "mov $0xc0010117, %ecx"
	wrmsr
	end	wrmsr
	snippet	rdpmc, "xor %ecx, %ecx"
	rdpmc
	end	rdpmc

	plain	mov_from_cr0, mov %cr0, %rax
	plain	mov_to_cr0, mov %rax, %cr0
	plain	mov_from_cr3, mov %cr3, %rax
	plain	mov_to_cr3, mov %rax, %cr3
	plain	mov_to_cr4, mov %rax, %cr4
	plain	mov_to_cr8, mov %rax, %cr8
	plain	clts, clts
	plain	lmsw, lmsw %ax
	plain	smsw, smsw %ax
	plain	mov_from_dr7, mov %dr7, %rax
	plain	mov_to_dr7, mov %rax, %dr7
	plain	mov_to_dr0, mov %rax, %dr0

	plain	syscall, syscall
	plain	sysret, sysretq
	plain	sysenter, sysenter
	plain	sysexit, sysexitl
	/* To ring 0, where IRETQ would take us in a world without checks. */
	snippet	iretq, "push $0; push %rsp; push $2; push $8; push $0"
	iretq
	end	iretq
	snippet	far_return, "push $8; push $0"
	lretq
	end	far_return

	plain	int3, int3
	plain	int1, .byte 0xf1
	plain	int_80, int $0x80
	plain	int_2, int $2
	plain	int_13, int $13
	plain	into, .byte 0xce

	plain	vmrun, vmrun
	plain	vmload, vmload
	plain	vmsave, vmsave
	plain	stgi, stgi
	plain	clgi, clgi
	plain	skinit, skinit
	plain	invlpga, invlpga
	plain	vmcall, vmcall
	hypercall vmmcall_pal_call, HC_PAL_CALL
	hypercall vmmcall_zero, 0
	hypercall vmmcall_random, 0x12345678
	hypercall vmmcall_unload, HC_UNLOAD

	plain	lgdt, lgdt -16(%rsp)
	plain	lidt, lidt -16(%rsp)
	plain	lldt, lldt %ax
	plain	ltr, ltr %ax
	plain	sgdt, sgdt -16(%rsp)
	plain	sidt, sidt -16(%rsp)
	plain	sldt, sldt %ax
	plain	str, str %ax
	plain	invlpg, invlpg (%rsp)
	snippet	invpcid, "xor %eax, %eax"
	invpcid	-16(%rsp), %rax
	end	invpcid
	snippet	xsetbv, "xor %ecx, %ecx"
	xsetbv
	end	xsetbv
	snippet	xgetbv, "xor %ecx, %ecx"
	xgetbv
	end	xgetbv
	plain	xsave, xsave -4096(%rsp)
	plain	avx, vxorps %ymm0, %ymm0, %ymm0
	plain	wbinvd, wbinvd
	plain	invd, invd
	snippet	monitor, "mov %rsp, %rax; xor %ecx, %ecx"
	monitor
	end	monitor
	plain	mwait, mwait
	plain	swapgs, swapgs
	plain	wrfsbase, wrfsbase %rax
	snippet	wrpkru, "xor %eax, %eax; xor %ecx, %ecx; xor %edx, %edx"
	wrpkru
	end	wrpkru
	plain	rsm, rsm

	plain	ud2, ud2
	plain	lock_nop, .byte 0xf0, 0x90
	/* 16 bytes: prefixes, then NOP. */
	plain	long_insn, .byte 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x66, 0x90
	snippet	mov_to_ss, "mov $0x18, %eax"
	mov	%eax, %ss
	end	mov_to_ss
	snippet	mov_to_fs, "mov $0x2b, %eax"
	mov	%eax, %fs
	end	mov_to_fs

	snippet	divide_by_zero, "xor %edx, %edx; xor %ecx, %ecx"
	div	%ecx
	end	divide_by_zero
	snippet	divide_overflow, "mov $1, %ecx; mov $5, %edx"
	div	%ecx
	end	divide_overflow
	snippet	trap_flag, "pushfq; orl $0x100, (%rsp); popfq"
	nop
	end	trap_flag
	/* ENTER touches the end of its frame: APM Vol. 3. */
	snippet	enter_stack, "mov $0x40001000, %eax; mov %rax, %rsp"
	enter	$0xffff, $0
	end	enter_stack

	snippet	simd_exception, "movl $0x1d80, -8(%rsp); ldmxcsr -8(%rsp); xorps %xmm0, %xmm0; movss one(%rip), %xmm1"
	divss	%xmm0, %xmm1
	end	simd_exception
	snippet	bad_mxcsr, "movl $0xffff0000, -8(%rsp)"
	ldmxcsr	-8(%rsp)
	end	bad_mxcsr
	snippet	x87_exception, "movw $0x37b, -8(%rsp); fldcw -8(%rsp); fld1; fldz; fdivrp %st, %st(1)"
	fwait
	end	x87_exception
	snippet	misaligned_sse, "lea 1(%rsp), %rax; and $~15, %rax"
	movaps	1(%rax), %xmm0
	end	misaligned_sse

	snippet	non_canonical_read, "movabs $0x8000000000000000, %rax"
	mov	(%rax), %rcx
	end	non_canonical_read
	snippet	non_canonical_jump, "movabs $0x0000800000000000, %rax"
	jmp	*%rax
	end	non_canonical_jump
	snippet	non_canonical_stack, "movabs $0x4141414141414140, %rsp"
	push	%rax
	end	non_canonical_stack

	snippet	push_for_ever
	push	%rax
	jmp	at_push_for_ever
	end	push_for_ever
	snippet	call_for_ever
	call	at_call_for_ever
	end	call_for_ever
	snippet	write_own_code, "lea at_write_own_code(%rip), %rax"
	movb	$0x90, (%rax)
	end	write_own_code

	plain	read, movb (%rdi), %al
	plain	write, movb $1, (%rdi)
	plain	jump, jmp *%rdi
	plain	add, addb $0, (%rdi)
	/* Without rights to change it, POPF leaves IF as it is. */
	snippet	loop_without_if, "pushfq; andl $~0x200, (%rsp); popfq"
	jmp	at_loop_without_if
	end	loop_without_if

	.section .rodata
one:	.float	1.0

	.section .note.GNU-stack, "", @progbits
