/* SPDX-License-Identifier: BSD-2-Clause */
/* A policy from a file, for the pal command and the simulator. */
#ifndef TOOL_POLICY_FILE_H
#define TOOL_POLICY_FILE_H

#include <stddef.h>
#include "abi/policy.h"

/* Hear that a line of a good policy is weaker than it looks. */
typedef void policy_file_warn(const char *path, unsigned int line,
			      const char *text);

/*
 * Compile the text in file `path`; key files are sought from its folder.
 * `warn` may be NULL.  Returns 0 and *size bytes, which the notary takes; or
 * PAL_EIO, PAL_ENOMEM, PAL_EPOLICY, and pal_error_text() says what is wrong
 * and in which line.
 */
int policy_file_compile(const char *path, policy_file_warn *warn,
			uint8_t policy[POLICY_SIZE_MAX], size_t *size);

/* The same, but the file may also be binary already (`pal policy compile`). */
int policy_file_read(const char *path, policy_file_warn *warn,
		     uint8_t policy[POLICY_SIZE_MAX], size_t *size);

#endif /* TOOL_POLICY_FILE_H */
