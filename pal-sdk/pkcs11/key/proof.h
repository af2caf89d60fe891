/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Proof, also after a boot, that a state is the newest: the token's chain in
 * the machine's TPM (tpm/chain.h).
 *
 * A state knows what the chain is before the state counts (state.tpm_before).
 * When it is written down, the chain is extended by the hash of its blob.  So a
 * state is the newest if the chain is what it makes of it; or if the chain is
 * what was before: then whoever wrote it was killed before he could extend the
 * chain, which is done now.  No other state that was ever written fits.
 *
 * A state that has a chain is proven once in a boot; then the register of its
 * version holds it.  Everything here is called with the change lock held.
 */
#ifndef KEY_PROOF_H
#define KEY_PROOF_H

#include "items.h"
#include "state.h"

/* Give the first state of a token a chain, of its own. */
uint32_t proof_begin(struct state *state);

/* `next` will follow `state`, whose blob has this hash. */
uint32_t proof_follow(const struct state *state,
		      const uint8_t tag[VAULT_TAG_SIZE], struct state *next);

/*
 * Is the state, whose blob has this hash, the newest?  CKR_OK: yes, or it has
 * no chain.  KEY_R_PROVE: that is to be proven now, by proof_go_on().
 */
uint32_t proof_check(const struct state *state,
		     const uint8_t tag[VAULT_TAG_SIZE]);

/*
 * The chain of what is to be proven now is to be made first.  Only for a state
 * that this instance has just made: the host sees the chain's secret, and a
 * chain that was deleted and made again would prove an old state.
 */
void proof_make_chain(void);

/*
 * KEY_OP_PROVE.  A response without bytes begins anew.  With CKR_OK, *is_more:
 * a command for the TPM was written; else it is proven.  KEY_R_ROLLED_BACK,
 * KEY_R_TPM_FALSE, KEY_R_TPM_REFUSED (*code: the TPM's).
 */
uint32_t proof_go_on(struct item response, struct writer *to, bool *is_more,
		     uint64_t *code);

void proof_forget(void);

#endif /* KEY_PROOF_H */
