/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the program and its PAL agree on.  Functions are called in this order;
 * a new sign_begin() starts over.
 */
#ifndef SIGN_H
#define SIGN_H

#include <pal_struct.h>

#define SIGN_PIECE_SIZE	   16384 /* the most bytes of one sign_update() */
#define SIGN_SIGNATURE_MAX 72 /* bytes: DER ECDSA signature */

/* DER SubjectPublicKeyInfo */
PAL_STRUCT(sign_key, PAL_ARRAY(unsigned char, der, 91));

#define SIGN_FUNCTIONS(F)                                                      \
	F(sign_public_key, NONE, STRUCT(sign_key))                             \
	F(sign_begin, NONE, NONE)                                              \
	F(sign_update, BYTES(SIGN_PIECE_SIZE), NONE)                           \
	F(sign_finish, NONE, BYTES(SIGN_SIGNATURE_MAX))

#define SIGN_ECRYPTO (-1) /* the crypto library failed: no randomness? */
#define SIGN_ESIZE   (-2) /* not enough room for the output */
#define SIGN_EORDER  (-3) /* update or finish without begin */

#endif
