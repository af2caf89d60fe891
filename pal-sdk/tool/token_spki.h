/* SPDX-License-Identifier: BSD-2-Clause */
/* Public keys as SubjectPublicKeyInfo (RFC 5280), the way OpenSSL reads them. */
#ifndef TOOL_TOKEN_SPKI_H
#define TOOL_TOKEN_SPKI_H

#include <stddef.h>
#include <stdint.h>
#include "pkcs11/token/token.h"

#define TOKEN_POINT_SIZE 65 /* of P-256: 04 || x || y */

/* A public key as DER: `size` bytes, which end where the room ends. */
struct token_spki {
	uint8_t room[1024];
	const uint8_t *der;
	size_t size;
};

/*
 * Of an RSA or EC public key in the token.  Returns 0, or -1 after a message.
 * spki must stay where it is.
 */
int token_spki_of(struct token *token, CK_OBJECT_HANDLE object,
		  struct token_spki *spki);

/* The same of a P-256 key's point. */
int token_spki_of_point(const uint8_t point[TOKEN_POINT_SIZE],
			struct token_spki *spki);

/*
 * The point of the P-256 key in a PEM file.  Returns 0, or -1 after a message.
 */
int token_spki_read_point(const char *path, uint8_t point[TOKEN_POINT_SIZE]);

#endif /* TOOL_TOKEN_SPKI_H */
