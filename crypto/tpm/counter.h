/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A monotonic counter in a TPM's non-volatile memory, which only the owner of a
 * secret can reach, through a host that it does not trust.
 *
 * The TPM is the host's device: the code here makes commands, the host carries
 * them to the TPM and brings the responses back.  It can refuse to; it cannot
 * make the counter go back, nor lie about it.  Making the counter is the
 * exception: its secret crosses the host then, which must be trusted at that
 * moment (as Linux is until the launch).
 *
 *	status = tpm_counter_begin(&exchange, &counter, TPM_COUNTER_READ,
 *				   NULL, 0, &command);
 *	while (status == TPM_MORE)
 *		... the host sends `command`, brings `response` ...
 *		status = tpm_counter_next(&exchange, response, size,
 *					  &command);
 *	if (status == TPM_DONE)
 *		... exchange.value
 */
#ifndef TPM_COUNTER_H
#define TPM_COUNTER_H

#include "message.h"
#include "session.h"

#define TPM_MORE   1 /* send the command, then tpm_counter_next() */
#define TPM_DONE   0
#define TPM_ECODE  (-1) /* the TPM refused: exchange->code tells why */
#define TPM_EFALSE (-2) /* no response of this TPM to this command */
#define TPM_ECRYPTO (-3) /* the crypto library failed */

struct tpm_counter {
	uint32_t index; /* NV index, 0x01000000..0x01ffffff */
	uint8_t secret[TPM_DIGEST_SIZE]; /* its authorization value: random */
};

enum tpm_counter_goal {
	TPM_COUNTER_DEFINE, /* make it, and count to its first value */
	TPM_COUNTER_READ,
	TPM_COUNTER_INCREMENT, /* and read it */
};

struct tpm_exchange {
	struct tpm_session session;
	uint32_t index;
	enum tpm_counter_goal goal;
	uint32_t awaited; /* TPM_CC_* of the command on its way; 0: none */
	bool is_written; /* it has counted at least once */
	uint32_t code; /* the TPM's, with TPM_ECODE */
	uint64_t value; /* with TPM_DONE */
};

/*
 * Begin: `owner` of owner_size bytes is the password of the TPM's owner
 * hierarchy, for TPM_COUNTER_DEFINE only (usually none).
 * Returns TPM_MORE or TPM_ECRYPTO.
 */
int tpm_counter_begin(struct tpm_exchange *exchange,
		      const struct tpm_counter *counter,
		      enum tpm_counter_goal goal, const void *owner,
		      size_t owner_size, struct tpm_command *command);

/*
 * Go on with a response of size bytes, private memory.  Any error ends the
 * exchange; the counter may have counted nevertheless.
 */
int tpm_counter_next(struct tpm_exchange *exchange, const void *response,
		     size_t size, struct tpm_command *command);

#endif
