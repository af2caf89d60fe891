/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between the key PAL and the machine's TPM: carries messages that it could not
 * make, and need not understand.
 */
#ifndef TOKEN_CARRIER_H
#define TOKEN_CARRIER_H

#include "exchange.h"

/* Can the TPM be reached?  CKR_DEVICE_ERROR. */
CK_RV carrier_check(void);

/*
 * exchange_raw(), for KEY_OP_COMMIT and KEY_OP_LOAD_END: if the PAL wants a
 * proof of the TPM first, get it that.
 */
CK_RV carrier_call(struct exchange *exchange);

#endif /* TOKEN_CARRIER_H */
