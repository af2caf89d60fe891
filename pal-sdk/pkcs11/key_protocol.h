/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the key PAL (key/) and its host side (token/) say to each other.
 *
 * All is said through key_call(), except to the TPM.  What goes in is one
 * request or several, one behind the other; what comes out is one reply for
 * each, in the same order: so every call is a batch, and most batches are of
 * one.
 *
 * A request is a struct key_request, then items; a reply is a struct key_reply,
 * then items.  An item is a struct key_item, then its bytes, then zeros up to a
 * multiple of 8.  The size in a request or reply counts all of that.  Numbers
 * are little-endian.  Attributes, mechanisms and results have the numbers of
 * PKCS #11 3.0 (CKA_*, CKM_*, CKR_*), and an attribute's value has the bytes it
 * has there on x86-64: CK_ULONG 8, CK_BBOOL 1, CK_DATE 8 characters.
 *
 * Everything in a request is a hostile host's word.  The PAL never tells it a
 * PIN, a sensitive value or anything in between.
 *
 * ## State, and how it changes
 *
 * The PAL has no files.  A token's truth is the sealed blob KEY_ITEM_TOKEN, a
 * blob for each object, and registers of the notary (pal_seal.h).  A request
 * that changes the token does not change it yet: its reply has the flag
 * KEY_REPLY_PENDING and items to write down,
 *
 *	KEY_ITEM_TOKEN	 the token's new blob
 *	KEY_ITEM_OBJECT	 struct key_object_name, then the object's blob
 *	KEY_ITEM_REMOVED struct key_object_name[]: blobs that are not needed
 *			 any more once the new state is there
 *
 * The host writes the objects under names with their version, then puts the
 * token's blob in the place of the old one, which is the moment of truth, then
 * says KEY_OP_COMMIT: the PAL moves the token's register on and works with the
 * new state.  A newer pending change replaces one that was not committed.
 *
 * KEY_R_STALE: another instance has changed the token.  Nothing was done; load
 * it again (KEY_OP_LOAD, ..._OBJECT, ..._END) and repeat the request.
 *
 * A token that was begun with KEY_INIT_TPM is proven to be the newest also
 * after a boot, by the machine's TPM (pal_lasting_settle()).  COMMIT and
 * LOAD_END answer KEY_R_PROVE then, having done nothing: the host carries what
 * key_tpm() and the TPM have to say to each other (pal_tpm_carry()), and
 * repeats what it was told to prove.
 *
 * New objects begin as drafts: KEY_OP_CREATE and so on answer with handles and
 * KEY_REPLY_DRAFT if the object is to be stored, and take as long as they like;
 * KEY_OP_STORE, quick, makes a pending change of them.  Drafts cannot be used.
 *
 * Handles of stored objects are the same in all instances, for ever, and below
 * KEY_SESSION_HANDLE.  Those of session objects and drafts are of this instance
 * and never used again.
 */
#ifndef PKCS11_KEY_PROTOCOL_H
#define PKCS11_KEY_PROTOCOL_H

#include <pal_struct.h>

/* The most bytes of a call, each way. */
#define KEY_CALL_SIZE	    32768
/* The most bytes of an object's attributes with all their headers. */
#define KEY_OBJECT_SIZE	    12288
#define KEY_OBJECT_COUNT    384 /* stored ones, in a token */
#define KEY_SESSION_COUNT   128 /* session objects and drafts, an instance */
#define KEY_OPERATION_COUNT 64 /* multi-part, an instance */
#define KEY_REQUEST_COUNT   64 /* in a call */
/* The most data of one request: 1 KiB is left for headers and parameters. */
#define KEY_DATA_SIZE	    (KEY_CALL_SIZE - 2048)
/* The most that a multi-part operation gathers where it must not give out. */
#define KEY_GATHER_SIZE	    KEY_DATA_SIZE

#define KEY_PIN_MIN	    4
#define KEY_PIN_MAX	    255
#define KEY_PIN_ATTEMPTS    10
#define KEY_ROUNDS_MIN	    1000 /* of PBKDF2-HMAC-SHA-512 */
#define KEY_ROUNDS_DEFAULT  100000
#define KEY_ROUNDS_MAX	    10000000

