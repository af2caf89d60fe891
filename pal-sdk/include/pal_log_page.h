/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Where pal_log() of a debug PAL leaves its text for libpal: one page for each
 * thread, in the window, behind the threads' slices.  Other PALs have no such
 * pages.  After each call, also one that ended the PAL, and at the end libpal
 * prints and empties the pages of all threads: other PALs' calls write there
 * too, at any time.
 *
 * To add: write behind `size` bytes, then set the new size by compare-and-swap.
 * To take: copy, then set 0 by compare-and-swap.  A failure changes nothing.
 */
#ifndef PAL_LOG_PAGE_H
#define PAL_LOG_PAGE_H

#include <stdatomic.h>
#include <stdint.h>

#define PAL_LOG_PAGE_SIZE 4096
#define PAL_LOG_TEXT_SIZE (PAL_LOG_PAGE_SIZE - 8)

struct pal_log_page {
	_Atomic uint32_t size; /* bytes of text */
	_Atomic uint32_t lost; /* bytes that found no room */
	char text[PAL_LOG_TEXT_SIZE];
};

_Static_assert(sizeof(struct pal_log_page) == PAL_LOG_PAGE_SIZE, "a page");

#endif /* PAL_LOG_PAGE_H */
