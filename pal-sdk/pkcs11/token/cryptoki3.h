/* SPDX-License-Identifier: BSD-2-Clause */
/* What PKCS #11 has and the system's header may lack. */
#ifndef TOKEN_CRYPTOKI3_H
#define TOKEN_CRYPTOKI3_H

#include <p11-kit/pkcs11.h>
#include <stdbool.h>
#include <stdint.h>

/* CK_AES_CTR_PARAMS */
struct cryptoki_ctr {
	CK_ULONG bits;
	uint8_t block[16];
};

/* CKM_RSA_PKCS_PSS, CKM_SHA*_RSA_PKCS_PSS, CKM_SHA3_*_RSA_PKCS_PSS */
static inline bool cryptoki_is_pss(CK_MECHANISM_TYPE type)
{
	return type == 0x0d || (type >= 0x43 && type <= 0x45) || type == 0x47 ||
	       (type >= 0x63 && type <= 0x65) || type == 0x67;
}

#endif /* TOKEN_CRYPTOKI3_H */
