/* SPDX-License-Identifier: BSD-2-Clause */
#include "proof.h"
#include <psa/crypto.h>
#include <string.h>
#include "cryptoki.h"
#include "tpm/chain.h"

/* NV indices for the TPM's owner (Registry of Reserved TPM 2.0 Handles). */
#define INDEX_FIRST 0x01800000u
#define INDEX_COUNT 0x00400000u

_Static_assert(VAULT_TAG_SIZE == TPM_DIGEST_SIZE, "a tag extends a chain");

/* What is being proven.  Guarded by the change lock. */
static struct {
	bool is_asked, is_given;
	bool is_chain_new; /* it is to be made */
	struct tpm_chain chain;
	uint8_t before[TPM_DIGEST_SIZE], after[TPM_DIGEST_SIZE];
	uint8_t tag[VAULT_TAG_SIZE];
	struct tpm_exchange exchange;
	struct tpm_command command;
} proof;

void proof_forget(void)
{
	explicit_bzero(&proof, sizeof(proof));
}

uint32_t proof_begin(struct state *state)
{
	static const uint8_t zeros[TPM_DIGEST_SIZE];
	uint32_t index;

	if (psa_generate_random((uint8_t *)&index, sizeof(index)) ||
	    psa_generate_random(state->tpm_secret, sizeof(state->tpm_secret)))
		return CKR_RANDOM_NO_RNG;
	state->tpm_index = INDEX_FIRST + index % INDEX_COUNT;
	return tpm_chain_value(zeros, zeros, state->tpm_before) ?
		       CKR_DEVICE_MEMORY :
		       CKR_OK;
}

uint32_t proof_follow(const struct state *state,
		      const uint8_t tag[VAULT_TAG_SIZE], struct state *next)
{
	return tpm_chain_value(state->tpm_before, tag, next->tpm_before) ?
		       CKR_DEVICE_MEMORY :
		       CKR_OK;
}

uint32_t proof_check(const struct state *state,
		     const uint8_t tag[VAULT_TAG_SIZE])
{
	if (!state->tpm_index)
		return CKR_OK;
	if (proof.is_given && !memcmp(proof.tag, tag, sizeof(proof.tag)))
		return CKR_OK;
	proof_forget();
	if (tpm_chain_value(state->tpm_before, tag, proof.after))
		return CKR_DEVICE_MEMORY;
	proof.chain.index = state->tpm_index;
	memcpy(proof.chain.secret, state->tpm_secret,
	       sizeof(proof.chain.secret));
	memcpy(proof.before, state->tpm_before, sizeof(proof.before));
	memcpy(proof.tag, tag, sizeof(proof.tag));
	proof.is_asked = true;
	return KEY_R_PROVE;
}

void proof_make_chain(void)
{
	proof.is_chain_new = true;
}

/*
 * The chain's value is known.  Returns TPM_DONE if it is right, TPM_MORE if it
 * will be, TPM_EFALSE if it belongs to another state.
 */
static int judge(void)
{
	const uint8_t *value = proof.exchange.value;

	if (!memcmp(value, proof.after, sizeof(proof.after))) {
		proof.is_given = true;
		return TPM_DONE;
	}
	if (proof.exchange.goal == TPM_CHAIN_EXTEND ||
	    memcmp(value, proof.before, sizeof(proof.before)))
		return TPM_EFALSE;
	return tpm_chain_extend(&proof.exchange, &proof.chain, proof.tag,
				&proof.command);
}

static int begin(void)
{
	if (proof.is_chain_new)
		return tpm_chain_define(&proof.exchange, &proof.chain, NULL, 0,
					&proof.command);
	return tpm_chain_read(&proof.exchange, &proof.chain, &proof.command);
}

static uint32_t result_of(int status, uint64_t *code)
{
	switch (status) {
	case TPM_MORE:
	case TPM_DONE:
		return CKR_OK;
	case TPM_ECODE:
		*code = proof.exchange.code;
		return KEY_R_TPM_REFUSED;
	case TPM_EFALSE:
		return KEY_R_TPM_FALSE;
	default:
		return CKR_DEVICE_MEMORY;
	}
}

uint32_t proof_go_on(struct item response, struct writer *to, bool *is_more,
		     uint64_t *code)
{
	int status;

	*is_more = false;
	if (!proof.is_asked || proof.is_given)
		return CKR_ARGUMENTS_BAD;
	status = response.bytes ?
			 tpm_chain_next(&proof.exchange, response.bytes,
					response.size, &proof.command) :
			 begin();
	if (status == TPM_DONE) {
		status = judge();
		if (status == TPM_EFALSE)
			return KEY_R_ROLLED_BACK;
	}
	*is_more = status == TPM_MORE;
	if (*is_more)
		writer_add(to, KEY_ITEM_TPM, proof.command.bytes,
			   proof.command.size);
	return result_of(status, code);
}
