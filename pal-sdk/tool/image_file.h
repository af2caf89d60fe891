/* SPDX-License-Identifier: BSD-2-Clause */
/* A PAL image file: read, checked, measured, and its signature verified. */
#ifndef TOOL_IMAGE_FILE_H
#define TOOL_IMAGE_FILE_H

#include <stddef.h>
#include "abi/pal_image.h"

struct image_file {
	struct pal_image_header header;
	uint8_t digest[PAL_MEASUREMENT_SIZE];
	char measurement[97]; /* the digest in hexadecimal */
	size_t extra_size; /* bytes after the image: a signature, or 0 */
	struct pal_signature signature; /* zeros: there is none */
	int signature_status; /* 0: good or none; else NOTARY_E* */
	uint8_t signer[48]; /* of a good signature, or zeros */
};

/* Returns 0, or EXIT_FAILURE after a message; then *file is as it was. */
int image_file_read(const char *path, struct image_file *file);

/*
 * The same, and in *bytes the file's header.image_size + extra_size bytes,
 * which the caller frees.
 */
int image_file_load(const char *path, struct image_file *file, void **bytes);

/* "none", "good", "malformed", "wrong" or "unknown" (cryptography failed). */
const char *image_file_signature_text(const struct image_file *file);

/* "P-256", "P-384", or "none" without a good signature. */
const char *image_file_curve_text(const struct image_file *file);

#endif /* TOOL_IMAGE_FILE_H */
