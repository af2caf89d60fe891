/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The binary policy.  Input: a PAL's identity (136 bytes), then the policy, if
 * there is one.
 */
#include <string.h>
#include "fuzz.h"
#include "notary/policy.h"

static void check_record(const struct policy_header *header,
			 const struct pal_identity *subject,
			 const struct notary_record *record)
{
	uint32_t count = header->rule_count;

	REQUIRE(record->rule < count || record->rule == NOTARY_NO_RULE);
	REQUIRE(count == 64 || !(record->may_call >> count));
	REQUIRE(record->rule != NOTARY_NO_RULE || !record->may_call);
	REQUIRE(!memcmp(record->identity.signer, subject->signer, 48));
	REQUIRE(!(header->flags & POLICY_CERTIFIED) ||
		record->identity.flags & PAL_IDENTITY_SIGNED);
	REQUIRE(!(header->flags & POLICY_LISTED) ||
		record->rule != NOTARY_NO_RULE);
	REQUIRE(header->flags & POLICY_ALLOW_DEBUG ||
		!(record->identity.flags & PAL_IDENTITY_DEBUG));
}

static void read_parts(const void *policy, const struct policy_header *header)
{
	struct policy_authority authority;
	struct policy_rule rule;

	for (uint32_t i = 0; i < header->authority_count; i++) {
		policy_read_authority(policy, i, &authority);
		REQUIRE(policy_is_name(authority.name));
	}
	for (uint32_t i = 0; i < header->rule_count; i++) {
		policy_read_rule(policy, i, &rule);
		REQUIRE(policy_is_name(rule.name));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct pal_identity subject;
	struct policy_header header;
	struct notary_record record;
	int status;

	if (size < sizeof(subject))
		return 0;
	memcpy(&subject, bytes, sizeof(subject));
	subject.flags &= PAL_IDENTITY_DEBUG;
	bytes += sizeof(subject);
	size -= sizeof(subject);
	status = policy_judge(bytes, size, &subject, &record);
	if (!size) {
		REQUIRE(!status && record.rule == NOTARY_NO_RULE);
		return 0;
	}
	if (policy_check(bytes, size)) {
		REQUIRE(status == NOTARY_EPOLICY);
		return 0;
	}
	REQUIRE(status != NOTARY_EPOLICY);
	policy_read_header(bytes, &header);
	read_parts(bytes, &header);
	if (!status)
		check_record(&header, &subject, &record);
	return 0;
}