#define KEY_SESSION_HANDLE  (UINT64_C(1) << 62)

/* pal_call(pal, 0, ...), pal_tpm_carry(pal, 1) */
#define KEY_FUNCTIONS(F)                                                       \
	F(key_call, BYTES(KEY_CALL_SIZE), BYTES(KEY_CALL_SIZE))                \
	F(key_tpm, BYTES(PAL_TPM_MESSAGE_MAX), BYTES(PAL_TPM_MESSAGE_MAX))
#define KEY_ENTRY_TPM 1

PAL_STRUCT(key_request,
	   PAL_FIELD(uint32_t, size) /* with its items, a multiple of 8 */
	   PAL_FIELD(uint32_t, operation) /* KEY_OP_* */
	   PAL_FIELD(uint64_t, time) /* seconds since 1970, by the host */
	   PAL_FIELD(uint64_t, session) /* the host's number, for endings */
	   PAL_FIELD(uint64_t, object) /* or a multi-part operation */
	   PAL_FIELD(uint64_t, argument) /* see KEY_OP_* */
	   PAL_FIELD(uint64_t, flags)); /* KEY_FLAG_* */

PAL_STRUCT(key_reply,
	   PAL_FIELD(uint32_t, size) /* with its items, a multiple of 8 */
	   PAL_FIELD(uint32_t, flags) /* KEY_REPLY_* */
	   PAL_FIELD(uint64_t, result) /* CKR_*, KEY_R_* */
	   PAL_FIELD(uint64_t, value) /* see KEY_OP_* */
	   PAL_FIELD(uint64_t, second));

PAL_STRUCT(key_item,
	   PAL_FIELD(uint32_t, type) /* CKA_* or KEY_ITEM_* */
	   PAL_FIELD(uint32_t, size)); /* of its bytes, without zeros behind */

/* An attribute that cannot be given out; no bytes follow. */
#define KEY_UNAVAILABLE	   0xffffffffu

/* Reply flags */
#define KEY_REPLY_PENDING  1u /* write down what is in the items, then commit */
#define KEY_REPLY_DRAFT	   2u /* store the objects, or drop them */
#define KEY_REPLY_UNSAVED  4u /* KEY_OP_SAVE should follow soon */

/* Results beside those of PKCS #11 */
#define KEY_R_STALE	   0x80000001u /* load the token again, repeat */
#define KEY_R_SAVE_FIRST   0x80000002u /* KEY_OP_SAVE, then repeat */
#define KEY_R_NOT_LOADED   0x80000003u /* no token is loaded */
#define KEY_R_ALTERED	   0x80000004u /* blob is damaged, or not this token's */
#define KEY_R_ROLLED_BACK  0x80000005u /* blob is older than the token is */
#define KEY_R_OTHER_PAL	   0x80000006u /* sealed by another PAL */
#define KEY_R_OLDER_PAL	   0x80000007u /* sealed by a newer version of this PAL */
#define KEY_R_OTHER_ROOT   0x80000008u /* sealed under another root */
#define KEY_R_NO_NOTARY	   0x80000009u /* the notary does not answer */
#define KEY_R_NO_REGISTER  0x8000000au /* the notary has no register left */
#define KEY_R_BAD_REQUEST  0x8000000bu /* the request is malformed */
#define KEY_R_NO_TARGET	   0x8000000cu /* no backup target was named */
#define KEY_R_PROVE	   0x8000000du /* key_tpm(), then repeat */
#define KEY_R_TPM_FALSE	   0x8000000fu /* it was not the TPM that answered */

/* ---- Items beside attributes --------------------------------------------- */

