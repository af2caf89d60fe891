/* SPDX-License-Identifier: BSD-2-Clause */
/* A policy from a file; what is wrong is reported to the user. */
#ifndef TOOL_POLICY_FILE_H
#define TOOL_POLICY_FILE_H

#include <stddef.h>
#include "abi/policy.h"

/*
 * Compile the text in file `path`; key files are sought from its folder.
 * Returns 0 and *size bytes, which the notary takes, or -1.
 */
int policy_file_compile(const char *path, uint8_t policy[POLICY_SIZE_MAX],
			size_t *size);

/* The same, but the file may also be binary already (`pal policy compile`). */
int policy_file_read(const char *path, uint8_t policy[POLICY_SIZE_MAX],
		     size_t *size);

#endif /* TOOL_POLICY_FILE_H */
