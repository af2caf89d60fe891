/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A PAL with 32 bytes worth finding.  Outside they are known only masked, each
 * 8-byte word XORed with SECRET_MASK.
 */
#ifndef SECRET_H
#define SECRET_H

enum secret_entry {
	SECRET_MAKE,	/* out: the new secret, masked */
	SECRET_CHECK,	/* in: it, masked; fails if it is another by now */
	SECRET_WORK,	/* in: uint64_t rounds; holds it in registers so long */
	SECRET_REVEAL,	/* out: the secret itself */
	SECRET_FAULT,	/* break a rule */
	SECRET_TICKS,	/* out: uint64_t, the time-stamp counter in the PAL */
};

#define SECRET_SIZE	32
#define SECRET_MASK	0xa5c35a3c96e1781eULL	/* also ATTACK_MASK */
#define SECRET_IMAGE	"/lib/attacks/secret.pal"

#endif
