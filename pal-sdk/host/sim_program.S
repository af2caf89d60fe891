/* SPDX-License-Identifier: BSD-2-Clause */
/* The program of the simulator's process (pal-sdk/sim), within libpal. */
	.section .rodata
	.globl	sim_program, sim_program_end
	.hidden	sim_program, sim_program_end
	.balign	16
sim_program:
	.incbin	SIM_PROGRAM
sim_program_end:

	.section .note.GNU-stack, "", @progbits
