/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An HMAC session with a TPM (TPM 2.0 Library, Part 1, 19.6), unbound and
 * unsalted, for an object whose authorization value is a secret of 32 random
 * bytes: whoever carries the messages can neither make a command nor forge or
 * repeat a response.
 */
#ifndef TPM_SESSION_H
#define TPM_SESSION_H

#include "message.h"

struct tpm_session {
	uint32_t handle;
	uint8_t auth[TPM_DIGEST_SIZE];
	uint8_t nonce_caller[TPM_DIGEST_SIZE];
	uint8_t nonce_tpm[64];
	size_t nonce_tpm_size;
	uint8_t attributes; /* of the command on its way */
};

/* Make the command that starts a session.  0, or -1: no randomness. */
int tpm_session_start(struct tpm_session *session, struct tpm_command *command);

/* Take what follows the header of its response.  False: malformed. */
bool tpm_session_started(struct tpm_session *session, struct tpm_reader *rest);

/* A command on two handles that are one NV index, which authorizes it. */
struct tpm_nv_call {
	uint32_t code; /* TPM_CC_NV_* */
	uint32_t index;
	const uint8_t *name; /* of the index, with its hash algorithm's number */
	size_t name_size;
	const uint8_t *parameters;
	size_t parameters_size;
	bool is_last; /* the TPM forgets the session after it */
};

/* Make that command.  0, or -1: the crypto library failed. */
int tpm_session_call(struct tpm_session *session,
		     const struct tpm_nv_call *call,
		     struct tpm_command *command);

/*
 * Check what follows the header of its successful response.  *parameters are
 * the response's own.  False: malformed, or not from the TPM that knows the
 * secret, or not to this command.
 */
bool tpm_session_check(struct tpm_session *session, uint32_t code,
		       struct tpm_reader *rest, struct tpm_reader *parameters);

#endif
