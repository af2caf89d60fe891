/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where pal_log() of a debug PAL leaves its text for libpal: one page for each
 * thread, in the window, behind the threads' slices.  Other PALs have no such
 * pages.  libpal empties the page before each call and prints it afterwards,
 * also when the call has ended the PAL.
 */
#ifndef PAL_LOG_PAGE_H
#define PAL_LOG_PAGE_H

#include <stdint.h>

#define PAL_LOG_PAGE_SIZE 4096

struct pal_log_page {
	uint32_t size; /* bytes of text */
	uint32_t lost; /* bytes that found no room */
	char text[PAL_LOG_PAGE_SIZE - 8];
};

_Static_assert(sizeof(struct pal_log_page) == PAL_LOG_PAGE_SIZE, "a page");

#endif /* PAL_LOG_PAGE_H */
