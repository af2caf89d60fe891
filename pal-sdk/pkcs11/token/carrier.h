/* SPDX-License-Identifier: BSD-2-Clause */
/* Getting the key PAL the proof of the machine's TPM that it wants. */
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
