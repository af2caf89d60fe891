/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing JSON to standard output. */
#ifndef TOOL_JSON_H
#define TOOL_JSON_H

#include <stddef.h>

/* A string in quotes; what is not printable ASCII becomes \u00xx. */
void json_string(const char *text, size_t size);

#endif /* TOOL_JSON_H */
