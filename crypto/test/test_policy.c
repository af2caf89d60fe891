/* SPDX-License-Identifier: BSD-2-Clause */
/* policy_check() and policy_judge() on good, wrong and random policies. */
#include "notary/policy.h"
#include <stdlib.h>
#include <string.h>
#include "test/tap.h"

/* Two authorities (keys 0xa1.., 0xb2..), three rules. */
struct policy {
	struct policy_header header;
	struct policy_authority authorities[2];
	struct policy_rule rules[3];
};

static struct policy good_policy(void)
{
	struct policy policy = {
		.header = {.magic = POLICY_MAGIC,
			   .version = POLICY_VERSION,
			   .size = sizeof(policy),
			   .authority_count = 2,
			   .rule_count = 3,
			   .max_pages = 100},
		.authorities = {{.name = "alice"}, {.name = "bob"}},
		.rules = {{.name = "vault", .min_security_version = 3},
			  {.name = "vault", .max_pages = 7, .may_call = 4},
			  {.name = "door", .may_call = 7}},
	};

	memset(policy.authorities[0].signer, 0xa1, 48);
	memset(policy.authorities[1].signer, 0xb2, 48);
	memset(policy.rules[0].signer, 0xa1, 48);
	memset(policy.rules[1].measurement, 0x11, 48);
	return policy;
}

static struct pal_identity subject_of(const char *name, int signer)
{
	struct pal_identity subject = {.security_version = 3};

	memset(subject.measurement, 0x11, 48);
	memset(subject.signer, signer, 48);
	strcpy(subject.name, name);
	return subject;
}

/* In memory of exactly that size: the sanitizer watches its ends. */
static int judge_bytes(const void *policy, size_t size,
		       const struct pal_identity *subject,
		       struct notary_record *record)
{
	void *copy = malloc(size + 1);
	int status;

	memcpy((char *)copy + 1, policy, size);
	status = policy_judge((char *)copy + 1, size, subject, record);
	free(copy);
	return status;
}

static int check(const struct policy *policy)
{
	return policy_check(policy, sizeof(*policy));
}

static int judge(const struct policy *policy, const char *name, int signer,
		 struct notary_record *record)
{
	struct pal_identity subject = subject_of(name, signer);

	return judge_bytes(policy, sizeof(*policy), &subject, record);
}

static void without_a_policy_everything_runs(void)
{
	struct pal_identity subject = subject_of("any", 0xc3);
	struct notary_record record;

	subject.flags = PAL_IDENTITY_DEBUG;
	CHECK(policy_judge(NULL, 0, &subject, &record) == 0);
	CHECK(!memcmp(&record.identity, &subject, sizeof(subject)));
	CHECK(record.rule == NOTARY_NO_RULE && !record.may_call);
	CHECK(!record.max_pages && !record.policy_flags && !record.reserved);
}

#define REFUSED(change)                                                        \
	do {                                                                   \
		struct policy policy = good_policy();                          \
                                                                               \
		change;                                                        \
		CHECK(check(&policy) == NOTARY_EPOLICY);                       \
	} while (0)

static void each_wrong_field_is_refused(void)
{
	struct policy good = good_policy();

	CHECK(check(&good) == 0);
	REFUSED(policy.header.magic ^= 1);
	REFUSED(policy.header.version++);
	REFUSED(policy.header.size++);
	REFUSED(policy.header.flags = POLICY_FLUSH_NONE | POLICY_FLUSH_ALL);
	REFUSED(policy.header.flags = 128);
	REFUSED(policy.header.flags = 0x80000000);
	REFUSED(policy.header.authority_count = 1);
	REFUSED(policy.header.authority_count = POLICY_AUTHORITIES_MAX + 1);
	REFUSED(policy.header.rule_count = 4);
	REFUSED(policy.header.rule_count = POLICY_RULES_MAX + 1);
	REFUSED(policy.header.rule_count = UINT32_MAX);
	REFUSED(policy.header.reserved[31] = 1);
	REFUSED(memset(policy.authorities[0].signer, 0, 48));
	REFUSED(memset(policy.authorities[1].signer, 0xa1, 48));
	REFUSED(policy.authorities[0].name[0] = '\0');
	REFUSED(memset(policy.authorities[0].name, 'x', 32));
	REFUSED(policy.authorities[0].name[31] = 'x');
	REFUSED(strcpy(policy.authorities[1].name, "alice"));
	REFUSED(policy.rules[0].name[1] = ' ');
	REFUSED(policy.rules[2].name[0] = '\0');
	REFUSED(policy.rules[0].signer[0] ^= 1);
	REFUSED(policy.rules[0].may_call = 8);
	REFUSED(policy.rules[2].may_call = UINT64_C(1) << 63);
}

