/* SPDX-License-Identifier: BSD-2-Clause */
/* Chains in NV memory; sections are those of the TPM 2.0 Library, Part 3. */
#include "chain.h"
#include <psa/crypto.h>
#include <string.h>

/* Part 2, 13.4: whoever knows its secret reads and extends; nobody writes. */
#define NV_AUTH_WRITE (1u << 2)
#define NV_EXTEND     (4u << 4)
#define NV_AUTH_READ  (1u << 18)
#define NV_NO_DA      (1u << 25)
#define NV_WRITTEN    (1u << 29)
#define NV_ATTRIBUTES (NV_AUTH_WRITE | NV_EXTEND | NV_AUTH_READ | NV_NO_DA)
#define PUBLIC_SIZE   14
#define NAME_SIZE     (2 + TPM_DIGEST_SIZE)

/* TPMS_NV_PUBLIC: what the index is. */
static void put_public(struct tpm_command *out, uint32_t index,
		       uint32_t attributes)
{
	tpm_put_u32(out, index);
	tpm_put_u16(out, TPM_ALG_SHA256);
	tpm_put_u32(out, attributes);
	tpm_put_sized(out, NULL, 0); /* no policy */
	tpm_put_u16(out, TPM_DIGEST_SIZE);
}

/* Part 1, 16: the name of an index is the hash of what it is. */
static int find_name(const struct tpm_exchange *exchange,
		     struct tpm_command *scratch, uint8_t name[NAME_SIZE])
{
	size_t size;

	scratch->size = 0;
	scratch->failed = false;
	put_public(scratch, exchange->index,
		   NV_ATTRIBUTES | (exchange->is_written ? NV_WRITTEN : 0));
	name[0] = TPM_ALG_SHA256 >> 8;
	name[1] = TPM_ALG_SHA256 & 0xff;
	return psa_hash_compute(PSA_ALG_SHA_256, scratch->bytes, scratch->size,
				name + 2, TPM_DIGEST_SIZE, &size) == PSA_SUCCESS
		       ? 0
		       : -1;
}

/* 31.3 */
static int make_define(struct tpm_exchange *exchange, const void *owner,
		       size_t owner_size, struct tpm_command *command)
{
	tpm_command_begin(command, TPM_ST_SESSIONS, TPM_CC_NV_DEFINE_SPACE);
	tpm_put_u32(command, TPM_RH_OWNER);
	tpm_put_password(command, owner, owner_size);
	tpm_put_sized(command, exchange->session.auth,
		      sizeof(exchange->session.auth));
	tpm_put_u16(command, PUBLIC_SIZE);
	put_public(command, exchange->index, NV_ATTRIBUTES);
	tpm_command_end(command);
	exchange->awaited = TPM_CC_NV_DEFINE_SPACE;
	return command->failed ? TPM_ECRYPTO : TPM_MORE;
}

static int make_start(struct tpm_exchange *exchange,
		      struct tpm_command *command)
{
	exchange->awaited = TPM_CC_START_AUTH_SESSION;
	return tpm_session_start(&exchange->session, command) ? TPM_ECRYPTO
							      : TPM_MORE;
}

/* 31.9 and 31.13 */
static int make_call(struct tpm_exchange *exchange, uint32_t code,
		     struct tpm_command *command)
{
	static const uint8_t whole[4] = {0, TPM_DIGEST_SIZE, 0, 0};
	uint8_t data[2 + TPM_DIGEST_SIZE] = {0, TPM_DIGEST_SIZE};
	bool is_read = code == TPM_CC_NV_READ;
	uint8_t name[NAME_SIZE];
	const struct tpm_nv_call call = {
		.code = code,
		.index = exchange->index,
		.name = name,
		.name_size = sizeof(name),
		.parameters = is_read ? whole : data,
		.parameters_size = is_read ? sizeof(whole) : sizeof(data),
		.is_last = is_read,
	};

	memcpy(data + 2, exchange->digest, TPM_DIGEST_SIZE);
	exchange->awaited = code;
	if (find_name(exchange, command, name) ||
	    tpm_session_call(&exchange->session, &call, command))
		return TPM_ECRYPTO;
	return TPM_MORE;
}

