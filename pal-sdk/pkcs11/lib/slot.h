/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Slots: one for each token, and a free one, whose token C_InitToken() makes,
 * if this process may make one.  A slot keeps its number and its place until
 * C_Finalize(), also if its token is removed.  Without a hypervisor there are
 * none.
 */
#ifndef LIB_SLOT_H
#define LIB_SLOT_H

#include <stdbool.h>
#include "cryptoki.h"
#include "lock.h"
#include "pkcs11/token/token.h"

#define SLOT_NOBODY ((CK_USER_TYPE)-1)

struct slot {
	CK_SLOT_ID id;
	char name[TOKEN_NAME_SIZE]; /* of the token; empty: the free slot */
	struct lock opening; /* guards token while it is NULL */
	struct token *token; /* open from its first use on */
	/*
	 * Held while somebody logs in or out, or closes a session, so that
	 * `login` is what the token thinks.  Taken after a session's lock and
	 * before the library's.
	 */
	struct lock logging;
	/* Under the library's lock: */
	CK_USER_TYPE login; /* CKU_USER, CKU_SO or SLOT_NOBODY */
	unsigned int session_count;
	unsigned int read_write_count;
};

/* CKR_OK, CKR_CRYPTOKI_NOT_INITIALIZED or CKR_SLOT_ID_INVALID. */
CK_RV slot_find(CK_SLOT_ID id, struct slot **out);

/*
 * The slot's token, opened if it was not yet.  Errors: of token_open(), and
 * CKR_TOKEN_NOT_RECOGNIZED for the free slot.
 */
CK_RV slot_open(struct slot *slot, struct token **out);

/* Whether there is a token with that name already. */
bool slot_name_is_taken(const char *name);

/*
 * At the library's end, when no thread is in it any more; or in a child made by
 * fork(), which has copies of what its parent has.
 */
void slots_close_all(void);

#endif /* LIB_SLOT_H */
