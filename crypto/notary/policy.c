/* SPDX-License-Identifier: BSD-2-Clause */
/* Judging policies, and PALs by them. */
#include "policy.h"
#include <stdbool.h>
#include <string.h>

#define POLICY_FLUSH (POLICY_FLUSH_NONE | POLICY_FLUSH_ALL)
#define KNOWN_FLAGS                                                            \
	(POLICY_CERTIFIED | POLICY_ALLOW_DEBUG | POLICY_REQUIRE_IOMMU |        \
	 POLICY_FORBID_UNLOAD | POLICY_LISTED | POLICY_FLUSH)

static bool is_zero(const void *bytes, size_t size)
{
	const unsigned char *byte = bytes;

	for (size_t i = 0; i < size; i++)
		if (byte[i])
			return false;
	return true;
}

int policy_is_name(const char name[32])
{
	size_t length = 0;

	while (length < 32 && name[length] > ' ' && name[length] <= '~')
		length++;
	return length && length < 32 && is_zero(name + length, 32 - length);
}

/* memcpy: a policy lies at any address. */
void policy_read_header(const void *policy, struct policy_header *header)
{
	memcpy(header, policy, sizeof(*header));
}

void policy_read_authority(const void *policy, uint32_t i,
			   struct policy_authority *authority)
{
	memcpy(authority,
	       (const char *)policy + sizeof(struct policy_header) +
		       i * sizeof(*authority),
	       sizeof(*authority));
}

void policy_read_rule(const void *policy, uint32_t i, struct policy_rule *rule)
{
	struct policy_header header;

	policy_read_header(policy, &header);
	memcpy(rule,
	       (const char *)policy + sizeof(header) +
		       header.authority_count *
			       sizeof(struct policy_authority) +
		       i * sizeof(*rule),
	       sizeof(*rule));
}

static bool is_header(const struct policy_header *header, size_t size)
{
	return header->magic == POLICY_MAGIC &&
	       header->version == POLICY_VERSION && header->size == size &&
	       !(header->flags & ~(uint32_t)KNOWN_FLAGS) &&
	       (header->flags & POLICY_FLUSH) != POLICY_FLUSH &&
	       header->authority_count <= POLICY_AUTHORITIES_MAX &&
	       header->rule_count <= POLICY_RULES_MAX &&
	       is_zero(header->reserved, sizeof(header->reserved)) &&
	       size == sizeof(*header) +
			       header->authority_count *
				       sizeof(struct policy_authority) +
			       header->rule_count * sizeof(struct policy_rule);
}

/* Is this the key of one of the first `count` authorities? */
static bool is_authority(const void *policy, uint32_t count,
			 const uint8_t signer[48])
{
	struct policy_authority authority;

	for (uint32_t i = 0; i < count; i++) {
		policy_read_authority(policy, i, &authority);
		if (!memcmp(authority.signer, signer, 48))
			return true;
	}
	return false;
}

static bool is_authority_name(const void *policy, uint32_t count,
			      const char name[32])
{
	struct policy_authority authority;

	for (uint32_t i = 0; i < count; i++) {
		policy_read_authority(policy, i, &authority);
		if (!memcmp(authority.name, name, sizeof(authority.name)))
			return true;
	}
	return false;
}

static bool are_authorities(const void *policy, uint32_t count)
{
	struct policy_authority authority;

	for (uint32_t i = 0; i < count; i++) {
		policy_read_authority(policy, i, &authority);
		if (is_zero(authority.signer, sizeof(authority.signer)) ||
		    !policy_is_name(authority.name) ||
		    is_authority(policy, i, authority.signer) ||
		    is_authority_name(policy, i, authority.name))
			return false;
	}
	return true;
}

static bool is_rule(const void *policy, const struct policy_header *header,
		    const struct policy_rule *rule)
{
	uint32_t count = header->rule_count;

	if (!policy_is_name(rule->name))
		return false;
	/* A shift by 64 is undefined, and 64 rules use every bit. */
	if (count < 64 && rule->may_call >> count)
		return false;
	return is_zero(rule->signer, sizeof(rule->signer)) ||
	       is_authority(policy, header->authority_count, rule->signer);
}

int policy_check(const void *policy, size_t size)
{
	struct policy_header header;
	struct policy_rule rule;

	if (size < sizeof(header))
		return NOTARY_EPOLICY;
	policy_read_header(policy, &header);
	if (!is_header(&header, size) ||
	    !are_authorities(policy, header.authority_count))
		return NOTARY_EPOLICY;
	for (uint32_t i = 0; i < header.rule_count; i++) {
		policy_read_rule(policy, i, &rule);
		if (!is_rule(policy, &header, &rule))
			return NOTARY_EPOLICY;
	}
	return 0;
}

/* The first rule that fits in name, signer and measurement. */
static uint32_t find_rule(const void *policy,
			  const struct policy_header *header,
			  const struct pal_identity *subject,
			  struct policy_rule *rule)
{
	for (uint32_t i = 0; i < header->rule_count; i++) {
		policy_read_rule(policy, i, rule);
		if (memcmp(rule->name, subject->name, sizeof(rule->name)))
			continue;
		if (memcmp(rule->signer, subject->signer, 48) &&
		    !is_zero(rule->signer, 48))
			continue;
		if (memcmp(rule->measurement, subject->measurement, 48) &&
		    !is_zero(rule->measurement, 48))
			continue;
		return i;
	}
	memset(rule, 0, sizeof(*rule));
	return NOTARY_NO_RULE;
}

static int judge_signer(const void *policy, const struct policy_header *header,
			const struct pal_identity *subject, uint32_t *flags)
{
	if (is_authority(policy, header->authority_count, subject->signer)) {
		*flags |= PAL_IDENTITY_SIGNED;
		return 0;
	}
	if (!(header->flags & POLICY_CERTIFIED))
		return 0;
	return is_zero(subject->signer, 48) ? NOTARY_EUNSIGNED
					    : NOTARY_EFOREIGN;
}

static void fill_record(struct notary_record *record,
			const struct policy_header *header,
			const struct pal_identity *subject)
{
	memset(record, 0, sizeof(*record));
	record->identity = *subject;
	record->rule = NOTARY_NO_RULE;
	record->max_pages = header->max_pages;
	record->policy_flags = header->flags;
}

static int judge_by_policy(const void *policy,
			   const struct pal_identity *subject,
			   struct notary_record *record)
{
	struct policy_header header;
	struct policy_rule rule;
	uint32_t flags = subject->flags, number;
	int status;

	policy_read_header(policy, &header);
	if (flags & PAL_IDENTITY_DEBUG && !(header.flags & POLICY_ALLOW_DEBUG))
		return NOTARY_EDEBUG;
	status = judge_signer(policy, &header, subject, &flags);
	if (status)
		return status;
	number = find_rule(policy, &header, subject, &rule);
	if (number == NOTARY_NO_RULE && header.flags & POLICY_LISTED)
		return NOTARY_EUNLISTED;
	if (subject->security_version < rule.min_security_version)
		return NOTARY_EVERSION;

	fill_record(record, &header, subject);
	record->identity.flags = flags;
	record->rule = number;
	if (rule.max_pages)
		record->max_pages = rule.max_pages;
	record->may_call = rule.may_call;
	return 0;
}

int policy_judge(const void *policy, size_t size,
		 const struct pal_identity *subject,
		 struct notary_record *record)
{
	static const struct policy_header no_policy;
	int status;

	if (size == 0) {
		fill_record(record, &no_policy, subject);
		return 0;
	}
	status = policy_check(policy, size);
	return status ? status : judge_by_policy(policy, subject, record);
}
