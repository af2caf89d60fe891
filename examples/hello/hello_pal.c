/* SPDX-License-Identifier: BSD-2-Clause */
/* Greets a caller, and counts whom it has greeted where nobody can look. */
#include <pal.h>
#include <stdio.h>
#include "hello.h"

PAL_NAME("hello");

static unsigned int greeted_count;

static long greet(const void *in, size_t in_size, void *out, size_t out_size)
{
	int length;

	if (!in_size || in_size > HELLO_NAME_MAX)
		return HELLO_ETEXT;
	length = snprintf(out, out_size, "Hello %.*s, you are number %u.",
			  (int)in_size, (const char *)in, greeted_count + 1);
	if (length < 0 || (size_t)length >= out_size)
		return HELLO_ETEXT;
	greeted_count++;
	return length;
}

PAL_ENTRIES(greet);
