/* SPDX-License-Identifier: BSD-2-Clause */
/* A PAL that reads and copies what the data window shows it. */
#include <pal.h>
#include "data.h"

PAL_NAME("bench-data");

static unsigned char piece[DATA_PIECE];

static long sum(const void *in, size_t in_size, void *out, size_t out_size)
{
	uint64_t result = data_sum(pal_data(), pal_data_size());

	(void)in, (void)in_size;
	if (out_size < sizeof(result))
		return -1;
	memcpy(out, &result, sizeof(result));
	return sizeof(result);
}

static long copy(const void *in, size_t in_size, void *out, size_t out_size)
{
	(void)in, (void)in_size, (void)out, (void)out_size;
	data_copy(piece, pal_data(), pal_data_size() & -(size_t)DATA_PIECE);
	return 0;
}

PAL_ENTRIES([DATA_SUM] = sum, [DATA_COPY] = copy);