#define KEY_ITEM_TOKEN	   0xff000001u /* the token's blob */
#define KEY_ITEM_OBJECT	   0xff000002u /* struct key_object_name, blob */
#define KEY_ITEM_REMOVED   0xff000003u /* struct key_object_name[] */
#define KEY_ITEM_WANTED	   0xff000004u /* struct key_object_name[] */
#define KEY_ITEM_INFO	   0xff000005u /* struct key_token_info */
#define KEY_ITEM_INIT	   0xff000006u /* struct key_init */
#define KEY_ITEM_PIN	   0xff000007u
#define KEY_ITEM_NEW_PIN   0xff000008u
#define KEY_ITEM_MECHANISM 0xff000009u /* struct key_mechanism */
#define KEY_ITEM_IV	   0xff00000au /* IV, nonce, counter block */
#define KEY_ITEM_EXTRA	   0xff00000bu /* associated data, label, shared data */
#define KEY_ITEM_PEER	   0xff00000cu /* the other side's public point */
#define KEY_ITEM_DATA	   0xff00000du /* what is signed, encrypted ... */
#define KEY_ITEM_SIGNATURE 0xff00000eu /* what is verified */
#define KEY_ITEM_OUTPUT	   0xff00000fu /* signature, ciphertext, ... */
#define KEY_ITEM_PRIVATE   0xff000010u /* empty: the private template follows */
#define KEY_ITEM_HANDLES   0xff000011u /* uint64_t[] */
#define KEY_ITEM_SUMMARY   0xff000012u /* struct key_summary */
#define KEY_ITEM_RECORD	   0xff000013u /* struct key_record */
#define KEY_ITEM_HEAD	   0xff000014u /* struct key_audit_head */
#define KEY_ITEM_BACKUP	   0xff000015u /* an object on its way elsewhere */
#define KEY_ITEM_TARGET	   0xff000016u /* public point of a P-256 key, 65 bytes */
#define KEY_ITEM_PROOF	   0xff000018u /* empty: COMMIT will want the TPM */

/*
 * Our own attributes: what the owner allows a key to do, said when it is made
 * and never after.  CK_ULONG; 0 is no limit.
 */
#define KEY_A_TOTAL	   0x80504c01u /* operations, ever */
#define KEY_A_PER_MINUTE   0x80504c02u /* operations in a minute */

PAL_STRUCT(key_object_name,
	   PAL_FIELD(uint64_t, id) /* its handle */
	   PAL_FIELD(uint64_t, version)); /* of the blob, by chance */

PAL_STRUCT(key_init,
	   PAL_ARRAY(uint8_t, label, 32) /* UTF-8, filled up with blanks */
	   PAL_FIELD(uint32_t, rounds) /* of the PINs' hash */
	   PAL_FIELD(uint32_t, flags)); /* KEY_INIT_* */

/* Private keys may be used, and objects made, without a PIN. */
#define KEY_INIT_NO_LOGIN  1u
/* The TPM proves which state is the newest; for a token that is not there yet. */
#define KEY_INIT_TPM	   2u

#define KEY_STRENGTH_BOOT  1 /* rollback is noticed until the next boot */
#define KEY_STRENGTH_TPM   2 /* rollback is noticed always */

PAL_STRUCT(key_token_info,
	   PAL_ARRAY(uint8_t, label, 32)
	   PAL_ARRAY(uint8_t, serial, 16) /* hexadecimal digits */
	   PAL_FIELD(uint64_t, version) /* of the state; 0: no token yet */
	   PAL_FIELD(uint32_t, flags) /* CKF_* of CK_TOKEN_INFO */
	   PAL_FIELD(uint32_t, object_count)
	   PAL_FIELD(uint32_t, user_attempts) /* left; 0: locked */
	   PAL_FIELD(uint32_t, so_attempts)
	   PAL_FIELD(uint32_t, rounds)
	   PAL_FIELD(uint32_t, strength) /* KEY_STRENGTH_* */
	   PAL_FIELD(uint32_t, login) /* 0 nobody, 1 user, 2 SO */
	   PAL_FIELD(uint32_t, missing_count) /* objects without a good blob */
	   PAL_ARRAY(uint8_t, audit_key, 65) /* public point, P-256 */
	   PAL_ARRAY(uint8_t, backup_key, 65) /* of this token, P-256 */
	   PAL_ARRAY(uint8_t, target, 65) /* backups go to; zeros: nowhere */
	   PAL_ARRAY(uint8_t, zero, 5));

