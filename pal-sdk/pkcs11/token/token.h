/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tokens: keys that live in the key PAL.  What libpalisade-pkcs11.so and
 * `pal token` are made of.
 *
 * A token is a folder TOKENS/NAME, where TOKENS is $PALISADE_TOKENS or
 * /var/lib/palisade/tokens:
 *
 *	token		 its sealed state
 *	objects/ID.VER	 an object each, encrypted by the PAL
 *	audit		 a line for each use of a private or secret key
 *	lock		 flock(): who changes the token
 *
 * token_open() starts a key PAL of this process ($PALISADE_KEY_PAL, or
 * /usr/lib/palisade/key.pal, or that below /usr/local) and loads the token into
 * it.  Several processes
 * may have the same token open; what one changes the others see at their next
 * call.  Logins, session objects and operations belong to this struct token.
 * After fork() the child must open its own; token_close() frees the copy.
 *
 * Every function returns a CK_RV and, where it fails, leaves a sentence for
 * people in token_error_text().  On failure outputs are as they were.  All may
 * be called from any thread at any time, except token_close().
 *
 * The PAL enforces what PKCS #11 says about objects, logins and keys.  Left to
 * the caller: sessions (which may be read-only; how many), one operation for
 * each session, NULL arguments, and conventions of buffers ("tell the size").
 * `session` is the caller's number for its session; it is only used for
 * token_end_session().
 */
#ifndef TOKEN_TOKEN_H
#define TOKEN_TOKEN_H

#include <p11-kit/pkcs11.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "pkcs11/key_protocol.h"

struct token;

#define TOKEN_NAME_SIZE 64 /* with the zero; letters, digits, - _ . */

/* ---- Which there are ----------------------------------------------------- */

/*
 * Put the names of at most capacity tokens in names, sorted, and the number of
 * all in *count.  No folder is no token.  Quick: no PAL is started, nothing is
 * judged.  CKR_GENERAL_ERROR if the folder cannot be read.
 */
CK_RV token_list(char (*names)[TOKEN_NAME_SIZE], size_t capacity,
		 size_t *count);

/* Make the folder of a token that token_init() is to begin; it may be there. */
CK_RV token_create(const char *name);

/* Delete the folder with all that is in it: the keys are lost for ever. */
CK_RV token_remove(const char *name);

/* ---- Open ---------------------------------------------------------------- */

/*
 * Start a key PAL and load the token into it.  A folder without a state is a
 * token not initialized: token_info() tells, token_init() helps.
 * Errors: CKR_TOKEN_NOT_PRESENT (no such folder), CKR_DEVICE_REMOVED (no
 * hypervisor, PAL refused), CKR_TOKEN_NOT_RECOGNIZED (the state is damaged,
 * rolled back, sealed by another PAL or a newer one, under another root: the
 * text says which), CKR_HOST_MEMORY, CKR_GENERAL_ERROR.
 */
CK_RV token_open(const char *name, struct token **out);

/* No call may be running.  NULL is allowed. */
void token_close(struct token *token);

const char *token_name(const struct token *token);

/* Nothing protects it: PAL_BACKEND=sim. */
bool token_is_simulated(const struct token *token);

/* What is in C_GetTokenInfo(), and more.  Loads changes of others first. */
CK_RV token_info(struct token *token, struct key_token_info *info);

/* What went wrong in this thread's latest call that failed.  Never NULL. */
const char *token_error_text(void);

/* ---- PINs ---------------------------------------------------------------- */

/*
 * C_InitToken: begin the token, or begin it anew (all objects are gone) with
 * the SO-PIN it has.  label: 32 bytes filled up with blanks.  rounds 0 is
 * KEY_ROUNDS_DEFAULT.  flags: KEY_INIT_*.  Logs out.
 */
CK_RV token_init(struct token *token, const void *so_pin, size_t pin_size,
		 const uint8_t label[32], uint32_t rounds, uint32_t flags);

/*
 * user: CKU_SO or CKU_USER.  CKR_PIN_INCORRECT, CKR_PIN_LOCKED,
 * CKR_USER_PIN_NOT_INITIALIZED, CKR_USER_ALREADY_LOGGED_IN,
 * CKR_USER_ANOTHER_ALREADY_LOGGED_IN, CKR_USER_TYPE_INVALID.
 */
