/* SPDX-License-Identifier: BSD-2-Clause */
/* What the C programs here share: a PKCS#11 module that was loaded, a token. */
#ifndef TOKEN_MODULE_H
#define TOKEN_MODULE_H

#include <p11-kit/pkcs11.h>
#include <stdbool.h>

extern CK_FUNCTION_LIST *module;

/*
 * Load the module in the file of that name, take its function list, leave it
 * uninitialized.  Ends the program if that cannot be.
 */
void module_load(const char *path);

/* The slot whose token has that label; ends the program if there is none. */
CK_SLOT_ID module_slot(const char *label);

/* A read-write session, logged in with that PIN (NULL: not). */
CK_SESSION_HANDLE module_session(CK_SLOT_ID slot, const char *pin);

/* Objects made and found; each ends the program if it cannot be done. */
void module_make_ec_pair(CK_SESSION_HANDLE session, const char *label,
			 bool is_token, CK_OBJECT_HANDLE *public_key,
			 CK_OBJECT_HANDLE *private_key);
CK_OBJECT_HANDLE module_make_aes_key(CK_SESSION_HANDLE session);
CK_OBJECT_HANDLE module_find(CK_SESSION_HANDLE session, CK_OBJECT_CLASS class,
			     const char *label);

/* End the program, with the call and its answer, unless it was CKR_OK. */
void module_require(CK_RV rv, const char *call);

#endif /* TOKEN_MODULE_H */
