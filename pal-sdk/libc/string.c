/* SPDX-License-Identifier: BSD-2-Clause */
/* The str*() functions: plain loops, none of them is ever hot in a PAL. */
#include <stdint.h>
#include <string.h>

size_t strlen(const char *string)
{
	size_t length = 0;

	while (string[length])
		length++;
	return length;
}

size_t strnlen(const char *string, size_t limit)
{
	size_t length = 0;

	while (length < limit && string[length])
		length++;
	return length;
}

int strcmp(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return (unsigned char)*a - (unsigned char)*b;
}

int strncmp(const char *a, const char *b, size_t limit)
{
	for (; limit; limit--, a++, b++)
		if (*a != *b || !*a)
			return (unsigned char)*a - (unsigned char)*b;
	return 0;
}

char *strcpy(char *restrict to, const char *restrict from)
{
	memcpy(to, from, strlen(from) + 1);
	return to;
}

char *strncpy(char *restrict to, const char *restrict from, size_t size)
{
	size_t length = strnlen(from, size);

	memcpy(to, from, length);
	memset(to + length, 0, size - length);
	return to;
}

size_t strlcpy(char *restrict to, const char *restrict from, size_t size)
{
	size_t length = strlen(from);
	size_t fitting = length < size ? length : size - 1;

	if (!size)
		return length;
	memcpy(to, from, fitting);
	to[fitting] = 0;
	return length;
}

char *strcat(char *restrict to, const char *restrict from)
{
	strcpy(to + strlen(to), from);
	return to;
}

char *strchr(const char *in, int character)
{
	for (;; in++) {
		if (*in == (char)character)
			return (char *)(uintptr_t)in;
		if (!*in)
			return NULL;
	}
}

char *strrchr(const char *in, int character)
{
	const char *last = NULL;

	for (;; in++) {
		if (*in == (char)character)
			last = in;
		if (!*in)
			return (char *)(uintptr_t)last;
	}
}

char *strstr(const char *in, const char *wanted)
{
	size_t length = strlen(wanted);

	for (;; in++) {
		if (!strncmp(in, wanted, length))
			return (char *)(uintptr_t)in;
		if (!*in)
			return NULL;
	}
}