CK_RV token_login(struct token *token, CK_USER_TYPE user, const void *pin,
		  size_t pin_size);

/* Private session objects are destroyed, operations with private keys ended. */
CK_RV token_logout(struct token *token);

/* C_InitPIN, by the SO; it also unlocks the user's PIN. */
CK_RV token_init_pin(struct token *token, const void *pin, size_t pin_size);

/* C_SetPIN: of who is logged in, else the user's. */
CK_RV token_set_pin(struct token *token, const void *old_pin, size_t old_size,
		    const void *new_pin, size_t new_size);

/* ---- Objects ------------------------------------------------------------- */

/*
 * The handles of all visible objects that match the template, ascending; at
 * most capacity of them, and the number of all in *count.
 */
CK_RV token_find(struct token *token, const CK_ATTRIBUTE *template,
		 CK_ULONG count, CK_OBJECT_HANDLE *handles, size_t capacity,
		 size_t *found);
#define TOKEN_FIND_MAX (KEY_OBJECT_COUNT + KEY_SESSION_COUNT)

/* What the object is, quickly: from memory of this process, or one call. */
CK_RV token_summary(struct token *token, CK_OBJECT_HANDLE object,
		    struct key_summary *summary);

/* C_GetAttributeValue, with all its rules of lengths and results. */
CK_RV token_get_attributes(struct token *token, CK_OBJECT_HANDLE object,
			   CK_ATTRIBUTE *attributes, CK_ULONG count);

CK_RV token_set_attributes(struct token *token, CK_OBJECT_HANDLE object,
			   const CK_ATTRIBUTE *template, CK_ULONG count);

/*
 * C_CreateObject: CKO_DATA, CKO_CERTIFICATE, CKO_PUBLIC_KEY, CKO_PRIVATE_KEY
 * (import), CKO_SECRET_KEY.  With CKA_TOKEN it is on the disk when this returns
 * CKR_OK, as with all below.
 */
CK_RV token_create_object(struct token *token, uint64_t session,
			  const CK_ATTRIBUTE *template, CK_ULONG count,
			  CK_OBJECT_HANDLE *object);
CK_RV token_copy_object(struct token *token, uint64_t session,
			CK_OBJECT_HANDLE from, const CK_ATTRIBUTE *template,
			CK_ULONG count, CK_OBJECT_HANDLE *object);
CK_RV token_destroy_object(struct token *token, CK_OBJECT_HANDLE object);

/* Destroy the session's objects and operations. */
CK_RV token_end_session(struct token *token, uint64_t session);

/* ---- Keys ---------------------------------------------------------------- */

CK_RV token_generate_key(struct token *token, uint64_t session,
			 const CK_MECHANISM *mechanism,
			 const CK_ATTRIBUTE *template, CK_ULONG count,
			 CK_OBJECT_HANDLE *key);
CK_RV token_generate_pair(struct token *token, uint64_t session,
			  const CK_MECHANISM *mechanism,
			  const CK_ATTRIBUTE *public_template,
			  CK_ULONG public_count,
			  const CK_ATTRIBUTE *private_template,
			  CK_ULONG private_count, CK_OBJECT_HANDLE *public_key,
			  CK_OBJECT_HANDLE *private_key);
CK_RV token_derive(struct token *token, uint64_t session,
		   const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE base,
		   const CK_ATTRIBUTE *template, CK_ULONG count,
		   CK_OBJECT_HANDLE *key);
CK_RV token_unwrap(struct token *token, uint64_t session,
		   const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE unwrapping,
		   const void *wrapped, size_t size,
		   const CK_ATTRIBUTE *template, CK_ULONG count,
		   CK_OBJECT_HANDLE *key);
/* out == NULL: only *out_size.  CKR_BUFFER_TOO_SMALL sets *out_size, too. */
CK_RV token_wrap(struct token *token, const CK_MECHANISM *mechanism,
		 CK_OBJECT_HANDLE wrapping, CK_OBJECT_HANDLE key, void *out,
		 size_t *out_size);

/* ---- Mechanisms ---------------------------------------------------------- */

/* All mechanisms, and what C_GetMechanismInfo() tells; of every token. */
struct token_mechanism {
	CK_MECHANISM_TYPE type;
	CK_MECHANISM_INFO info; /* key sizes as the standard counts them */
};

