/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory and strings, as in C11, plus explicit_bzero(), which the compiler
 * never removes, strnlen() and strlcpy() for bounded strings.
 */
#ifndef PALC_STRING_H
#define PALC_STRING_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t size);
void *memmove(void *to, const void *from, size_t size);
void *memset(void *to, int byte, size_t size);
int memcmp(const void *a, const void *b, size_t size);
void *memchr(const void *in, int byte, size_t size);

size_t strlen(const char *string);
size_t strnlen(const char *string, size_t limit);
int strcmp(const char *a, const char *b);
int strncmp(const char *a, const char *b, size_t limit);
char *strcpy(char *restrict to, const char *restrict from);
char *strncpy(char *restrict to, const char *restrict from, size_t size);
char *strcat(char *restrict to, const char *restrict from);
char *strchr(const char *in, int character);
char *strrchr(const char *in, int character);
char *strstr(const char *in, const char *wanted);

/* Copies what fits into size bytes, always ends it; returns strlen(from). */
size_t strlcpy(char *restrict to, const char *restrict from, size_t size);

/* For secrets: the bytes are zero afterwards, whatever the compiler thinks. */
void explicit_bzero(void *to, size_t size);

#endif
