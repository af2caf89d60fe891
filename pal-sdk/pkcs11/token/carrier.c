/* SPDX-License-Identifier: BSD-2-Clause */
#include "carrier.h"
#include "failure.h"
#include "pal_host.h"

static CK_RV result_of(int status)
{
	switch (status) {
	case 0:
		return CKR_OK;
	case PAL_ENOTPM:
		return failure(CKR_DEVICE_ERROR, "%s", pal_error_text());
	case PAL_ETPM:
		return failure(CKR_TOKEN_NOT_RECOGNIZED, "%s",
			       pal_error_text());
	default:
		return failure_of_pal(status);
	}
}

CK_RV carrier_check(void)
{
	return result_of(pal_tpm_check());
}

CK_RV carrier_call(struct exchange *exchange)
{
	CK_RV rv = exchange_raw(exchange);

	if (exchange->head.result != KEY_R_PROVE)
		return rv;
	rv = result_of(pal_tpm_carry(exchange->token->pal, KEY_ENTRY_TPM));
	return rv ? rv : exchange_raw(exchange);
}
