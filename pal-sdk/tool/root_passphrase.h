/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Roots that come from a passphrase: PBKDF2-HMAC-SHA-512 of it, 64 bytes.  What
 * else goes into it is in a file, one line of text,
 *
 *	palisade-passphrase 1 ITERATIONS SALT ID
 *
 * the salt 32 bytes and the root's id (pal_seal.h) 16 bytes in hexadecimal.  It
 * is not secret, but without it the root is lost.  The id tells a mistyped
 * passphrase before anything is sealed under a root that nobody wants.
 */
#ifndef TOOL_ROOT_PASSPHRASE_H
#define TOOL_ROOT_PASSPHRASE_H

#include <stdbool.h>
#include <stddef.h>
#include "abi/root.h"

#define ROOT_ITERATIONS	    1000000 /* about a second */
#define ROOT_ITERATIONS_MIN 1000
#define ROOT_ITERATIONS_MAX 1000000000
#define ROOT_PASSPHRASE_MIN 8 /* characters */
#define ROOT_LINE_SIZE	    160

/* Does a file begin like one of these? */
bool root_passphrase_is_meant(const void *bytes, size_t size);

/*
 * Ask for the passphrase (on the terminal, or a line of standard input) and
 * derive the root by the line of size bytes.  Returns 0, or -1 after a message.
 */
int root_passphrase_read(const char *line, size_t size, struct hv_root *root);

/*
 * Ask for a new passphrase, on a terminal twice, and make the line for it, with
 * a line end and a zero.  Returns 0, or -1 after a message.
 */
int root_passphrase_make(uint32_t iterations, char line[ROOT_LINE_SIZE]);

#endif /* TOOL_ROOT_PASSPHRASE_H */
