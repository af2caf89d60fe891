/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For tests: a carrier between programs and a TPM that lies at will.  It is a
 * UNIX socket in the place of the TPM (PALISADE_TPM).
 */
#ifndef TEST_TPM_CARRIER_H
#define TEST_TPM_CARRIER_H

#include <stdint.h>

enum tpm_lie {
	TPM_HONEST,
	TPM_FLIP, /* a bit of the response is flipped */
	TPM_ALTER, /* a bit of the command is */
	TPM_REPEAT, /* an earlier response is brought instead, if there is one */
	TPM_DEAF, /* the TPM has done it, but its response does not come */
	TPM_KILL, /* the same, and who has asked is killed */
};

struct tpm_orders {
	enum tpm_lie lie;
	uint32_t about; /* TPM_CC_*; of others nothing but the truth */
};

/* A socket of this name, to listen on; or -1 with errno. */
int tpm_carrier_listen(const char *path);

/*
 * Serve one program after the other with the TPM at `tpm`, by *orders, which
 * may change at any time.
 */
_Noreturn void tpm_carrier_serve(int listener, const char *tpm,
				 const volatile struct tpm_orders *orders);

#endif /* TEST_TPM_CARRIER_H */
