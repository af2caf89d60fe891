/* SPDX-License-Identifier: BSD-2-Clause */
/* Measuring an image, for libpal and the pal command. */
#ifndef HOST_MEASURE_H
#define HOST_MEASURE_H

#include <stddef.h>
#include "pal_host.h"

/*
 * pal_measure_image(), which tells how many bytes are done, again and again;
 * `tell` may be NULL.
 */
int measure_telling(const void *image, size_t size,
		    uint8_t digest[PAL_MEASUREMENT_SIZE],
		    void (*tell)(void *listener, size_t done), void *listener);

#endif /* HOST_MEASURE_H */
