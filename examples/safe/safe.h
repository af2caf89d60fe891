/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the program and its PAL agree on.
 *
 * Each of safe_make() and safe_try() gives a blob that is newer than what was
 * there.  The program stores it in place of the other; then safe_answer() makes
 * it the newest, and tells whether the PIN was right.
 *
 * SAFE_EPROVE: the PAL wants to hear from the machine's TPM first.  The program
 * lets it (pal_tpm_carry(), with safe_tpm()), and repeats the call.
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

/* What tells an old copy: the TPM, or only the running hypervisor. */
PAL_STRUCT(safe_order, PAL_NESTED(safe_content, content)
			       PAL_FIELD(uint64_t, with_tpm)); /* 0 or 1 */
PAL_STRUCT(safe_reply, PAL_NESTED(safe_secret, secret)
			       PAL_FIELD(uint64_t, with_tpm));

/* Sealed: only the PAL can read or make one. */
PAL_STRUCT(safe_blob, PAL_ARRAY(unsigned char, bytes, 496));
PAL_STRUCT(safe_attempt, PAL_NESTED(safe_blob, blob)
				 PAL_NESTED(safe_pin, pin));

#define SAFE_FUNCTIONS(F)                                                      \
	F(safe_make, STRUCT(safe_order), STRUCT(safe_blob))                    \
	F(safe_try, STRUCT(safe_attempt), STRUCT(safe_blob))                   \
	F(safe_answer, NONE, STRUCT(safe_reply))                               \
	F(safe_tpm, BYTES(PAL_TPM_MESSAGE_MAX), BYTES(PAL_TPM_MESSAGE_MAX))

#define SAFE_EWRONG  (-1) /* the PIN */
#define SAFE_ELOCKED (-2) /* too many attempts */
#define SAFE_EOLD    (-3) /* there is a newer blob than this one */
#define SAFE_EBLOB   (-4) /* not a blob of this PAL, or altered */
#define SAFE_EROOT   (-5) /* sealed under another root */
#define SAFE_EFULL   (-6) /* no room for another counter */
#define SAFE_EORDER  (-7) /* an answer without a blob */
#define SAFE_ECRYPTO (-8) /* no randomness, or the notary cannot */
#define SAFE_EPROVE  (-9) /* safe_tpm() first */
#define SAFE_EFALSE  (-10) /* it was not the TPM that answered */

#endif
