/* SPDX-License-Identifier: BSD-2-Clause */
/* What tests of tokens begin with: a folder, a token, keys. */
#ifndef TEST_SCENE_H
#define TEST_SCENE_H

#include "pkcs11/token/token.h"

#define SO_PIN	 "12345678"
#define USER_PIN "1234"

/* A folder of this program for its tokens; removed at exit. */
void scene_begin(void);

/* From here on this process, which has no token open, sees new registers. */
void scene_boot(void);

/*
 * A token of this name, initialized, with both PINs, opened, the user logged
 * in.  Any failure ends the program with its text.
 */
struct token *scene_token(const char *name);

/* Open one that is there, and log in. */
struct token *scene_open(const char *name);

/* rv must be CKR_OK: else say what it was and end the program. */
void scene_need(CK_RV rv, const char *what);

/* Pairs; `is_token`: stored. */
struct scene_pair {
	CK_OBJECT_HANDLE public, private;
};

CK_RV scene_try_ec(struct token *token, unsigned bits, bool is_token,
		   struct scene_pair *pair);
struct scene_pair scene_ec(struct token *token, unsigned bits, bool is_token);
struct scene_pair scene_rsa(struct token *token, unsigned bits, bool is_token);

/* An AES or generic secret key that may do everything, not sensitive. */
CK_OBJECT_HANDLE scene_secret(struct token *token, CK_KEY_TYPE type,
			      CK_ULONG size);

/* With a mechanism that has no parameter; `out` has SCENE_OUTPUT_SIZE bytes. */
#define SCENE_OUTPUT_SIZE 512
CK_RV scene_sign(struct token *token, CK_MECHANISM_TYPE type,
		 CK_OBJECT_HANDLE key, const void *in, size_t in_size,
		 uint8_t *out, size_t *size);
CK_RV scene_verify(struct token *token, CK_MECHANISM_TYPE type,
		   CK_OBJECT_HANDLE key, const void *in, size_t in_size,
		   const uint8_t *signature, size_t size);

/* Is this the whole: info, all objects, a signature by each private key? */
bool scene_works(struct token *token);

#endif /* TEST_SCENE_H */
