/* SPDX-License-Identifier: BSD-2-Clause */
#include "machine.h"

#include "lib/assert.h"

uint64_t nondet_uint64_t(void);

uint64_t any(void)
{
	return nondet_uint64_t();
}

unsigned int any_below(unsigned int end)
{
	uint64_t value = any();

	GIVEN(value < end);
	return (unsigned int)value;
}

void assert_failed(const char *cond, const char *file, int line)
{
	(void)cond;
	(void)file;
	(void)line;
	CLAIM(false, "no ASSERT fails");
	GIVEN(false);
	for (;;)
		;
}
