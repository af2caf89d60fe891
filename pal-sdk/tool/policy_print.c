/* SPDX-License-Identifier: BSD-2-Clause */
/* The forms in which people and programs see a binary policy. */
#include "policy_print.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "abi/pal_image.h"
#include "hex.h"
#include "json.h"
#include "notary/policy.h"

static const struct {
	uint32_t flag;
	const char *line;
	const char *json;
} flags[] = {
	{POLICY_ALLOW_DEBUG, "allow debug", "allow_debug"},
	{POLICY_REQUIRE_IOMMU, "require dma-protection",
	 "require_dma_protection"},
	{POLICY_FORBID_UNLOAD, "forbid unload", "forbid_unload"},
	{POLICY_FLUSH_NONE, "flush none", "flush_none"},
	{POLICY_FLUSH_ALL, "flush all", "flush_all"},
};

#define FLAG_COUNT (sizeof(flags) / sizeof(flags[0]))

static bool is_zero(const uint8_t hash[48])
{
	static const uint8_t zeros[48];

	return !memcmp(hash, zeros, sizeof(zeros));
}

/* The name of the authority with that key; policy_check() saw that it is. */
static void read_signer_name(const void *policy, const uint8_t signer[48],
			     struct policy_authority *authority)
{
	uint32_t i = 0;

	do
		policy_read_authority(policy, i++, authority);
	while (memcmp(authority->signer, signer, 48));
}

static uint64_t size_of(uint32_t pages)
{
	return (uint64_t)pages * PAL_PAGE_SIZE;
}

void policy_print_flags(uint32_t value, const char *separator)
{
	bool is_certified = value & POLICY_CERTIFIED;
	bool is_listed = value & POLICY_LISTED;

	printf("mode%s%s%s", is_certified ? " certified" : "",
	       is_listed ? " listed" : "",
	       is_certified || is_listed ? "" : " measured");
	for (size_t i = 0; i < FLAG_COUNT; i++)
		if (value & flags[i].flag)
			printf("%s%s", separator, flags[i].line);
}

static void print_flags(const struct policy_header *header)
{
	policy_print_flags(header->flags, "\n");
	putchar('\n');
	if (header->max_pages)
		printf("max-memory %" PRIu64 "\n", size_of(header->max_pages));
}

static void print_rule(const void *policy, const struct policy_rule *rule)
{
	struct policy_authority authority;
	char hex[97];

	printf("pal %s", rule->name);
	if (!is_zero(rule->signer)) {
		read_signer_name(policy, rule->signer, &authority);
		printf(" signer %s", authority.name);
	}
	if (!is_zero(rule->measurement)) {
		hex_write(hex, rule->measurement, sizeof(rule->measurement));
		printf(" measurement %s", hex);
	}
	if (rule->min_security_version)
		printf(" min-version %u", rule->min_security_version);
	if (rule->max_pages)
		printf(" max-memory %" PRIu64, size_of(rule->max_pages));
	putchar('\n');
}

/* Has an earlier rule this name, so that its line says the same? */
static bool is_said(const void *policy, uint32_t i, const char name[32])
{
	struct policy_rule rule;

	while (i--) {
		policy_read_rule(policy, i, &rule);
		if (!memcmp(rule.name, name, sizeof(rule.name)))
			return true;
	}
	return false;
}

static void print_calls(const void *policy, uint32_t i)
{
	struct policy_rule caller, callee;

	policy_read_rule(policy, i, &caller);
	if (is_said(policy, i, caller.name))
		return;
	for (uint32_t j = 0; j < 64 && caller.may_call >> j; j++) {
		if (!(caller.may_call >> j & 1))
			continue;
		policy_read_rule(policy, j, &callee);
		if (!is_said(policy, j, callee.name))
			printf("call %s %s\n", caller.name, callee.name);
	}
}

void policy_print_text(const void *policy)
{
	struct policy_authority authority;
	struct policy_header header;
	struct policy_rule rule;
	char hex[97];

	policy_read_header(policy, &header);
	print_flags(&header);
	for (uint32_t i = 0; i < header.authority_count; i++) {
		policy_read_authority(policy, i, &authority);
		hex_write(hex, authority.signer, sizeof(authority.signer));
		printf("authority %s id %s\n", authority.name, hex);
	}
	for (uint32_t i = 0; i < header.rule_count; i++) {
		policy_read_rule(policy, i, &rule);
		print_rule(policy, &rule);
	}
	for (uint32_t i = 0; i < header.rule_count; i++)
		print_calls(policy, i);
}

static void print_json_hash(const char *name, const uint8_t hash[48])
{
	char hex[97];

	hex_write(hex, hash, 48);
	if (is_zero(hash))
		printf(",\"%s\":null", name);
	else
		printf(",\"%s\":\"%s\"", name, hex);
}

static void print_json_rule(const struct policy_rule *rule)
{
	const char *comma = "";

	fputs("{\"name\":", stdout);
	json_string(rule->name, sizeof(rule->name));
	print_json_hash("signer", rule->signer);
	print_json_hash("measurement", rule->measurement);
	printf(",\"min_version\":%u,\"max_memory\":%" PRIu64 ",\"may_call\":[",
	       rule->min_security_version, size_of(rule->max_pages));
	for (unsigned int i = 0; i < 64; i++) {
		if (!(rule->may_call >> i & 1))
			continue;
		printf("%s%u", comma, i);
		comma = ",";
	}
	fputs("]}", stdout);
}

void policy_print_json_flags(uint32_t value)
{
	printf("\"certified\":%s,\"listed\":%s",
	       value & POLICY_CERTIFIED ? "true" : "false",
	       value & POLICY_LISTED ? "true" : "false");
	for (size_t i = 0; i < FLAG_COUNT; i++)
		printf(",\"%s\":%s", flags[i].json,
		       value & flags[i].flag ? "true" : "false");
}

void policy_print_json_members(const void *policy)
{
	struct policy_authority authority;
	struct policy_header header;
	struct policy_rule rule;

	policy_read_header(policy, &header);
	policy_print_json_flags(header.flags);
	printf(",\"max_memory\":%" PRIu64 ",\"authorities\":[",
	       size_of(header.max_pages));
	for (uint32_t i = 0; i < header.authority_count; i++) {
		policy_read_authority(policy, i, &authority);
		printf("%s{\"name\":", i ? "," : "");
		json_string(authority.name, sizeof(authority.name));
		print_json_hash("signer", authority.signer);
		putchar('}');
	}
	fputs("],\"pals\":[", stdout);
	for (uint32_t i = 0; i < header.rule_count; i++) {
		policy_read_rule(policy, i, &rule);
		fputs(i ? "," : "", stdout);
		print_json_rule(&rule);
	}
	putchar(']');
}
