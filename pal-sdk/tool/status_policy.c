/* SPDX-License-Identifier: BSD-2-Clause */
#include "status_policy.h"
#include <psa/crypto.h>
#include <stdbool.h>
#include <stdio.h>
#include "hex.h"
#include "notary/policy.h"
#include "policy_print.h"

#define HASH_SIZE 48
#define INDENT	  "                "

static bool is_given(const struct status *status)
{
	return status->info.features & HV_FEATURE_POLICY;
}

static uint32_t flags_of(const struct status *status)
{
	return status->info.features >> HV_FEATURE_POLICY_SHIFT;
}

/* Is what the kernel has the policy that the hypervisor speaks of? */
static bool is_known(const struct status *status)
{
	struct policy_header header;

	if (!status->policy_size ||
	    policy_check(status->policy, status->policy_size))
		return false;
	policy_read_header(status->policy, &header);
	return header.flags == flags_of(status);
}

/* As `sha384sum` of what `pal policy compile` makes. */
static bool hash(const struct status *status, char hex[2 * HASH_SIZE + 1])
{
	uint8_t bytes[HASH_SIZE];
	size_t size;

	if (psa_crypto_init() != PSA_SUCCESS ||
	    psa_hash_compute(PSA_ALG_SHA_384, status->policy,
			     status->policy_size, bytes, sizeof(bytes),
			     &size) != PSA_SUCCESS)
		return false;
	hex_write(hex, bytes, sizeof(bytes));
	return true;
}

static void print_known(const struct status *status)
{
	struct policy_authority authority;
	struct policy_header header;
	char hex[2 * HASH_SIZE + 1];

	policy_read_header(status->policy, &header);
	if (hash(status, hex))
		printf(INDENT "SHA-384 %s\n", hex);
	for (uint32_t i = 0; i < header.authority_count; i++) {
		policy_read_authority(status->policy, i, &authority);
		printf(INDENT "authority %s\n", authority.name);
	}
	if (header.rule_count)
		printf(INDENT "%u lines about PALs\n", header.rule_count);
}

void status_policy_text(const struct status *status)
{
	fputs("policy          ", stdout);
	if (!is_given(status)) {
		puts("none: every PAL may run");
		return;
	}
	policy_print_flags(flags_of(status), ", ");
	putchar('\n');
	if (is_known(status))
		print_known(status);
	else if (status->info.features & HV_FEATURE_BEFORE_OS)
		puts(INDENT "GRUB brought it, Linux does not know the rest");
	else
		puts(INDENT "what the kernel tells of it does not fit: do not "
			    "believe it");
}

void status_policy_json(const struct status *status)
{
	char hex[2 * HASH_SIZE + 1];

	if (!is_given(status)) {
		fputs("null", stdout);
		return;
	}
	putchar('{');
	if (is_known(status)) {
		policy_print_json_members(status->policy);
		if (hash(status, hex))
			printf(",\"sha384\":\"%s\"", hex);
	} else {
		policy_print_json_flags(flags_of(status));
	}
	putchar('}');
}
