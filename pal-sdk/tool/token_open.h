/* SPDX-License-Identifier: BSD-2-Clause */
/* What the commands of `pal token` have in common. */
#ifndef TOOL_TOKEN_OPEN_H
#define TOOL_TOKEN_OPEN_H

#include <stdbool.h>
#include "pkcs11/token/token.h"
#include "token_pin.h"

/*
 * The exit status for what a token_*() answered: EXIT_SUCCESS, or after a
 * message with the token's name EXIT_FAILURE or EXIT_NO_HV.
 */
int token_exit(const char *name, CK_RV rv);

/*
 * Open the token.  Returns EXIT_SUCCESS, or the exit status after a message;
 * EXIT_FAILURE too for one that has not begun.
 */
int token_open_ready(const char *name, struct token **out);

/*
 * The same, with a login: of the user with the PIN of that file (NULL: see
 * token_pin.h), if the token wants one.
 */
int token_open_user(const char *name, const char *pin_file, struct token **out);

/* The same for the SO, who always has a PIN. */
int token_open_officer(const char *name, const char *pin_file,
		       struct token **out);

/*
 * The one object of that class whose label, or whose ID in hexadecimal, is
 * `what`.  Returns EXIT_SUCCESS, or EXIT_FAILURE after a message: there is
 * none, or several.
 */
int token_find_one(struct token *token, CK_OBJECT_CLASS class, const char *what,
		   CK_OBJECT_HANDLE *object);

/* Bytes of an ID written in hexadecimal; false if it is not. */
#define TOKEN_ID_SIZE 64
bool token_parse_id(const char *text, uint8_t id[TOKEN_ID_SIZE], size_t *size);

/* Print the URI (RFC 7512) by which programs know the object, and a newline. */
void token_print_uri(struct token *token, CK_OBJECT_HANDLE object);

/* An object's label and ID, cut to their room; empty where there is none. */
struct token_object_name {
	char label[256];
	uint8_t id[TOKEN_ID_SIZE];
	size_t id_size;
};

void token_name_of(struct token *token, CK_OBJECT_HANDLE object,
		   struct token_object_name *name);

#endif /* TOOL_TOKEN_OPEN_H */
