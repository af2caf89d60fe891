/* SPDX-License-Identifier: BSD-2-Clause */
/* Which way of multiplying this CPU has. */
#include "multiply.h"
#include <cpuid.h>

#define EBX_BMI2 (1U << 8)
#define EBX_ADX	 (1U << 19)

uint8_t multiply_kind;

uint8_t multiply_find_kind(void)
{
	unsigned int eax, ebx = 0, ecx, edx;
	uint8_t kind = MULTIPLY_PLAIN;

	if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) &&
	    (ebx & EBX_BMI2) && (ebx & EBX_ADX))
		kind = MULTIPLY_ADX;
	__atomic_store_n(&multiply_kind, kind, __ATOMIC_RELAXED);
	return kind;
}
