/* SPDX-License-Identifier: BSD-2-Clause */
/* HMAC sessions; sections are those of the TPM 2.0 Library, Part 1. */
#include "session.h"
#include <psa/crypto.h>
#include <string.h>

#define CONTINUE_SESSION 0x01
#define NONCE_MIN	 16

/* Several pieces that are hashed or authenticated as one. */
struct piece {
	const void *bytes;
	size_t size;
};

int tpm_session_start(struct tpm_session *session, struct tpm_command *command)
{
	if (psa_crypto_init() != PSA_SUCCESS ||
	    psa_generate_random(session->nonce_caller,
				sizeof(session->nonce_caller)) != PSA_SUCCESS)
		return -1;
	tpm_command_begin(command, TPM_ST_NO_SESSIONS,
			  TPM_CC_START_AUTH_SESSION);
	tpm_put_u32(command, TPM_RH_NULL); /* no salt */
	tpm_put_u32(command, TPM_RH_NULL); /* not bound */
	tpm_put_sized(command, session->nonce_caller,
		      sizeof(session->nonce_caller));
	tpm_put_sized(command, NULL, 0);
	tpm_put_u8(command, TPM_SE_HMAC);
	tpm_put_u16(command, TPM_ALG_NULL);
	tpm_put_u16(command, TPM_ALG_SHA256);
	tpm_command_end(command);
	return 0;
}

static void take_nonce(struct tpm_session *session, struct tpm_reader *rest)
{
	size_t size;
	const uint8_t *nonce =
		tpm_get_sized(rest, sizeof(session->nonce_tpm), &size);

	if (!nonce || size < NONCE_MIN) {
		rest->failed = true;
		return;
	}
	memcpy(session->nonce_tpm, nonce, size);
	session->nonce_tpm_size = size;
}

bool tpm_session_started(struct tpm_session *session, struct tpm_reader *rest)
{
	session->handle = tpm_get_u32(rest);
	take_nonce(session, rest);
	return !rest->failed && rest->size == 0;
}

static void number(uint32_t value, uint8_t bytes[4])
{
	for (int i = 0; i < 4; i++)
		bytes[i] = (uint8_t)(value >> (24 - 8 * i));
}

static int hash(const struct piece *pieces, size_t count,
		uint8_t digest[TPM_DIGEST_SIZE])
{
	psa_hash_operation_t operation = PSA_HASH_OPERATION_INIT;
	psa_status_t status = psa_hash_setup(&operation, PSA_ALG_SHA_256);
	size_t size;

	for (size_t i = 0; i < count && status == PSA_SUCCESS; i++)
		status = psa_hash_update(&operation, pieces[i].bytes,
					 pieces[i].size);
	if (status == PSA_SUCCESS)
		status = psa_hash_finish(&operation, digest, TPM_DIGEST_SIZE,
					 &size);
	psa_hash_abort(&operation);
	return status == PSA_SUCCESS ? 0 : -1;
}

/* 19.6.4: over the hash, the newer nonce, the older one, the attributes. */
static size_t authenticated(const struct tpm_session *session, bool is_response,
			    const uint8_t digest[TPM_DIGEST_SIZE],
			    uint8_t bytes[4 * 64])
{
	const struct piece caller = {session->nonce_caller,
				     sizeof(session->nonce_caller)};
	const struct piece tpm = {session->nonce_tpm, session->nonce_tpm_size};
	const struct piece pieces[] = {
		{digest, TPM_DIGEST_SIZE},
		is_response ? tpm : caller,
		is_response ? caller : tpm,
		{&session->attributes, 1},
	};
	size_t size = 0;

	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		memcpy(bytes + size, pieces[i].bytes, pieces[i].size);
		size += pieces[i].size;
	}
	return size;
}

#define USAGE (PSA_KEY_USAGE_SIGN_MESSAGE | PSA_KEY_USAGE_VERIFY_MESSAGE)

static psa_status_t import(const struct tpm_session *session,
			   psa_key_id_t *key)
{
	psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
	psa_status_t status = psa_crypto_init();

	psa_set_key_type(&attributes, PSA_KEY_TYPE_HMAC);
	psa_set_key_algorithm(&attributes, PSA_ALG_HMAC(PSA_ALG_SHA_256));
	psa_set_key_usage_flags(&attributes, USAGE);
	return status ? status
		      : psa_import_key(&attributes, session->auth,
				       sizeof(session->auth), key);
}

