/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The head of a token's chain of uses, signed by the token, and the file in
 * which it is kept: text, a line each,
 *
 *	palisade audit head 1
 *	serial 0123456789abcdef
 *	sequence 42
 *	hash, nonce, signature: 64, 64, 128 hexadecimal digits
 *
 * with what struct key_audit_head has.
 */
#ifndef TOOL_TOKEN_AUDIT_HEAD_H
#define TOOL_TOKEN_AUDIT_HEAD_H

#include <stdbool.h>
#include "pkcs11/key_protocol.h"

#define AUDIT_KEY_SIZE 65 /* public point, P-256 */

/* Has this key signed it? */
bool audit_head_is_signed(const struct key_audit_head *head,
			  const uint8_t key[AUDIT_KEY_SIZE]);

/* Both return EXIT_SUCCESS, or EXIT_FAILURE after a message. */
int audit_head_write(const char *path, const struct key_audit_head *head);
int audit_head_read(const char *path, struct key_audit_head *head);

#endif /* TOOL_TOKEN_AUDIT_HEAD_H */
