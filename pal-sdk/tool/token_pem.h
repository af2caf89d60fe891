/* SPDX-License-Identifier: BSD-2-Clause */
/* PEM from DER, and back. */
#ifndef TOOL_TOKEN_PEM_H
#define TOOL_TOKEN_PEM_H

#include <stddef.h>
#include <stdint.h>

/* Room enough for public keys, certificates and backups. */
#define TOKEN_PEM_SIZE 65536

/*
 * The kind ("PUBLIC KEY", "CERTIFICATE") stands in the first and last line.
 * Returns 0, or -1 after a message.
 */
int token_pem_write(const char *kind, const void *der, size_t size,
		    char pem[TOKEN_PEM_SIZE]);

/*
 * text has a zero after its end.  *size: room at der, then the bytes there.
 * Returns 0, or -1 without a message: it is none of that kind.
 */
int token_pem_read(const char *kind, const char *text, uint8_t *der,
		   size_t *size);

#endif /* TOOL_TOKEN_PEM_H */