static int sign(const struct tpm_session *session,
		const uint8_t digest[TPM_DIGEST_SIZE],
		uint8_t hmac[TPM_DIGEST_SIZE])
{
	uint8_t bytes[4 * 64];
	size_t size = authenticated(session, false, digest, bytes);
	psa_key_id_t key;
	psa_status_t status = import(session, &key);

	if (status != PSA_SUCCESS)
		return -1;
	status = psa_mac_compute(key, PSA_ALG_HMAC(PSA_ALG_SHA_256), bytes,
				 size, hmac, TPM_DIGEST_SIZE, &size);
	psa_destroy_key(key);
	return status == PSA_SUCCESS ? 0 : -1;
}

static bool verify(const struct tpm_session *session,
		   const uint8_t digest[TPM_DIGEST_SIZE], const uint8_t *hmac,
		   size_t hmac_size)
{
	uint8_t bytes[4 * 64];
	size_t size = authenticated(session, true, digest, bytes);
	psa_key_id_t key;
	psa_status_t status = import(session, &key);

	if (status != PSA_SUCCESS)
		return false;
	status = psa_mac_verify(key, PSA_ALG_HMAC(PSA_ALG_SHA_256), bytes, size,
				hmac, hmac_size);
	psa_destroy_key(key);
	return status == PSA_SUCCESS;
}

/* 18.7: what a command is about, as one hash. */
static int hash_call(const struct tpm_nv_call *call,
		     uint8_t digest[TPM_DIGEST_SIZE])
{
	uint8_t code[4];
	const struct piece pieces[] = {
		{code, sizeof(code)},
		{call->name, call->name_size},
		{call->name, call->name_size},
		{call->parameters, call->parameters_size},
	};

	number(call->code, code);
	return hash(pieces, sizeof(pieces) / sizeof(pieces[0]), digest);
}

static void put_session(struct tpm_command *command,
			const struct tpm_session *session,
			const uint8_t hmac[TPM_DIGEST_SIZE])
{
	tpm_put_u32(command, 9 + 2 * TPM_DIGEST_SIZE);
	tpm_put_u32(command, session->handle);
	tpm_put_sized(command, session->nonce_caller,
		      sizeof(session->nonce_caller));
	tpm_put_u8(command, session->attributes);
	tpm_put_sized(command, hmac, TPM_DIGEST_SIZE);
}

int tpm_session_call(struct tpm_session *session,
		     const struct tpm_nv_call *call,
		     struct tpm_command *command)
{
	uint8_t digest[TPM_DIGEST_SIZE], hmac[TPM_DIGEST_SIZE];

	session->attributes = call->is_last ? 0 : CONTINUE_SESSION;
	if (psa_generate_random(session->nonce_caller,
				sizeof(session->nonce_caller)) != PSA_SUCCESS ||
	    hash_call(call, digest) || sign(session, digest, hmac))
		return -1;
	tpm_command_begin(command, TPM_ST_SESSIONS, call->code);
	tpm_put_u32(command, call->index); /* who authorizes */
	tpm_put_u32(command, call->index); /* what is meant */
	put_session(command, session, hmac);
	tpm_put_bytes(command, call->parameters, call->parameters_size);
	tpm_command_end(command);
	return command->failed ? -1 : 0;
}

bool tpm_session_check(struct tpm_session *session, uint32_t code,
		       struct tpm_reader *rest, struct tpm_reader *parameters)
{
	uint8_t digest[TPM_DIGEST_SIZE], success[4] = {0}, command[4];
	size_t size = tpm_get_u32(rest);
	const uint8_t *bytes = tpm_get_bytes(rest, size);
	const struct piece pieces[] = {
		{success, sizeof(success)},
		{command, sizeof(command)},
		{bytes, size},
	};
	const uint8_t *hmac;
	size_t hmac_size;

	take_nonce(session, rest);
	if (tpm_get_u8(rest) != session->attributes)
		return false;
	hmac = tpm_get_sized(rest, TPM_DIGEST_SIZE, &hmac_size);
	number(code, command);
	if (rest->failed || rest->size || hash(pieces, 3, digest) ||
	    !verify(session, digest, hmac, hmac_size))
		return false;
	*parameters = (struct tpm_reader){.bytes = bytes, .size = size};
	return true;
}
