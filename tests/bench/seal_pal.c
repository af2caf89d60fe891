/* SPDX-License-Identifier: BSD-2-Clause */
/* Asks the notary for one service a call. */
#include <pal.h>
#include <pal_seal.h>
#include "seal.h"

PAL_NAME("bench-seal");

static const uint8_t id[16], tag[32];
static unsigned char secret[SEAL_SECRET_SIZE];
static unsigned char blob[PAL_SEAL_BLOB_SIZE(SEAL_SECRET_SIZE)];

static long nothing(const void *in, size_t in_size, void *out, size_t out_size)
{
	(void)in, (void)in_size, (void)out, (void)out_size;
	return 0;
}

static long seal(const void *in, size_t in_size, void *out, size_t out_size)
{
	(void)in, (void)in_size, (void)out, (void)out_size;
	return pal_seal(PAL_SEAL_TO_MEASUREMENT, NULL, 0, secret,
			sizeof(secret), blob, sizeof(blob), NULL)
		       ? -1
		       : 0;
}

static long unseal(const void *in, size_t in_size, void *out, size_t out_size)
{
	(void)in, (void)in_size, (void)out, (void)out_size;
	return pal_unseal(NULL, 0, blob, sizeof(blob), secret, sizeof(secret),
			  NULL)
		       ? -1
		       : 0;
}

static long read(const void *in, size_t in_size, void *out, size_t out_size)
{
	struct pal_counter counter;

	(void)in, (void)in_size, (void)out, (void)out_size;
	return pal_counter_read(id, &counter) ? -1 : 0;
}

static long advance(const void *in, size_t in_size, void *out, size_t out_size)
{
	static uint64_t value;

	(void)in, (void)in_size, (void)out, (void)out_size;
	value++;
	return pal_counter_advance(id, value - 1, value, tag) ? -1 : 0;
}

PAL_ENTRIES([SEAL_NOTHING] = nothing, [SEAL_SEAL] = seal,
	    [SEAL_UNSEAL] = unseal, [SEAL_READ] = read,
	    [SEAL_ADVANCE] = advance);
