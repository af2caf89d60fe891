/* SPDX-License-Identifier: BSD-2-Clause */
/* What the notary has around it inside a PAL, for its code on the host. */
#include "notary/arena.h"
#include "notary/root_page.h"
#include "notary_outside.h"
#include "pal.h"
#include <psa/crypto.h>

static const struct hv_root no_root;
const struct hv_root *const root_page = &no_root;
const struct pal_identity *outside_caller;

const struct pal_identity *pal_caller(void)
{
	return outside_caller;
}

int pal_random(void *buffer, size_t size)
{
	if (psa_crypto_init() != PSA_SUCCESS)
		return -1;
	return psa_generate_random(buffer, size) == PSA_SUCCESS ? 0 : -1;
}

void arena_begin(unsigned int thread)
{
	(void)thread;
}