/*
 * A mechanism without pointers.  `hash` is a CKM_* (PSS, OAEP), `mgf` a CKG_*;
 * `length` is PSS's salt and the tag or MAC in bytes, or the counter's bits of
 * CTR; `kdf` a CKD_*.
 */
PAL_STRUCT(key_mechanism,
	   PAL_FIELD(uint64_t, type) /* CKM_* */
	   PAL_FIELD(uint64_t, hash) PAL_FIELD(uint64_t, mgf)
	   PAL_FIELD(uint64_t, length) PAL_FIELD(uint64_t, kdf));

/* What the host keeps of each object, to answer without a call. */
PAL_STRUCT(key_summary,
	   PAL_FIELD(uint64_t, handle) PAL_FIELD(uint64_t, class)
	   PAL_FIELD(uint64_t, key_type)
	   PAL_FIELD(uint32_t, bits) /* of modulus, field or key */
	   PAL_FIELD(uint32_t, usage) /* KEY_USE_* */
	   PAL_FIELD(uint32_t, is_private) PAL_FIELD(uint32_t, is_token));

/* Purposes of an operation (request.argument), and what a key may be used for. */
#define KEY_USE_SIGN	1u
#define KEY_USE_VERIFY	2u
#define KEY_USE_ENCRYPT 4u
#define KEY_USE_DECRYPT 8u
#define KEY_USE_DIGEST	16u /* purpose only: no key */
#define KEY_USE_WRAP	32u
#define KEY_USE_UNWRAP	64u
#define KEY_USE_DERIVE	128u

/* What a record says of a backup, with KEY_USE_WRAP. */
#define KEY_M_BACKUP	0x80504c01u

/* A use of a private or secret key, chained by the hash of all before it. */
PAL_STRUCT(key_record,
	   PAL_FIELD(uint64_t, sequence) /* from 1 */
	   PAL_FIELD(uint64_t, time) PAL_FIELD(uint64_t, object)
	   PAL_FIELD(uint64_t, mechanism) PAL_FIELD(uint64_t, purpose)
	   PAL_ARRAY(uint8_t, previous, 32)); /* SHA-256 of the one before */

/* Head of the chain: ECDSA P-256 with SHA-256 over all before `signature`. */
PAL_STRUCT(key_audit_head,
	   PAL_ARRAY(uint8_t, magic, 8) /* "PALAUDIT" */
	   PAL_ARRAY(uint8_t, serial, 16)
	   PAL_FIELD(uint64_t, sequence) /* of the last record; 0: none */
	   PAL_ARRAY(uint8_t, hash, 32) /* SHA-256 of it */
	   PAL_ARRAY(uint8_t, nonce, 32) /* of who asked */
	   PAL_ARRAY(uint8_t, signature, 64)); /* r, s */

/* ---- Operations ---------------------------------------------------------- */

/*
 * Loading.  LOAD: KEY_ITEM_TOKEN -> KEY_ITEM_WANTED, the blobs that this
 * instance does not have yet; `value` is their number, `second` that of all the
 * token's objects.  LOAD_OBJECT: KEY_ITEM_OBJECT.  LOAD_END: from here on the
 * new state; objects whose blob did not come, or was no good, are missing.
 * FORGET: no token any more.
 */
#define KEY_OP_LOAD	     1
#define KEY_OP_LOAD_OBJECT   2
#define KEY_OP_LOAD_END	     3
#define KEY_OP_FORGET	     4
/* The pending change is written down. */
#define KEY_OP_COMMIT	     5
/* Pending: attempts, audit and limits as they are now. */
#define KEY_OP_SAVE	     6

