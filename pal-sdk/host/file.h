/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading a whole file, for libpal and the pal command. */
#ifndef HOST_FILE_H
#define HOST_FILE_H

#include <stddef.h>

/* No image is larger: its header, and every address it can have. */
#define FILE_SIZE_MAX 0x40000000UL

/*
 * Read file `path` (a regular file, at most FILE_SIZE_MAX bytes) into memory
 * that the caller frees.  Returns 0, PAL_EIO or PAL_ENOMEM (the text tells the
 * cause); then *bytes and *size are as they were.
 */
int file_read(const char *path, void **bytes, size_t *size);

#endif /* HOST_FILE_H */
