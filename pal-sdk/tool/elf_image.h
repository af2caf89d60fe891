/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From a linked ELF file to a PAL image.  The file is not trusted: any bytes
 * give an image or a message.
 */
#ifndef TOOL_ELF_IMAGE_H
#define TOOL_ELF_IMAGE_H

#include <stddef.h>
#include "abi/pal_image.h"

/* A PAL image: its header, and the bytes of each segment's file part. */
struct elf_image {
	struct pal_image_header header;
	/* part_sizes[i] bytes, to be padded with zeros to file_size */
	const unsigned char *parts[PAL_MAX_SEGMENTS];
	size_t part_sizes[PAL_MAX_SEGMENTS];
};

struct elf_error {
	char text[256];
};

/*
 * Judge the ELF file of size bytes at bytes and describe its PAL image in
 * *image, whose parts point into bytes.  default_name is used when the PAL has
 * no PAL_NAME(); characters that a name cannot have become '-'.
 * Returns 0, or -1 and a sentence in *error that tells what is wrong, where,
 * and what to do; then *image is of no use.
 */
int elf_image_read(void *bytes, size_t size, const char *default_name,
		   struct elf_image *image, struct elf_error *error);

#endif /* TOOL_ELF_IMAGE_H */
