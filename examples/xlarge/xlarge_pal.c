/* SPDX-License-Identifier: BSD-2-Clause */
/* Hashes what the program shows it, however much, without a copy of it all. */
#include <pal.h>
#include <psa/crypto.h>
#include <string.h>
#include "xlarge.h"

PAL_NAME("xlarge");
PAL_FUNCTIONS(XLARGE_FUNCTIONS);

/* The window can change at any time: hash a private copy of each piece. */
#define PIECE_SIZE 4096

static psa_hash_operation_t hash;

int xlarge_begin(void)
{
	if (psa_crypto_init() || psa_hash_abort(&hash) ||
	    psa_hash_setup(&hash, PSA_ALG_SHA_256))
		return XLARGE_ECRYPTO;
	return 0;
}

int xlarge_feed(const struct xlarge_piece *request)
{
	static unsigned char piece[PIECE_SIZE];
	const unsigned char *data = pal_data();
	uint64_t left = request->size;

	if (left > pal_data_size())
		return XLARGE_ESIZE;
	while (left) {
		size_t size = left < PIECE_SIZE ? left : PIECE_SIZE;

		memcpy(piece, data, size);
		if (psa_hash_update(&hash, piece, size))
			return XLARGE_ECRYPTO;
		data += size;
		left -= size;
	}
	return 0;
}

int xlarge_finish(struct xlarge_hash *reply)
{
	size_t size;

	if (psa_hash_finish(&hash, reply->bytes, sizeof(reply->bytes), &size))
		return XLARGE_ECRYPTO;
	return 0;
}
