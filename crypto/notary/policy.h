/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reading a policy (abi/policy.h) and deciding by it.  Pure functions over
 * bytes that nobody vouches for: no memory is allocated, no cryptography done,
 * nothing kept.  The notary decides with them; the pal command tells with the
 * same code what the notary would decide.
 */
#ifndef NOTARY_POLICY_H
#define NOTARY_POLICY_H

#include <stddef.h>
#include "abi/notary.h"
#include "abi/policy.h"

/*
 * Is this a policy?  Returns 0 or NOTARY_EPOLICY.  After 0 every rule of
 * abi/policy.h holds: size, counts and flags fit, names are printable and
 * zero padded, no two authorities have the same key or name, and the signer of
 * each rule is an authority's.
 */
int policy_check(const void *policy, size_t size);

/*
 * Decide about a PAL.  `policy` has `size` bytes; size 0 is no policy.
 * `subject` is what was found out: its flags hold PAL_IDENTITY_DEBUG or
 * nothing, its signer is that of a good signature, or zeros without one.
 *
 * Returns 0 and the whole *record, with PAL_IDENTITY_SIGNED added where an
 * authority is the signer.  Else NOTARY_EPOLICY, EDEBUG, EUNSIGNED, EFOREIGN,
 * EUNLISTED or EVERSION, the first that holds in this order; *record is then
 * as it was.
 */
int policy_judge(const void *policy, size_t size,
		 const struct pal_identity *subject,
		 struct notary_record *record);

/*
 * The parts of a policy for which policy_check() returned 0; i is below its
 * count of them.
 */
void policy_read_header(const void *policy, struct policy_header *header);
void policy_read_authority(const void *policy, uint32_t i,
			   struct policy_authority *authority);
void policy_read_rule(const void *policy, uint32_t i, struct policy_rule *rule);

/* Printable without blanks, not empty, ended by zeros only. */
int policy_is_name(const char name[32]);

#endif /* NOTARY_POLICY_H */
