/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PINs for `pal token`: of a file, of the environment, or typed.  Never an
 * argument, which everybody could read.
 */
#ifndef TOOL_TOKEN_PIN_H
#define TOOL_TOKEN_PIN_H

#include <stdbool.h>
#include <stddef.h>
#include "pkcs11/key_protocol.h"

struct pin {
	char text[KEY_PIN_MAX + 1];
	size_t size;
};

/* Which PIN; the words are for prompts and messages. */
struct pin_source {
	const char *words; /* "PIN", "SO-PIN" */
	const char *variable; /* of the environment, or NULL */
	const char *file; /* that the user named, or NULL */
	bool is_new; /* typed twice */
};

#define PIN_OF_USER    "PALISADE_PIN"
#define PIN_OF_OFFICER "PALISADE_SO_PIN"

/*
 * The first of file, environment, terminal.  A file's first line counts.
 * Returns 0, or -1 after a message.  The caller wipes: pin_wipe().
 */
int pin_read(const struct pin_source *source, struct pin *pin);
void pin_wipe(struct pin *pin);

#endif /* TOOL_TOKEN_PIN_H */
