/* SPDX-License-Identifier: BSD-2-Clause */
/* Judging the header page of a PAL image (abi/pal_image.h). */
#ifndef CORE_PAL_IMAGE_H
#define CORE_PAL_IMAGE_H

#include "abi/pal_image.h"

/*
 * 0 if the header keeps every rule, else the PAL_IMAGE_* reason.  After 0, all
 * its sizes are page aligned, its ranges lie inside the layout, and no sum of
 * them overflows.  `header` must not change any more.
 */
int pal_image_check(const struct pal_image_header *header);

#endif
