/* SPDX-License-Identifier: BSD-2-Clause */
/* The PAL that must work whatever happened before. */
#include <pal.h>
#include <string.h>

PAL_NAME("good");
PAL_THREADS(4);

/* The number that comes in, plus one. */
static long add_one(const void *in, size_t in_size, void *out, size_t out_size)
{
	uint64_t number;

	if (in_size != sizeof(number) || out_size < sizeof(number))
		return -1;
	memcpy(&number, in, sizeof(number));
	number++;
	memcpy(out, &number, sizeof(number));
	return sizeof(number);
}

PAL_ENTRIES(add_one);
