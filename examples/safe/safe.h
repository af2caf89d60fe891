/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the program and its PAL agree on.
 *
 * To ask for a secret: safe_try() takes the newest blob and a PIN and gives a
 * newer blob, in which the attempt is counted.  The program stores that one in
 * place of the other; then safe_answer() tells whether the PIN was right.
 */
#ifndef SAFE_H
#define SAFE_H

#include <pal_struct.h>

#define SAFE_ATTEMPTS 3 /* wrong ones in a row, then the safe is locked */

/* Texts are filled up with zeros. */
PAL_STRUCT(safe_pin, PAL_ARRAY(char, text, 32));
PAL_STRUCT(safe_secret, PAL_ARRAY(char, text, 256));
PAL_STRUCT(safe_content, PAL_NESTED(safe_pin, pin)
				 PAL_NESTED(safe_secret, secret));

/* Sealed: only the PAL can read or make one. */
PAL_STRUCT(safe_blob, PAL_ARRAY(unsigned char, bytes, 424));
PAL_STRUCT(safe_attempt, PAL_NESTED(safe_blob, blob)
				 PAL_NESTED(safe_pin, pin));

#define SAFE_FUNCTIONS(F)                                                      \
	F(safe_make, STRUCT(safe_content), STRUCT(safe_blob))                  \
	F(safe_try, STRUCT(safe_attempt), STRUCT(safe_blob))                   \
	F(safe_answer, NONE, STRUCT(safe_secret))

#define SAFE_EWRONG  (-1) /* the PIN */
#define SAFE_ELOCKED (-2) /* too many attempts */
#define SAFE_EOLD    (-3) /* there is a newer blob than this one */
#define SAFE_EBLOB   (-4) /* not a blob of this PAL, or altered */
#define SAFE_EROOT   (-5) /* sealed under another root */
#define SAFE_EFULL   (-6) /* no room for another counter */
#define SAFE_EORDER  (-7) /* an answer without a try */
#define SAFE_ECRYPTO (-8) /* no randomness, or the notary cannot */

#endif