static void a_policy_of_another_length_is_refused(void)
{
	struct policy policy = good_policy();
	struct pal_identity subject = subject_of("door", 0);
	struct notary_record record;

	for (size_t size = 1; size < sizeof(policy); size++)
		CHECK(judge_bytes(&policy, size, &subject, &record) ==
		      NOTARY_EPOLICY);
	CHECK(policy_check(&policy, sizeof(policy) + 1) == NOTARY_EPOLICY);
	CHECK(policy_check(&policy, 0) == NOTARY_EPOLICY);
}

static void the_largest_policy_passes(void)
{
	static struct {
		struct policy_header header;
		struct policy_authority authorities[POLICY_AUTHORITIES_MAX];
		struct policy_rule rules[POLICY_RULES_MAX];
	} large;

	large.header = good_policy().header;
	large.header.size = sizeof(large);
	large.header.authority_count = POLICY_AUTHORITIES_MAX;
	large.header.rule_count = POLICY_RULES_MAX;
	for (unsigned int i = 0; i < POLICY_AUTHORITIES_MAX; i++) {
		large.authorities[i].signer[i] = 1;
		large.authorities[i].name[0] = (char)('a' + i);
	}
	for (unsigned int i = 0; i < POLICY_RULES_MAX; i++) {
		large.rules[i].name[0] = (char)('!' + i);
		large.rules[i].may_call = UINT64_MAX;
	}
	CHECK(sizeof(large) <= POLICY_SIZE_MAX);
	CHECK(policy_check(&large, sizeof(large)) == 0);
}

static void certified_wants_an_authority(void)
{
	struct policy policy = good_policy();
	struct notary_record record;

	policy.header.flags = POLICY_CERTIFIED;
	CHECK(judge(&policy, "any", 0, &record) == NOTARY_EUNSIGNED);
	CHECK(judge(&policy, "any", 0xc3, &record) == NOTARY_EFOREIGN);
	CHECK(judge(&policy, "any", 0xb2, &record) == 0);
	CHECK(record.identity.flags == PAL_IDENTITY_SIGNED);
	CHECK(record.policy_flags == POLICY_CERTIFIED);
}

static void measured_lets_a_foreign_signer_run_unmarked(void)
{
	struct policy policy = good_policy();
	struct notary_record record;

	CHECK(judge(&policy, "any", 0xc3, &record) == 0);
	CHECK(record.identity.flags == 0 && record.identity.signer[0] == 0xc3);
	CHECK(judge(&policy, "any", 0, &record) == 0);
	CHECK(record.identity.flags == 0 && record.rule == NOTARY_NO_RULE);
	CHECK(judge(&policy, "any", 0xa1, &record) == 0);
	CHECK(record.identity.flags == PAL_IDENTITY_SIGNED);
}

static void debug_needs_leave(void)
{
	struct policy policy = good_policy();
	struct pal_identity subject = subject_of("any", 0);
	struct notary_record record;

	subject.flags = PAL_IDENTITY_DEBUG;
	CHECK(policy_judge(&policy, sizeof(policy), &subject, &record) ==
	      NOTARY_EDEBUG);
	policy.header.flags = POLICY_ALLOW_DEBUG;
	CHECK(policy_judge(&policy, sizeof(policy), &subject, &record) == 0);
	CHECK(record.identity.flags == PAL_IDENTITY_DEBUG);
}

