/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The rules of abi/pal_image.h for a PAL image, over bytes that nobody vouches
 * for.  The hypervisor applies the same rules itself and is the one that
 * counts; here they give people a sentence instead of a number.
 */
#ifndef TOOL_IMAGE_CHECK_H
#define TOOL_IMAGE_CHECK_H

#include <stddef.h>
#include "abi/pal_image.h"

/* Next to the PAL_IMAGE_* reasons: fewer bytes than the header announces. */
#define PAL_IMAGE_TRUNCATED 64

/*
 * Judge the image of size bytes at bytes (any alignment, any contents; more
 * bytes than the image has are allowed, signatures follow it).
 * Returns 0 and the header in *header, or a PAL_IMAGE_* reason, and then
 * *header is as it was.  Reads only bytes[0..size-1]; no other effect.
 */
int image_check(const void *bytes, size_t size,
		struct pal_image_header *header);

/* The rules for a header alone; returns 0 or a PAL_IMAGE_* reason. */
int image_check_header(const struct pal_image_header *header);

/*
 * A clause that says what is wrong and completes "the PAL image is refused: ".
 * Any number is allowed; never NULL, static.
 */
const char *image_reason(unsigned int reason);

#endif /* TOOL_IMAGE_CHECK_H */
