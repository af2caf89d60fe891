/* SPDX-License-Identifier: BSD-2-Clause */
/* The notary (crypto/notary/), whose image is part of the hypervisor's. */
	.section .rodata
	.balign	4096
	.globl	notary_image
notary_image:
	.incbin	NOTARY_IMAGE

	.section .note.GNU-stack, "", @progbits