static void prepare(struct tpm_exchange *exchange,
		    const struct tpm_chain *chain, enum tpm_chain_goal goal)
{
	memset(exchange, 0, sizeof(*exchange));
	memcpy(exchange->session.auth, chain->secret, sizeof(chain->secret));
	exchange->index = chain->index;
	exchange->goal = goal;
	exchange->is_written = goal != TPM_CHAIN_DEFINE;
}

int tpm_chain_define(struct tpm_exchange *exchange,
		     const struct tpm_chain *chain, const void *owner,
		     size_t owner_size, struct tpm_command *command)
{
	prepare(exchange, chain, TPM_CHAIN_DEFINE);
	return make_define(exchange, owner, owner_size, command);
}

int tpm_chain_read(struct tpm_exchange *exchange, const struct tpm_chain *chain,
		   struct tpm_command *command)
{
	prepare(exchange, chain, TPM_CHAIN_READ);
	return make_start(exchange, command);
}

int tpm_chain_extend(struct tpm_exchange *exchange,
		     const struct tpm_chain *chain,
		     const uint8_t digest[TPM_DIGEST_SIZE],
		     struct tpm_command *command)
{
	prepare(exchange, chain, TPM_CHAIN_EXTEND);
	memcpy(exchange->digest, digest, sizeof(exchange->digest));
	return make_start(exchange, command);
}

int tpm_chain_value(const uint8_t before[TPM_DIGEST_SIZE],
		    const uint8_t digest[TPM_DIGEST_SIZE],
		    uint8_t value[TPM_DIGEST_SIZE])
{
	uint8_t both[2 * TPM_DIGEST_SIZE];
	size_t size;

	memcpy(both, before, TPM_DIGEST_SIZE);
	memcpy(both + TPM_DIGEST_SIZE, digest, TPM_DIGEST_SIZE);
	return psa_hash_compute(PSA_ALG_SHA_256, both, sizeof(both), value,
				TPM_DIGEST_SIZE, &size) == PSA_SUCCESS
		       ? 0
		       : TPM_ECRYPTO;
}

static int take_value(struct tpm_exchange *exchange, struct tpm_reader *rest)
{
	struct tpm_reader parameters;
	const uint8_t *bytes;
	size_t size;

	if (!tpm_session_check(&exchange->session, TPM_CC_NV_READ, rest,
			       &parameters))
		return TPM_EFALSE;
	bytes = tpm_get_sized(&parameters, TPM_DIGEST_SIZE, &size);
	if (!bytes || size != TPM_DIGEST_SIZE || parameters.size)
		return TPM_EFALSE;
	memcpy(exchange->value, bytes, size);
	return TPM_DONE;
}

static int go_on(struct tpm_exchange *exchange, uint32_t answered,
		 struct tpm_reader *rest, struct tpm_command *command)
{
	struct tpm_reader parameters;

	switch (answered) {
	case TPM_CC_NV_DEFINE_SPACE:
		return make_start(exchange, command);
	case TPM_CC_START_AUTH_SESSION:
		if (!tpm_session_started(&exchange->session, rest))
			return TPM_EFALSE;
		return make_call(exchange,
				 exchange->goal == TPM_CHAIN_READ
					 ? TPM_CC_NV_READ
					 : TPM_CC_NV_EXTEND,
				 command);
	case TPM_CC_NV_EXTEND:
		if (!tpm_session_check(&exchange->session, TPM_CC_NV_EXTEND,
				       rest, &parameters) ||
		    parameters.size)
			return TPM_EFALSE;
		exchange->is_written = true;
		return make_call(exchange, TPM_CC_NV_READ, command);
	case TPM_CC_NV_READ:
		return take_value(exchange, rest);
	default:
		return TPM_EFALSE; /* nothing was asked */
	}
}

int tpm_chain_next(struct tpm_exchange *exchange, const void *response,
		   size_t size, struct tpm_command *command)
{
	uint32_t answered = exchange->awaited;
	struct tpm_reader rest;

	exchange->awaited = 0;
	if (!tpm_response_open(response, size, &rest, &exchange->code))
		return TPM_EFALSE;
	if (exchange->code)
		return TPM_ECODE;
	return go_on(exchange, answered, &rest, command);
}
