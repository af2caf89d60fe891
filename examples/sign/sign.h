/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the program and its PAL agree on.  Entries are called in this order;
 * a new BEGIN starts over.
 */
#ifndef SIGN_H
#define SIGN_H

enum sign_entry {
	SIGN_PUBLIC_KEY, /* out: public key, DER SubjectPublicKeyInfo */
	SIGN_BEGIN, /* start the hash of a file */
	SIGN_UPDATE, /* in: its next bytes */
	SIGN_FINISH, /* out: DER ECDSA signature */
};

#define SIGN_PIECE_SIZE	     16384 /* the most bytes of one UPDATE */
#define SIGN_PUBLIC_KEY_SIZE 91 /* bytes */
#define SIGN_SIGNATURE_MAX   72 /* bytes */

#define SIGN_ECRYPTO	     (-1) /* the crypto library failed: no randomness? */
#define SIGN_ESIZE	     (-2) /* not enough room for the output */
#define SIGN_EORDER	     (-3) /* UPDATE or FINISH without BEGIN */

#endif
