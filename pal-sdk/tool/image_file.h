/* SPDX-License-Identifier: BSD-2-Clause */
/* A PAL image file, read, checked and measured, for pal inspect and measure. */
#ifndef TOOL_IMAGE_FILE_H
#define TOOL_IMAGE_FILE_H

#include <stddef.h>
#include "abi/pal_image.h"

struct image_file {
	struct pal_image_header header;
	char measurement[97]; /* hexadecimal */
	size_t extra_size; /* bytes after the image: signatures */
};

/* Returns 0, or EXIT_FAILURE after a message; then *file is as it was. */
int image_file_read(const char *path, struct image_file *file);

#endif /* TOOL_IMAGE_FILE_H */
