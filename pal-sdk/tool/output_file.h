/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing whole files.  Each function returns 0, or EXIT_FAILURE after a
 * message, and then the file is as it was. */
#ifndef TOOL_OUTPUT_FILE_H
#define TOOL_OUTPUT_FILE_H

#include <stddef.h>

/* Written beside its place and moved there: never half a file. */
int output_file_write(const char *path, const void *bytes, size_t size);

/* A new file, which must not exist. */
int output_file_write_new(const char *path, const void *bytes, size_t size);

/* A new file that only its owner reads (mode 0600).  It must not exist. */
int output_file_write_secret(const char *path, const void *bytes, size_t size);

/* The same, in place of the file that may be there. */
int output_file_replace_secret(const char *path, const void *bytes,
			       size_t size);

#endif /* TOOL_OUTPUT_FILE_H */
