/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Gives a secret to whoever knows its PIN, in three attempts, also over many
 * runs of the program: what it must remember is in a sealed blob, which the
 * program stores, and a counter tells the newest blob from older ones.
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

#define PURPOSE "safe 1" /* no other blob of this PAL can be brought as one */

struct state {
	uint64_t version; /* from 1; the counter's value when it is newest */
	uint64_t wrong_count;
	uint8_t counter[16]; /* its name: each safe has one of its own */
	struct safe_content content;
};

_Static_assert(PAL_SEAL_BLOB_SIZE(sizeof(struct state)) ==
		       sizeof(struct safe_blob),
	       "safe.h has the blob's size");

/* What safe_answer() will say. */
static struct {
	int is_waiting;
	int is_right;
	struct state state;
	uint8_t tag[32];
} pending;

/* An error of pal_seal.h in words of safe.h. */
static int error_of(int status)
{
	switch (status) {
	case 0:
		return 0;
	case PAL_SEAL_EMOVED:
		return SAFE_EOLD;
	case PAL_SEAL_EFORMAT:
	case PAL_SEAL_EFOREIGN:
	case PAL_SEAL_EALTERED:
		return SAFE_EBLOB;
	case PAL_SEAL_EROOT:
		return SAFE_EROOT;
	case PAL_SEAL_EFULL:
		return SAFE_EFULL;
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

static int seal(const struct state *state, struct safe_blob *blob)
{
	/* A signed PAL would seal to its signer, so that updates can open it */
	return error_of(pal_seal(PAL_SEAL_TO_MEASUREMENT, PURPOSE,
				 sizeof(PURPOSE), state, sizeof(*state),
				 blob->bytes, sizeof(blob->bytes), NULL));
}

/* Make this version the newest, if none was made from the one before it. */
static int count(const struct state *state, uint64_t from,
		 const uint8_t tag[32])
{
	return error_of(pal_counter_advance(state->counter, from,
					    state->version, tag));
}

static int check_newest(const struct state *state, const struct safe_blob *blob)
{
	struct pal_counter counter;
	uint8_t tag[32];
	int status = digest(blob, tag);

	if (!status)
		status = error_of(pal_counter_read(state->counter, &counter));
	if (status)
		return status;
	if (counter.value == state->version)
		return memcmp(counter.tag, tag, sizeof(tag)) ? SAFE_EOLD : 0;
	/*
	 * The first one since the hypervisor began is believed, as nothing else
	 * is known.  One ahead was stored, and then the program ended: its
	 * attempt counts now.
	 */
	if (!counter.value || counter.value + 1 == state->version)
		return count(state, counter.value, tag);
	return SAFE_EOLD;
}

static int unseal_newest(const struct safe_blob *blob, struct state *state)
{
	size_t size;
	int status = error_of(pal_unseal(PURPOSE, sizeof(PURPOSE), blob->bytes,
					 sizeof(blob->bytes), state,
					 sizeof(*state), &size));

	return status ? status : check_newest(state, blob);
}

/* As long for a good guess as for a bad one. */
static int is_equal(const struct safe_pin *a, const struct safe_pin *b)
{
	unsigned char difference = 0;

	for (size_t i = 0; i < sizeof(a->text); i++)
		difference |= (unsigned char)(a->text[i] ^ b->text[i]);
	return !difference;
}

int safe_make(const struct safe_content *content, struct safe_blob *blob)
{
	struct state state = {.version = 1, .content = *content};

	if (pal_random(state.counter, sizeof(state.counter)))
		return SAFE_ECRYPTO;
	return seal(&state, blob);
}

int safe_try(const struct safe_attempt *attempt, struct safe_blob *newer)
{
	struct state *state = &pending.state;
	int status;

	pending.is_waiting = 0;
	status = unseal_newest(&attempt->blob, state);
	if (status)
		return status;
	if (state->wrong_count >= SAFE_ATTEMPTS)
		return SAFE_ELOCKED;
	pending.is_right = is_equal(&state->content.pin, &attempt->pin);
	state->version++;
	state->wrong_count = pending.is_right ? 0 : state->wrong_count + 1;
	status = seal(state, newer);
	if (!status)
		status = digest(newer, pending.tag);
	pending.is_waiting = !status;
	return status;
}

int safe_answer(struct safe_secret *secret)
{
	int status;

	if (!pending.is_waiting)
		return SAFE_EORDER;
	pending.is_waiting = 0;
	status = count(&pending.state, pending.state.version - 1, pending.tag);
	if (status)
		return status;
	if (!pending.is_right)
		return SAFE_EWRONG;
	*secret = pending.state.content.secret;
	return 0;
}
