/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a session is in the middle of, between C_xxxInit() and the call that
 * ends it: one operation of each kind at a time.  C_Sign(), C_Encrypt() and
 * their like differ in what they are called, so they are all made of this.
 *
 * An operation ends with the call that brings its result or an error; not with
 * a question for a size, nor with CKR_BUFFER_TOO_SMALL.
 */
#ifndef LIB_OPERATION_H
#define LIB_OPERATION_H

#include <stdbool.h>
#include "cryptoki.h"
#include "mechanism.h"
#include "pkcs11/token/token.h"

enum operation_kind {
	OPERATION_ENCRYPT,
	OPERATION_DECRYPT,
	OPERATION_DIGEST,
	OPERATION_SIGN,
	OPERATION_VERIFY,
	OPERATION_KINDS
};

struct operation {
	bool is_active;
	bool is_begun; /* multi-part: `number` is the token's */
	struct mechanism mechanism;
	CK_OBJECT_HANDLE key; /* 0: digest */
	uint64_t number;
	CK_ULONG in_total, out_total; /* of the parts so far */
	/* A result for which there was too little room. */
	CK_BYTE *held;
	CK_ULONG held_size;
};

/* Where a result goes, as C_Sign() and so on are told. */
struct destination {
	CK_BYTE *bytes; /* NULL: only tell the size */
	CK_ULONG *size; /* room, then bytes */
};

/*
 * C_xxxInit().  A mechanism of NULL cancels the operation, as in version 3.0.
 */
CK_RV operation_begin(CK_SESSION_HANDLE handle, enum operation_kind kind,
		      const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key);

/* C_Sign(), C_Encrypt(), C_Decrypt(), C_Digest() */
CK_RV operation_once(CK_SESSION_HANDLE handle, enum operation_kind kind,
		     const void *in, CK_ULONG in_size, struct destination out);

/* C_xxxUpdate(); out.size is NULL for those that give nothing out. */
CK_RV operation_update(CK_SESSION_HANDLE handle, enum operation_kind kind,
		       const void *in, CK_ULONG in_size,
		       struct destination out);

/* C_xxxFinal() */
CK_RV operation_finish(CK_SESSION_HANDLE handle, enum operation_kind kind,
		       struct destination out);

struct session;

/* Cancel it, if it is active. */
void operation_end(struct session *session, enum operation_kind kind);

/*
 * Make the active operation a multi-part one, if it is not yet.  An error ends
 * it.
 */
CK_RV operation_make_multi(struct session *session, enum operation_kind kind);

#endif /* LIB_OPERATION_H */