const struct token_mechanism *token_mechanisms(size_t *count);

/*
 * What C_SignInit() and so on must know: would this go?  Nothing is begun; no
 * call of the PAL in most cases.  purpose: KEY_USE_*, key: 0 for digests.
 * CKR_MECHANISM_INVALID, CKR_MECHANISM_PARAM_INVALID, CKR_KEY_HANDLE_INVALID,
 * CKR_KEY_TYPE_INCONSISTENT, CKR_KEY_FUNCTION_NOT_PERMITTED,
 * CKR_USER_NOT_LOGGED_IN.
 */
CK_RV token_check(struct token *token, uint32_t purpose,
		  const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key);

/*
 * The most bytes that come out of in_size bytes: exact for signatures, digests
 * and all ciphers without padding.
 */
CK_RV token_output_size(struct token *token, uint32_t purpose,
			const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key,
			size_t in_size, size_t *out_size);

/* ---- Operations ---------------------------------------------------------- */

/*
 * Sign, encrypt, decrypt or digest at once: one call of the PAL if in_size is
 * at most KEY_DATA_SIZE, several if not.  *out_size is the room at out, then
 * the bytes there.  CKR_BUFFER_TOO_SMALL: ask token_output_size() beforehand;
 * a limited key has spent an operation.
 */
CK_RV token_operate(struct token *token, uint32_t purpose,
		    const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key,
		    const void *in, size_t in_size, void *out,
		    size_t *out_size);

CK_RV token_verify(struct token *token, const CK_MECHANISM *mechanism,
		   CK_OBJECT_HANDLE key, const void *in, size_t in_size,
		   const void *signature, size_t signature_size);

/*
 * Several at once in as few calls as they fit in, for callers with many: each
 * gets its own result.  Returns CKR_OK if all were tried.
 */
struct token_job {
	uint32_t purpose; /* KEY_USE_SIGN, ENCRYPT, DECRYPT, DIGEST */
	const CK_MECHANISM *mechanism;
	CK_OBJECT_HANDLE key;
	const void *in;
	size_t in_size; /* at most KEY_DATA_SIZE */
	void *out;
	size_t out_size; /* the room, then the bytes */
	CK_RV result;
};

CK_RV token_batch(struct token *token, struct token_job *jobs, size_t count);

/*
 * Multi-part.  *operation is this process' number for it; it ends with
 * token_finish(), token_finish_verify(), token_cancel(), token_end_session(),
 * the end of the token, or an update that fails.  Mechanisms that cannot do
 * parts (raw RSA, AES-KW) gather up to KEY_GATHER_SIZE; so do GCM when it
 * decrypts, because nothing may come out before the tag was right.
 */
CK_RV token_begin(struct token *token, uint64_t session, uint32_t purpose,
		  const CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key,
		  uint64_t *operation);
/* At most in_size + 16 bytes come out; out may be NULL for what gives none. */
CK_RV token_update(struct token *token, uint64_t operation, const void *in,
		   size_t in_size, void *out, size_t *out_size);
/* C_DigestKey */
CK_RV token_digest_key(struct token *token, uint64_t operation,
		       CK_OBJECT_HANDLE key);
CK_RV token_finish(struct token *token, uint64_t operation, void *out,
		   size_t *out_size);
CK_RV token_finish_verify(struct token *token, uint64_t operation,
			  const void *signature, size_t signature_size);
void token_cancel(struct token *token, uint64_t operation);

CK_RV token_random(struct token *token, void *out, size_t size);

/* ---- The owner's view ---------------------------------------------------- */

/* The chain's head now, signed for this nonce. */
CK_RV token_audit_head(struct token *token, const uint8_t nonce[32],
		       struct key_audit_head *head);

/*
 * Backups of keys go only to the token with this backup_key (token_info() over
 * there); said by the SO while the token has no keys, so that who breaks in
 * later cannot name his own.
 */
CK_RV token_set_target(struct token *token, const uint8_t target[65]);

/* By the user.  *size: room, then bytes; KEY_CALL_SIZE is always enough. */
CK_RV token_backup(struct token *token, CK_OBJECT_HANDLE object, void *out,
		   size_t *size);
CK_RV token_restore(struct token *token, const void *backup, size_t size,
		    CK_OBJECT_HANDLE *object);

#endif /* TOKEN_TOKEN_H */
