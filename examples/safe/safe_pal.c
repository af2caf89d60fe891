/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Gives a secret to whoever knows its PIN, in three attempts, also over many
 * runs of the program: what it must remember is in a sealed blob, which the
 * program stores, and a lasting counter tells the newest blob from older ones.
 *
 * An attempt is first counted and then answered.  So neither ending the program
 * in between nor bringing an old file gives another one.
 */
#include <pal.h>
#include <pal_seal.h>
#include <psa/crypto.h>
#include <string.h>
#include "safe.h"

PAL_NAME("safe");
PAL_FUNCTIONS(SAFE_FUNCTIONS);

#define PURPOSE "safe 2" /* no other blob of this PAL can be brought as one */

struct state {
	struct pal_lasting lasting; /* each safe has a counter of its own */
	uint64_t wrong_count;
	struct safe_content content;
};

_Static_assert(PAL_SEAL_BLOB_SIZE(sizeof(struct state)) ==
		       sizeof(struct safe_blob),
	       "safe.h has the blob's size");

/* What safe_answer() will say, when the blob with this tag is stored. */
static struct {
	int is_waiting;
	int is_right;
	struct state state;
	uint8_t tag[32];
} pending;

static struct pal_proof proof; /* what the TPM says about it */

/* An error of pal_seal.h in words of safe.h. */
static int error_of(int status)
{
	switch (status) {
	case 0:
		return 0;
	case PAL_SEAL_EOLD:
		return SAFE_EOLD;
	case PAL_SEAL_EFORMAT:
	case PAL_SEAL_EFOREIGN:
	case PAL_SEAL_EALTERED:
		return SAFE_EBLOB;
	case PAL_SEAL_EROOT:
		return SAFE_EROOT;
	case PAL_SEAL_EFULL:
		return SAFE_EFULL;
	case PAL_SEAL_EPROVE:
		return SAFE_EPROVE;
	case PAL_SEAL_EFALSE:
		return SAFE_EFALSE;
	default:
		return SAFE_ECRYPTO;
	}
}

static int digest(const struct safe_blob *blob, uint8_t tag[32])
{
	size_t size;

	if (psa_crypto_init() ||
	    psa_hash_compute(PSA_ALG_SHA_256, blob->bytes, sizeof(blob->bytes),
			     tag, 32, &size))
		return SAFE_ECRYPTO;
	return 0;
}

/* Seal the pending state; the program stores it and asks for the answer. */
static int give_out(int is_right, struct safe_blob *blob)
{
	/* A signed PAL would seal to its signer, so that updates can open it */
	int status = error_of(pal_seal(
		PAL_SEAL_TO_MEASUREMENT, PURPOSE, sizeof(PURPOSE),
		&pending.state, sizeof(pending.state), blob->bytes,
		sizeof(blob->bytes), NULL));

	if (!status)
		status = digest(blob, pending.tag);
	pending.is_right = is_right;
	pending.is_waiting = !status;
	return status;
}

/* As long for a good guess as for a bad one. */
static int is_equal(const struct safe_pin *a, const struct safe_pin *b)
{
	unsigned char difference = 0;

	for (size_t i = 0; i < sizeof(a->text); i++)
		difference |= (unsigned char)(a->text[i] ^ b->text[i]);
	return !difference;
}

int safe_make(const struct safe_order *order, struct safe_blob *blob)
{
	struct state *state = &pending.state;
	int status;

	pending.is_waiting = 0;
	status = error_of(pal_lasting_begin(
		&proof, order->with_tpm ? PAL_COUNTER_TPM : PAL_COUNTER_BOOT,
		&state->lasting));
	if (status)
		return status;
	state->wrong_count = 0;
	state->content = order->content;
	return give_out(1, blob);
}

/* What is sealed in the blob, if there is no newer one. */
static int unseal_newest(const struct safe_blob *blob, struct state *state,
			 uint8_t tag[32])
{
	int status = error_of(pal_unseal(PURPOSE, sizeof(PURPOSE), blob->bytes,
					 sizeof(blob->bytes), state,
					 sizeof(*state), NULL));

	if (!status)
		status = digest(blob, tag);
	return status ? status
		      : error_of(pal_lasting_settle(&proof, &state->lasting,
						    tag, NULL));
}

int safe_try(const struct safe_attempt *attempt, struct safe_blob *newer)
{
	struct state *state = &pending.state;
	uint8_t tag[32];
	int status, is_right;

	pending.is_waiting = 0;
	status = unseal_newest(&attempt->blob, state, tag);
	if (status)
		return status;
	if (state->wrong_count >= SAFE_ATTEMPTS)
		return SAFE_ELOCKED;
	status = error_of(
		pal_lasting_next(&state->lasting, tag, &state->lasting));
	if (status)
		return status;
	is_right = is_equal(&state->content.pin, &attempt->pin);
	state->wrong_count = is_right ? 0 : state->wrong_count + 1;
	return give_out(is_right, newer);
}

int safe_answer(struct safe_reply *reply)
{
	struct pal_counter counter;
	int status;

	if (!pending.is_waiting)
		return SAFE_EORDER;
	status = error_of(pal_lasting_settle(&proof, &pending.state.lasting,
					     pending.tag, &counter));
	pending.is_waiting = status == SAFE_EPROVE || status == SAFE_EFALSE;
	if (status)
		return status;
	if (!pending.is_right)
		return SAFE_EWRONG;
	reply->secret = pending.state.content.secret;
	reply->with_tpm = counter.strength == PAL_COUNTER_TPM;
	return 0;
}

int safe_tpm(const void *in, size_t in_size, void *out, size_t out_capacity,
	     size_t *out_size)
{
	*out_size = pal_lasting_carry(&proof, in, in_size, out, out_capacity);
	return 0;
}
