/* SPDX-License-Identifier: BSD-2-Clause */
#include "crypto_memory.h"
#include <stdlib.h>

void *crypto_calloc(size_t count, size_t size)
{
	return calloc(count, size);
}

void crypto_free(void *memory)
{
	free(memory);
}
