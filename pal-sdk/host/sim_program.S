/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Within libpal: the program of the simulator's process (pal-sdk/sim), and the
 * notary's image (crypto/notary).
 */
	.section .rodata
	.globl	sim_program, sim_program_end
	.hidden	sim_program, sim_program_end
	.balign	16
sim_program:
	.incbin	SIM_PROGRAM
sim_program_end:

	.globl	sim_notary, sim_notary_end
	.hidden	sim_notary, sim_notary_end
	.balign	4096
sim_notary:
	.incbin	SIM_NOTARY
sim_notary_end:

	.section .note.GNU-stack, "", @progbits