/* -> KEY_ITEM_INFO.  Also without a token. */
#define KEY_OP_INFO	     8
/* Pending.  KEY_ITEM_PIN (SO), KEY_ITEM_INIT; with a token loaded: its SO-PIN. */
#define KEY_OP_INIT_TOKEN    9
/* argument: CKU_SO or CKU_USER; KEY_ITEM_PIN */
#define KEY_OP_LOGIN	     10
#define KEY_OP_LOGOUT	     11
/* Pending, by the SO.  KEY_ITEM_NEW_PIN of the user; unlocks it. */
#define KEY_OP_INIT_PIN	     12
/*
 * Pending.  KEY_ITEM_PIN, KEY_ITEM_NEW_PIN: of who is logged in, else the
 * user's.
 */
#define KEY_OP_SET_PIN	     13

/* Template -> KEY_ITEM_HANDLES of visible objects that match. */
#define KEY_OP_FIND	     16
/* object; items name attributes -> the attributes; CKR_* as C_GetAttributeValue */
#define KEY_OP_GET	     17
/* -> KEY_ITEM_SUMMARY */
#define KEY_OP_SUMMARY	     18
/*
 * Pending for stored objects.  object, template.  A session object's new
 * attributes count at once.
 */
#define KEY_OP_SET	     19
/* Pending for stored objects.  object */
#define KEY_OP_DESTROY	     20
/* Pending.  KEY_ITEM_HANDLES: drafts -> `value`, `second`: their new handles */
#define KEY_OP_STORE	     21
/* Destroy all operations, session objects and drafts of this session. */
#define KEY_OP_END_SESSION   22

/*
 * New objects: -> `value` the handle, KEY_ITEM_SUMMARY; a draft if the template
 * says CKA_TOKEN.  CREATE: template.  COPY: object, template.  GENERATE:
 * KEY_ITEM_MECHANISM, template.  GENERATE_PAIR: mechanism, template,
 * KEY_ITEM_PRIVATE, template; `second` is the private key.  DERIVE: object,
 * mechanism, KEY_ITEM_PEER, KEY_ITEM_EXTRA, template.  UNWRAP: object,
 * mechanism, KEY_ITEM_DATA, template.
 */
#define KEY_OP_CREATE	     24
#define KEY_OP_COPY	     25
#define KEY_OP_GENERATE	     26
#define KEY_OP_GENERATE_PAIR 27
#define KEY_OP_DERIVE	     28
#define KEY_OP_UNWRAP	     29
/* object (the wrapping key), argument (the key), mechanism -> KEY_ITEM_OUTPUT */
#define KEY_OP_WRAP	     30

/*
 * One-shot: object (not for digests), argument KEY_USE_*, mechanism,
 * KEY_ITEM_DATA (and SIGNATURE) -> KEY_ITEM_OUTPUT, KEY_ITEM_RECORD.
 * Multi-part: BEGIN the same without data -> `value`, the operation; UPDATE
 * object = operation, KEY_ITEM_DATA -> KEY_ITEM_OUTPUT; FINISH (data and
 * SIGNATURE may be given) ends it however it goes, so does a failing UPDATE.
 */
#define KEY_OP_ONCE	     32
#define KEY_OP_BEGIN	     33
#define KEY_OP_UPDATE	     34
#define KEY_OP_FINISH	     35
#define KEY_OP_CANCEL	     36
/* UPDATE of a digest with the value of a secret key: argument */
#define KEY_OP_DIGEST_KEY    37

/* argument: how many bytes -> KEY_ITEM_OUTPUT */
#define KEY_OP_RANDOM	     40
/* KEY_ITEM_DATA: 32 bytes of who asks -> KEY_ITEM_HEAD */
#define KEY_OP_AUDIT_HEAD    41
/*
 * Pending, by the SO, while the token holds no key: KEY_ITEM_TARGET.  Backups
 * are only ever made for this key.
 */
#define KEY_OP_SET_TARGET    42
/* By the user: object -> KEY_ITEM_BACKUP */
#define KEY_OP_BACKUP	     43
/* KEY_ITEM_BACKUP made for this token -> `value`, a draft */
#define KEY_OP_RESTORE	     44

#endif /* PKCS11_KEY_PROTOCOL_H */
