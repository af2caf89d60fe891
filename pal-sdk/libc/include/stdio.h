/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Text into a buffer.  A PAL has no files and no terminal, so that is all.
 *
 * Conversions: d i u x X o c s p % with flags - + space 0 #, width and
 * precision (also *), and the sizes hh h l ll z j t.  No floating point, no %n.
 * An unknown conversion makes the call return -1.
 */
#ifndef PALC_STDIO_H
#define PALC_STDIO_H

#include <stdarg.h>
#include <stddef.h>

/*
 * Write at most size bytes, the ending 0 included (nothing if size is 0).
 * Return the length that the whole text has, or -1.
 */
int snprintf(char *to, size_t size, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
int vsnprintf(char *to, size_t size, const char *format, va_list args)
	__attribute__((format(printf, 3, 0)));

#endif
