/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A binary policy for which policy_check() returned 0, on standard output.
 */
#ifndef TOOL_POLICY_PRINT_H
#define TOOL_POLICY_PRINT_H

#include <stdint.h>

/* Text that compiles to the same policy again. */
void policy_print_text(const void *policy);

/* Its POLICY_* flags as lines of that text, separated like that. */
void policy_print_flags(uint32_t value, const char *separator);

/* Members of a JSON object: all of it, or of the flags only. */
void policy_print_json_members(const void *policy);
void policy_print_json_flags(uint32_t value);

#endif /* TOOL_POLICY_PRINT_H */
