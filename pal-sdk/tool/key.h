/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keys that sign PALs: P-256 or P-384, in PEM or DER as openssl writes them.
 * Also brings up PSA for what a subcommand does with them.
 */
#ifndef TOOL_KEY_H
#define TOOL_KEY_H

#include <psa/crypto.h>
#include <stdbool.h>
#include <stddef.h>
#include "abi/pal_image.h"

/* The longest text of key_write_*(), with its zero. */
#define KEY_PEM_SIZE 1024

struct key {
	psa_key_id_t id;
	bool is_private;
	size_t bits; /* 256 or 384 */
	uint8_t public_key[97]; /* 04, X, Y */
	size_t public_size;
	uint8_t signer[48]; /* SHA-384 of public_key */
};

/*
 * A key from the bytes of a file, private or public.  Returns NULL and the
 * key, which key_close() frees; or a clause that says what is wrong with the
 * file ("it is no EC key"), static, and then *key is as it was.
 */
const char *key_parse(const void *bytes, size_t size, struct key *key);

/*
 * The key in a file.  Returns 0, or -1 and in why[size] what is wrong, with
 * the file's name; then *key is as it was.
 */
int key_read(const char *path, struct key *key, char *why, size_t size);

/* The same with a message.  Returns 0 or EXIT_FAILURE. */
int key_open(const char *path, struct key *key);

/* A new private key.  Returns 0, or -1 when randomness or memory fails. */
int key_make(size_t bits, struct key *key);

void key_close(struct key *key);

/*
 * The private or the public half as PEM (SEC 1, or SubjectPublicKeyInfo),
 * ended by a zero.  Returns 0 or -1.
 */
int key_write_private(const struct key *key, char pem[KEY_PEM_SIZE]);
int key_write_public(const struct key *key, char pem[KEY_PEM_SIZE]);

/*
 * A signature page for this digest by a private key; the same key and digest
 * give the same page.  Returns 0 or -1.
 */
int key_sign(const struct key *key, const uint8_t digest[48],
	     struct pal_signature *page);

/*
 * A signature page with a signature that was made elsewhere, DER as ECDSA has
 * it.  Whether it fits is not judged.  Returns 0, or -1 when it is no such DER.
 */
int key_wrap_signature(const struct key *key, const void *der, size_t size,
		       struct pal_signature *page);

#endif /* TOOL_KEY_H */
