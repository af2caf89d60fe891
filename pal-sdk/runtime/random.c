/* SPDX-License-Identifier: BSD-2-Clause */
/* Linked only into a PAL that uses pal_random(): it brings the PSA core. */
#include "pal.h"
#include <psa/crypto.h>

int pal_random(void *buffer, size_t size)
{
	if (psa_crypto_init() != PSA_SUCCESS)
		return -1;
	return psa_generate_random(buffer, size) == PSA_SUCCESS ? 0 : -1;
}
