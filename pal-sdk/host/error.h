/* SPDX-License-Identifier: BSD-2-Clause */
/* The text behind pal_error_text(). */
#ifndef HOST_ERROR_H
#define HOST_ERROR_H

/*
 * Remember a text for this thread of the program and return status, so that a
 * function can end with `return error_set(PAL_EIO, "...", ...)`.
 */
int error_set(int status, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The same with the general sentence of pal_strerror(). */
int error_plain(int status);

#endif /* HOST_ERROR_H */