static void listed_wants_a_rule(void)
{
	struct policy policy = good_policy();
	struct notary_record record;

	policy.header.flags = POLICY_LISTED;
	CHECK(judge(&policy, "any", 0xa1, &record) == NOTARY_EUNLISTED);
	CHECK(judge(&policy, "doo", 0, &record) == NOTARY_EUNLISTED);
	CHECK(judge(&policy, "doors", 0, &record) == NOTARY_EUNLISTED);
	CHECK(judge(&policy, "door", 0, &record) == 0 && record.rule == 2);
}

static void the_first_rule_that_fits_counts(void)
{
	struct policy policy = good_policy();
	struct notary_record record;

	CHECK(judge(&policy, "vault", 0xa1, &record) == 0);
	CHECK(record.rule == 0 && record.max_pages == 100 && !record.may_call);
	CHECK(judge(&policy, "vault", 0xb2, &record) == 0);
	CHECK(record.rule == 1 && record.max_pages == 7);
	CHECK(record.may_call == 4);
	policy.rules[1].measurement[47] ^= 1;
	CHECK(judge(&policy, "vault", 0xb2, &record) == 0);
	CHECK(record.rule == NOTARY_NO_RULE && record.max_pages == 100);
}

static void an_old_version_is_refused(void)
{
	struct policy policy = good_policy();
	struct notary_record record;

	CHECK(judge(&policy, "vault", 0xa1, &record) == 0);
	policy.rules[0].min_security_version = 4;
	CHECK(judge(&policy, "vault", 0xa1, &record) == NOTARY_EVERSION);
	policy.rules[0].min_security_version = UINT32_MAX;
	CHECK(judge(&policy, "vault", 0xa1, &record) == NOTARY_EVERSION);
}

static void a_refusal_leaves_the_record_alone(void)
{
	struct policy policy = good_policy();
	struct notary_record record, before;

	memset(&record, 0x55, sizeof(record));
	before = record;
	policy.header.flags = POLICY_CERTIFIED;
	CHECK(judge(&policy, "any", 0, &record) == NOTARY_EUNSIGNED);
	policy.header.magic = 0;
	CHECK(judge(&policy, "any", 0, &record) == NOTARY_EPOLICY);
	CHECK(!memcmp(&record, &before, sizeof(record)));
}

/* Whatever is accepted keeps what the record promises. */
static void random_damage_never_breaks_the_judge(void)
{
	struct notary_record record;
	int accepted = 0;

	srand(1);
	for (int round = 0; round < 50000; round++) {
		struct policy policy = good_policy();
		struct pal_identity subject =
			subject_of("vault", rand() % 2 ? 0xa1 : 0);
		unsigned char *bytes = (unsigned char *)&policy;

		for (int change = rand() % 3; change >= 0; change--)
			bytes[(size_t)rand() % sizeof(policy)] =
				(unsigned char)rand();
		if (judge_bytes(&policy, sizeof(policy), &subject, &record))
			continue;
		accepted++;
		CHECK(record.rule < 3 || record.rule == NOTARY_NO_RULE);
		CHECK(!(record.may_call >> 3));
	}
	CHECK(accepted > 1000);
}

int main(void)
{
	RUN(without_a_policy_everything_runs);
	RUN(each_wrong_field_is_refused);
	RUN(a_policy_of_another_length_is_refused);
	RUN(the_largest_policy_passes);
	RUN(certified_wants_an_authority);
	RUN(measured_lets_a_foreign_signer_run_unmarked);
	RUN(debug_needs_leave);
	RUN(listed_wants_a_rule);
	RUN(the_first_rule_that_fits_counts);
	RUN(an_old_version_is_refused);
	RUN(a_refusal_leaves_the_record_alone);
	RUN(random_damage_never_breaks_the_judge);
	return TAP_END();
}
