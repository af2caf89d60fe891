/* SPDX-License-Identifier: BSD-2-Clause */
/* The sentence behind token_error_text(). */
#ifndef TOKEN_FAILURE_H
#define TOKEN_FAILURE_H

#include <p11-kit/pkcs11.h>
#include <stdint.h>

/* Remember a text for this thread and return rv. */
CK_RV failure(CK_RV rv, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* For a result of the key PAL: CKR_* as it is, KEY_R_* as the nearest CKR_*. */
CK_RV failure_of_key(uint64_t result);

/* For an error of libpal, of which pal_error_text() tells. */
CK_RV failure_of_pal(int status);

const char *failure_text(void);

#endif /* TOKEN_FAILURE_H */
