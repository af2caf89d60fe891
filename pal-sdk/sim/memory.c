/* SPDX-License-Identifier: BSD-2-Clause */
/* What the compiler may call though nobody wrote it. */
#include <stddef.h>

void *memcpy(void *to, const void *from, size_t size);
void *memset(void *to, int value, size_t size);

void *memcpy(void *to, const void *from, size_t size)
{
	void *result = to;

	__asm__ volatile("rep movsb"
			 : "+D"(to), "+S"(from), "+c"(size)
			 :
			 : "memory");
	return result;
}

void *memset(void *to, int value, size_t size)
{
	void *result = to;

	__asm__ volatile("rep stosb"
			 : "+D"(to), "+c"(size)
			 : "a"(value)
			 : "memory");
	return result;
}
