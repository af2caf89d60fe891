/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef LIB_PRINTF_H
#define LIB_PRINTF_H

#include <stdarg.h>
#include <stddef.h>

/*
 * Format into buf, which has `size` bytes (at least 1) and is always ended by
 * a zero; what does not fit is dropped.  Knows %s %c %d %u %x %% with an
 * optional `l` and, for %x, a zero-padded width.  Returns the length written.
 */
size_t format(char *buf, size_t size, const char *fmt, va_list args);

#endif
