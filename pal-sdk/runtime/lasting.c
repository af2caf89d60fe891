/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pal_seal.h: counters that outlive a boot.
 *
 * A state knows what its place in the TPM, a chain, holds before the state
 * counts (`before`).  When its blob is stored, the chain is extended by the
 * blob's tag.  So a state is the newest if the chain is what it makes of it; or
 * if the chain is what was before: then whoever stored it was killed before he
 * could extend the chain, which is done now.  No other state that was ever
 * sealed fits.  That is proven once in a boot; then the notary's counter knows.
 */
#include <psa/crypto.h>
#include <stdbool.h>
#include <string.h>
#include "pal.h"
#include "pal_seal.h"
#include "tpm/chain.h"

/* NV indices for the TPM's owner (Registry of Reserved TPM 2.0 Handles). */
#define INDEX_FIRST 0x01800000u
#define INDEX_COUNT 0x00400000u

enum stage { STAGE_NONE, STAGE_ASKED, STAGE_GIVEN, STAGE_FAILED };

/* What a struct pal_proof is. */
struct proof {
	enum stage stage;
	int failure; /* with STAGE_FAILED */
	struct tpm_chain chain; /* of the state that is being proven */
	uint8_t before[TPM_DIGEST_SIZE], after[TPM_DIGEST_SIZE];
	uint8_t tag[TPM_DIGEST_SIZE];
	struct tpm_exchange exchange;
	struct tpm_chain fresh; /* to be made; index 0: none */
};

_Static_assert(sizeof(struct proof) <= sizeof(struct pal_proof), "it fits");
_Static_assert(PAL_TPM_MESSAGE_MAX == TPM_MESSAGE_MAX, "a message is one");

static struct proof *inside(struct pal_proof *proof)
{
	return (struct proof *)proof->opaque;
}

/* What chain is to be made is not forgotten. */
static void forget(struct proof *proof)
{
	explicit_bzero(proof, offsetof(struct proof, fresh));
}

/* ---- States -------------------------------------------------------------- */

static struct tpm_chain chain_of(const struct pal_lasting *lasting)
{
	struct tpm_chain chain = {.index = lasting->index};

	memcpy(chain.secret, lasting->secret, sizeof(chain.secret));
	return chain;
}

static int value_after(const uint8_t before[TPM_DIGEST_SIZE],
		       const uint8_t tag[TPM_DIGEST_SIZE],
		       uint8_t after[TPM_DIGEST_SIZE])
{
	return psa_crypto_init() || tpm_chain_value(before, tag, after)
		       ? PAL_SEAL_ECRYPTO
		       : 0;
}

static int make_place(struct pal_lasting *first)
{
	static const uint8_t zeros[TPM_DIGEST_SIZE];

	if (pal_random(&first->index, sizeof(first->index)) ||
	    pal_random(first->secret, sizeof(first->secret)))
		return PAL_SEAL_ECRYPTO;
	first->index = INDEX_FIRST + first->index % INDEX_COUNT;
	return value_after(zeros, zeros, first->before);
}

int pal_lasting_begin(struct pal_proof *proof, uint32_t strength,
		      struct pal_lasting *first)
{
	struct pal_lasting made = {.value = 1, .strength = strength};
	int status = 0;

	if (strength != PAL_COUNTER_BOOT && strength != PAL_COUNTER_TPM)
		return PAL_SEAL_EINVAL;
	if (pal_random(made.id, sizeof(made.id)))
		return PAL_SEAL_ECRYPTO;
	if (strength == PAL_COUNTER_TPM)
		status = make_place(&made);
	if (status)
		return status;
	forget(inside(proof));
	inside(proof)->fresh = chain_of(&made);
	*first = made;
	return 0;
}

int pal_lasting_next(const struct pal_lasting *now, const uint8_t tag[32],
		     struct pal_lasting *next)
{
	struct pal_lasting made = *now;

	if (now->strength == PAL_COUNTER_TPM &&
	    value_after(now->before, tag, made.before))
		return PAL_SEAL_ECRYPTO;
	made.value++;
	*next = made;
	return 0;
}

/* ---- Proving ------------------------------------------------------------- */

static bool is_about(const struct proof *proof, const struct tpm_chain *chain,
		     const uint8_t after[TPM_DIGEST_SIZE])
{
	return proof->chain.index == chain->index &&
	       !memcmp(proof->chain.secret, chain->secret,
		       sizeof(chain->secret)) &&
	       !memcmp(proof->after, after, sizeof(proof->after));
}

