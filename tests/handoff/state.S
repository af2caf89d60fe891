/* SPDX-License-Identifier: BSD-2-Clause */
/* What both kernels keep of the state they began in, and their end. */
	.data
	.balign	16
	.globl	registers, entry_bits
	.globl	wide_cr0, wide_cr4, wide_efer, wide_cs, wide_ds
registers:			/* eax ebx ecx edx esp esi edi ebp eflags */
	.skip	9 * 4
entry_bits:
	.long	32
wide_cr0:
	.long	0
wide_cr4:
	.long	0
wide_efer:
	.long	0
wide_cs:
	.long	0
wide_ds:
	.long	0

	.text
	.code32
	.globl	end
end:				/* nothing can handle this: a triple fault */
	lidt	no_idt
	ud2

	.section .rodata
no_idt:
	.short	0
	.long	0

	.section .stack, "aw", @nobits
	.balign	16
	.globl	stack_top
	.skip	16384
stack_top:

	.section .note.GNU-stack, "", @progbits
