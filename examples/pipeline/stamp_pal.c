/* SPDX-License-Identifier: BSD-2-Clause */
/* Has the key.  Stamps for one PAL only: the hypervisor tells who calls. */
#include <pal.h>
#include <psa/crypto.h>
#include <string.h>
#include "pipeline.h"

PAL_NAME("stamp");
PAL_ACCEPTS_PEERS;
PAL_FUNCTIONS(STAMP_FUNCTIONS);

#define ALGORITHM PSA_ALG_HMAC(PSA_ALG_SHA_256)

static psa_key_id_t key;

static int make_key(void)
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;

	if (key)
		return 0;
	psa_set_key_type(&attributes, PSA_KEY_TYPE_HMAC);
	psa_set_key_bits(&attributes, 256);
	psa_set_key_algorithm(&attributes, ALGORITHM);
	psa_set_key_usage_flags(&attributes,
				PSA_KEY_USAGE_SIGN_MESSAGE |
					PSA_KEY_USAGE_VERIFY_MESSAGE);
	if (psa_crypto_init() || psa_generate_key(&attributes, &key))
		return STAMP_ECRYPTO;
	return 0;
}

int stamp_make(const struct order *request, struct stamp *reply)
{
	const struct pal_identity *caller = pal_caller();
	size_t size;

	/* The policy has let it call; the name is right if the policy is. */
	if (!caller || strcmp(caller->name, "pipeline"))
		return STAMP_ECALLER;
	if (make_key() ||
	    psa_mac_compute(key, ALGORITHM, (const uint8_t *)request,
			    sizeof(*request), reply->mark, sizeof(reply->mark),
			    &size))
		return STAMP_ECRYPTO;
	return 0;
}

int stamp_verify(const struct stamped *request)
{
	struct order order = {.amount = request->amount};

	memcpy(order.to, request->to, sizeof(order.to));
	if (make_key())
		return STAMP_ECRYPTO;
	if (psa_mac_verify(key, ALGORITHM, (const uint8_t *)&order,
			   sizeof(order), request->mark, sizeof(request->mark)))
		return STAMP_EFORGED;
	return 0;
}