/* Has the TPM proven it?  If nobody has asked yet, that is to be done now. */
static int check(struct proof *proof, const struct pal_lasting *lasting,
		 const uint8_t tag[32])
{
	const struct tpm_chain chain = chain_of(lasting);
	uint8_t after[TPM_DIGEST_SIZE];
	int failure = proof->failure;

	if (value_after(lasting->before, tag, after))
		return PAL_SEAL_ECRYPTO;
	if (proof->stage == STAGE_GIVEN && is_about(proof, &chain, after))
		return 0;
	if (proof->stage == STAGE_FAILED && is_about(proof, &chain, after)) {
		forget(proof);
		return failure;
	}
	forget(proof);
	proof->chain = chain;
	memcpy(proof->before, lasting->before, sizeof(proof->before));
	memcpy(proof->after, after, sizeof(proof->after));
	memcpy(proof->tag, tag, sizeof(proof->tag));
	proof->stage = STAGE_ASKED;
	return PAL_SEAL_EPROVE;
}

/* The notary's counter, brought up to the state; EMOVED: look again. */
static int bring_up(struct proof *proof, const struct pal_lasting *lasting,
		    const uint8_t tag[32])
{
	struct pal_counter now;
	int status = pal_counter_read(lasting->id, &now);

	if (status)
		return status;
	if (now.value > lasting->value ||
	    (now.value == lasting->value &&
	     memcmp(now.tag, tag, sizeof(now.tag))))
		return PAL_SEAL_EOLD;
	if (now.value == lasting->value)
		return 0;
	if (lasting->strength == PAL_COUNTER_TPM)
		status = check(proof, lasting, tag);
	return status ? status
		      : pal_counter_advance(lasting->id, now.value,
					    lasting->value, tag);
}

int pal_lasting_settle(struct pal_proof *proof,
		       const struct pal_lasting *lasting,
		       const uint8_t tag[32], struct pal_counter *counter)
{
	int status;

	do
		status = bring_up(inside(proof), lasting, tag);
	while (status == PAL_SEAL_EMOVED);
	if (status)
		return status;
	forget(inside(proof));
	if (!counter)
		return 0;
	*counter = (struct pal_counter){
		.value = lasting->value,
		.strength = lasting->strength,
	};
	memcpy(counter->tag, tag, sizeof(counter->tag));
	return 0;
}

/* ---- Messages ------------------------------------------------------------ */

static bool is_fresh(const struct proof *proof)
{
	return proof->fresh.index == proof->chain.index &&
	       !memcmp(proof->fresh.secret, proof->chain.secret,
		       sizeof(proof->fresh.secret));
}

/*
 * A chain is made once, by who has thought of it: the host sees its secret, and
 * one that was deleted and made again would prove an old state.
 */
static int begin(struct proof *proof, struct tpm_command *command)
{
	if (!is_fresh(proof))
		return tpm_chain_read(&proof->exchange, &proof->chain, command);
	explicit_bzero(&proof->fresh, sizeof(proof->fresh));
	return tpm_chain_define(&proof->exchange, &proof->chain, NULL, 0,
				command);
}

/* The chain's value is known. */
static int judge(struct proof *proof, struct tpm_command *command)
{
	const uint8_t *value = proof->exchange.value;

	if (!memcmp(value, proof->after, sizeof(proof->after)))
		return TPM_DONE;
	if (proof->exchange.goal != TPM_CHAIN_EXTEND &&
	    !memcmp(value, proof->before, sizeof(proof->before)))
		return tpm_chain_extend(&proof->exchange, &proof->chain,
					proof->tag, command);
	proof->failure = PAL_SEAL_EOLD;
	return TPM_EFALSE;
}

static void end(struct proof *proof, int status)
{
	switch (status) {
	case TPM_DONE:
		proof->stage = STAGE_GIVEN;
		break;
	case TPM_ECODE: /* who carries knows why, and may ask again */
		proof->stage = STAGE_NONE;
		break;
	default:
		proof->stage = STAGE_FAILED;
		if (!proof->failure)
			proof->failure = status == TPM_EFALSE
						 ? PAL_SEAL_EFALSE
						 : PAL_SEAL_ECRYPTO;
	}
}

size_t pal_lasting_carry(struct pal_proof *proof, const void *response,
			 size_t response_size, void *command, size_t capacity)
{
	struct proof *own = inside(proof);
	struct tpm_command next;
	int status;

	if (own->stage != STAGE_ASKED)
		return 0;
	status = response_size ? tpm_chain_next(&own->exchange, response,
						response_size, &next)
			       : begin(own, &next);
	if (status == TPM_DONE)
		status = judge(own, &next);
	if (status == TPM_MORE && next.size <= capacity) {
		memcpy(command, next.bytes, next.size);
		return next.size;
	}
	end(own, status);
	return 0;
}
