/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A chain: 32 bytes in a TPM's non-volatile memory that only the owner of a
 * secret can reach, through a host that it does not trust.  They are changed in
 * one way, by extending: to the SHA-256 of what they were and of 32 new bytes.
 * So what they are says all that was ever put in, and in which order, and they
 * are never again what they were.
 *
 * The TPM is the host's device: the code here makes commands, the host carries
 * them to the TPM and brings the responses back.  It can refuse to; it cannot
 * make the chain go back, nor lie about it.  Making the chain is the exception:
 * its secret crosses the host then, which must be trusted at that moment.
 *
 *	status = tpm_chain_read(&exchange, &chain, &command);
 *	while (status == TPM_MORE)
 *		... the host sends `command`, brings `response` ...
 *		status = tpm_chain_next(&exchange, response, size, &command);
 *	if (status == TPM_DONE)
 *		... exchange.value
 */
#ifndef TPM_CHAIN_H
#define TPM_CHAIN_H

#include "message.h"
#include "session.h"

#define TPM_MORE    1 /* send the command, then tpm_chain_next() */
#define TPM_DONE    0
#define TPM_ECODE   (-1) /* the TPM refused: exchange->code tells why */
#define TPM_EFALSE  (-2) /* no response of this TPM to this command */
#define TPM_ECRYPTO (-3) /* the crypto library failed */

struct tpm_chain {
	uint32_t index; /* NV index, 0x01000000..0x01ffffff */
	uint8_t secret[TPM_DIGEST_SIZE]; /* its authorization value: random */
};

enum tpm_chain_goal { TPM_CHAIN_DEFINE, TPM_CHAIN_READ, TPM_CHAIN_EXTEND };

struct tpm_exchange {
	struct tpm_session session;
	uint32_t index;
	enum tpm_chain_goal goal;
	uint32_t awaited; /* TPM_CC_* of the command on its way; 0: none */
	bool is_written; /* it was extended at least once */
	uint8_t digest[TPM_DIGEST_SIZE]; /* to extend it by */
	uint32_t code; /* the TPM's, with TPM_ECODE */
	uint8_t value[TPM_DIGEST_SIZE]; /* of the chain, with TPM_DONE */
};

/*
 * Begin an exchange; all end with the chain's value.  They return TPM_MORE or
 * TPM_ECRYPTO.
 *
 * Define: make the chain, and extend it by zeros, from zeros.  `owner` of
 * owner_size bytes is the password of the TPM's owner hierarchy (usually none).
 */
int tpm_chain_define(struct tpm_exchange *exchange,
		     const struct tpm_chain *chain, const void *owner,
		     size_t owner_size, struct tpm_command *command);
int tpm_chain_read(struct tpm_exchange *exchange, const struct tpm_chain *chain,
		   struct tpm_command *command);
int tpm_chain_extend(struct tpm_exchange *exchange,
		     const struct tpm_chain *chain,
		     const uint8_t digest[TPM_DIGEST_SIZE],
		     struct tpm_command *command);

/*
 * Go on with a response of size bytes, private memory.  Any error ends the
 * exchange; the chain may have been extended nevertheless.
 */
int tpm_chain_next(struct tpm_exchange *exchange, const void *response,
		   size_t size, struct tpm_command *command);

/* What a chain is after it was extended.  0 or TPM_ECRYPTO. */
int tpm_chain_value(const uint8_t before[TPM_DIGEST_SIZE],
		    const uint8_t digest[TPM_DIGEST_SIZE],
		    uint8_t value[TPM_DIGEST_SIZE]);

#endif
