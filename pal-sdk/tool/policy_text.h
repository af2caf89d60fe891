/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The policy as people write it (palisade-policy(5)), made binary.  Pure over
 * bytes of any kind; the one thing it asks for is who a key file belongs to.
 */
#ifndef TOOL_POLICY_TEXT_H
#define TOOL_POLICY_TEXT_H

#include <stddef.h>
#include "abi/policy.h"

struct policy_text_error {
	unsigned int line; /* from 1 */
	unsigned int column; /* from 1, in bytes */
	char text[320]; /* what is wrong, and what was expected */
};

/* What only the caller can do; tests and fuzzers have no files. */
struct policy_text_caller {
	/*
	 * The signer of the public key in file `path`, as the policy names it.
	 * Returns 0, or -1 and in why[size] what is wrong.
	 */
	int (*find_signer)(void *context, const char *path, uint8_t signer[48],
			   char *why, size_t size);
	/*
	 * Hear that a line of a good policy is weaker than it looks; NULL: do
	 * not tell.
	 */
	void (*warn)(void *context, unsigned int line, const char *text);
	void *context;
};

/*
 * Compile size bytes of text.  Returns 0 and *policy_size bytes at policy, for
 * which policy_check() holds; or -1 and *error, then the rest is undefined.
 */
int policy_text_compile(const char *text, size_t size,
			const struct policy_text_caller *caller,
			uint8_t policy[POLICY_SIZE_MAX], size_t *policy_size,
			struct policy_text_error *error);

#endif /* TOOL_POLICY_TEXT_H */
