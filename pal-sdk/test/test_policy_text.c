/* SPDX-License-Identifier: BSD-2-Clause */
/* The policy's text: what it means, and where it is wrong. */
#include <stdlib.h>
#include <string.h>
#include "notary/policy.h"
#include "test/tap.h"
#include "tool/policy_text.h"

static uint8_t policy[POLICY_SIZE_MAX];
static size_t policy_size;
static struct policy_text_error error;

/* A key file is its name: "a.pem" is the key 61 61 61... */
static int find_signer(void *context, const char *path, uint8_t signer[48],
		       char *why, size_t size)
{
	CHECK(context == &policy_size);
	if (!strstr(path, ".pem")) {
		snprintf(why, size, "%s: no such file", path);
		return -1;
	}
	memset(signer, path[0], 48);
	return 0;
}

static unsigned int warned_lines[4], warning_count;
static char warning[320];

static void warn(void *context, unsigned int line, const char *text)
{
	CHECK(context == &policy_size);
	if (warning_count < 4)
		warned_lines[warning_count++] = line;
	snprintf(warning, sizeof(warning), "%s", text);
}

/* In memory of exactly that size: the sanitizer watches its end. */
static int compile_bytes(const char *text, size_t size)
{
	const struct policy_text_caller caller = {find_signer, warn,
						  &policy_size};
	char *copy = malloc(size ? size : 1);
	int status;

	memcpy(copy, text, size);
	warning_count = 0;
	status = policy_text_compile(copy, size, &caller, policy, &policy_size,
				     &error);
	free(copy);
	if (!status)
		CHECK(policy_check(policy, policy_size) == 0);
	return status;
}

static int compile(const char *text)
{
	return compile_bytes(text, strlen(text));
}

static bool is_refused(const char *text, unsigned int line, unsigned int column,
		       const char *words)
{
	memset(&error, 0, sizeof(error));
	if (compile(text) && error.line == line && error.column == column &&
	    strstr(error.text, words) && strstr(error.text, "expected"))
		return true;
	printf("# %u:%u: %s\n", error.line, error.column, error.text);
	return false;
}

static void flags_and_limits_arrive(void)
{
	struct policy_header header;

	CHECK(compile("mode certified listed # both\nallow debug\r\n"
		      "\trequire  dma-protection\n\n# nothing\n"
		      "forbid unload\nmax-memory 64M\n"
		      "authority a a.pem\npal p") == 0);
	policy_read_header(policy, &header);
	CHECK(header.flags ==
	      (POLICY_CERTIFIED | POLICY_LISTED | POLICY_ALLOW_DEBUG |
	       POLICY_REQUIRE_IOMMU | POLICY_FORBID_UNLOAD));
	CHECK(header.max_pages == 16384);
	CHECK(header.authority_count == 1 && header.rule_count == 1);
	CHECK(compile("mode measured") == 0);
	policy_read_header(policy, &header);
	CHECK(header.flags == 0 && policy_size == sizeof(header));
}

#define DIGITS_16 "0123456789abcdef"
#define HASH	  DIGITS_16 DIGITS_16 DIGITS_16 DIGITS_16 DIGITS_16 DIGITS_16

static void rules_arrive(void)
{
	struct policy_rule rule;
	struct policy_authority authority;

	CHECK(compile("mode measured\nauthority a a.pem\n"
		      "authority b id " HASH "\n"
		      "pal p min-version 4294967295 signer b max-memory 4K "
		      "measurement " HASH "\n"
		      "pal p\npal q\ncall p q\ncall q q\n") == 0);
	policy_read_authority(policy, 0, &authority);
	CHECK(!strcmp(authority.name, "a") && authority.signer[47] == 'a');
	policy_read_authority(policy, 1, &authority);
	CHECK(authority.signer[0] == 0x01 && authority.signer[47] == 0xef);
	policy_read_rule(policy, 0, &rule);
	CHECK(!strcmp(rule.name, "p") && rule.min_security_version == ~0U);
	CHECK(rule.max_pages == 1 && rule.may_call == 4);
	CHECK(!memcmp(rule.signer, authority.signer, 48));
	CHECK(rule.measurement[1] == 0x23);
	policy_read_rule(policy, 1, &rule);
	CHECK(rule.may_call == 4 && rule.signer[0] == 0);
	policy_read_rule(policy, 2, &rule);
	CHECK(rule.may_call == 4);
}

static uint32_t flags_of(const char *text)
{
	struct policy_header header;

	CHECK(compile(text) == 0);
	policy_read_header(policy, &header);
	return header.flags;
}

static void a_level_of_flushing_arrives(void)
{
	CHECK(flags_of("mode measured\nflush auto") == 0);
	CHECK(flags_of("flush none\nmode measured") == POLICY_FLUSH_NONE);
	CHECK(flags_of("mode measured\nflush all") == POLICY_FLUSH_ALL);
	CHECK(is_refused("flush", 1, 6, "none, auto or all"));
	CHECK(is_refused("flush L1D", 1, 7, "'L1D'"));
	CHECK(is_refused("flush all none", 1, 11, "'none'"));
	CHECK(is_refused("flush all\nflush all", 2, 1, "flush was said in "
						       "line 1"));
	CHECK(is_refused("flush auto\nflush none", 2, 1, "line 1"));
}

static void wrong_words_are_located(void)
{
	CHECK(is_refused("", 1, 1, "mode"));
	CHECK(is_refused("# mode measured", 1, 1, "mode"));
	CHECK(is_refused("mode measured\n  mod x", 2, 3, "'mod'"));
	CHECK(is_refused("mode", 1, 5, "the line ends here"));
	CHECK(is_refused("mode open", 1, 6, "'open'"));
	CHECK(is_refused("mode measured listed", 1, 6, "'measured'"));
	CHECK(is_refused("mode listed listed", 1, 13, "'listed'"));
	CHECK(is_refused("allow everything", 1, 7, "debug"));
	CHECK(is_refused("allow debug now", 1, 13, "'now'"));
	CHECK(is_refused("require", 1, 8, "dma-protection"));
	CHECK(is_refused("forbid load", 1, 8, "unload"));
	CHECK(is_refused("mode\tmeasured#x", 1, 6, "'measured#x'"));
	CHECK(is_refused("mode measured\npal \xc3\xa4", 2, 5, "0xc3"));
	CHECK(is_refused("a b c d e f g h i j k l m n o p q", 1, 33,
			 "too many words"));
}

static void wrong_numbers_are_located(void)
{
	static const char *const sizes[] = {
		"0",
		"1",
		"4095",
		"5000",
		"-4K",
		"4k",
		"4KB",
		"1T",
		"0x1000",
		"K",
		"",
		"1 G",
		"17592186044416",
		"99999999999999999999999999G",
	};
	static const char *const numbers[] = {
		"-1", "4294967296", "1x", "0x1", "", "99999999999999999999",
	};
	char text[128];

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		snprintf(text, sizeof(text), "max-memory %s", sizes[i]);
		CHECK(is_refused(text, 1, 12, "whole pages"));
	}
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		snprintf(text, sizeof(text), "\npal p min-version %s",
			 numbers[i]);
		CHECK(is_refused(text, 2, 19, "4294967295"));
	}
	CHECK(compile("mode measured\nmax-memory 17592186040320") == 0);
	CHECK(compile("mode measured\nmax-memory 16383G") == 0);
}

static void wrong_names_and_keys_are_located(void)
{
	CHECK(is_refused("authority", 1, 10, "name"));
	CHECK(is_refused("authority a", 1, 12, "public key"));
	CHECK(is_refused("authority a nowhere", 1, 13, "no such file"));
	CHECK(is_refused("authority a id 12", 1, 16, "96"));
	CHECK(is_refused("authority a id " HASH "0", 1, 16, "96"));
	CHECK(is_refused("authority a id " HASH " x", 1, 113, "end"));
	CHECK(is_refused("authority a a.pem x", 1, 19, "end"));
	CHECK(is_refused("pal 12345678901234567890123456789012", 1, 5, "31"));
	CHECK(is_refused("pal p signer", 1, 13, "name"));
	CHECK(is_refused("pal p signer a", 1, 14, "authority"));
	CHECK(is_refused("pal p measurement xyz", 1, 19, "96"));
	CHECK(is_refused("pal p colour red", 1, 7, "min-version"));
	CHECK(is_refused("pal p\ncall p q", 2, 8, "'q'"));
	CHECK(is_refused("pal p\ncall q p", 2, 6, "'q'"));
	CHECK(is_refused("pal p\ncall p", 2, 7, "name"));
	CHECK(is_refused("pal p\ncall p p p", 2, 10, "end"));
}

static void what_is_said_twice_is_located(void)
{
	CHECK(is_refused("mode listed\nmode listed", 2, 1, "line 1"));
	CHECK(is_refused("allow debug\nallow debug", 2, 1, "before"));
	CHECK(is_refused("max-memory 4K\n\nmax-memory 4K", 3, 1, "line 1"));
	CHECK(is_refused("authority a a.pem\nauthority a b.pem", 2, 11, "'a'"));
	CHECK(is_refused("authority a a.pem\nauthority b a.pem", 2, 13, "'a'"));
	CHECK(is_refused("pal p min-version 1 min-version 2", 1, 21, "once"));
	CHECK(is_refused("pal p\npal p min-version 3", 2, 5, "line 1"));
	CHECK(is_refused("pal p\ncall p p\ncall p p", 3, 1, "before"));
	CHECK(is_refused("authority a a.pem\npal p signer a\ncall p p\npal p",
			 4, 5, "before that"));
}

static void what_could_never_run_is_refused(void)
{
	CHECK(is_refused("\nmode certified", 2, 1, "authority"));
	CHECK(is_refused("mode listed", 1, 1, "pal"));
}

/* So many lines `pal`. */
static int compile_pals(int count)
{
	static char text[8192];
	int at = snprintf(text, sizeof(text), "mode measured\n");

	for (int i = 0; i < count; i++)
		at += snprintf(text + at, sizeof(text) - (size_t)at,
			       "pal x%d\n", i);
	return compile(text);
}

static void too_many_are_refused(void)
{
	static char text[4096];
	int at = snprintf(text, sizeof(text), "mode measured\n");

	CHECK(compile_pals(POLICY_RULES_MAX) == 0);
	CHECK(compile_pals(POLICY_RULES_MAX + 1) == -1);
	CHECK(error.line == POLICY_RULES_MAX + 2 && error.column == 1);
	for (int i = 0; i < POLICY_AUTHORITIES_MAX; i++)
		at += snprintf(text + at, sizeof(text) - (size_t)at,
			       "authority x%d %c.pem\n", i, 'A' + i);
	CHECK(compile(text) == 0);
	strcat(text, "authority y Z.pem");
	CHECK(is_refused(text, POLICY_AUTHORITIES_MAX + 2, 1, "at most 16"));
}

static bool warns(const char *text, unsigned int line, const char *words)
{
	return !compile(text) && warning_count == 1 &&
	       warned_lines[0] == line && strstr(warning, words);
}

static void rights_of_a_mere_name_are_warned_of(void)
{
	CHECK(warns("mode listed\n\npal p", 3, "'p' may run"));
	CHECK(warns("authority a a.pem\npal p\npal q signer a\ncall q p\n"
		    "mode measured",
		    2, "'p' may call"));
	CHECK(warns("pal p measurement " HASH "\npal p\ncall p p\n"
		    "mode measured",
		    2, "add signer"));
	CHECK(warns("mode measured\npal p max-memory 8K\nmax-memory 4K", 2,
		    "memory"));
	CHECK(compile("mode listed\npal p\npal q\npal r") == 0);
	CHECK(warning_count == 3 && warned_lines[2] == 4);
}

static void what_gives_no_right_is_not_warned_of(void)
{
	CHECK(compile("mode certified listed\nauthority a a.pem\npal p\n"
		      "call p p") == 0 &&
	      !warning_count);
	CHECK(compile("mode listed\nauthority a a.pem\npal p signer a\n"
		      "pal q measurement " HASH "\ncall p q") == 0 &&
	      !warning_count);
	CHECK(compile("mode measured\npal p min-version 3 max-memory 4K") ==
		      0 &&
	      !warning_count);
}

static const char *random_word(void)
{
	static const char *const words[] = {
		"mode",	     "measured", "certified",  "listed",
		"allow",     "debug",	 "max-memory", "64M",
		"authority", "a",	 "b",	       "a.pem",
		"b.pem",     "id",	 HASH,	       "pal",
		"p",	     "signer",	 "call",       "measurement",
		"#",	     "\n",	 "\n",	       "min-version",
		"7",	     "\x80",	 "\t",	       "x",
	};

	return words[(size_t)rand() % (sizeof(words) / sizeof(words[0]))];
}

static void random_words_compile_or_are_located(void)
{
	int good = 0;

	srand(4);
	for (int round = 0; round < 100000; round++) {
		char text[2048] = "mode measured\npal p\nauthority a a.pem\n";

		for (int i = rand() % 8; i > 0; i--) {
			strcat(text, random_word());
			strcat(text, rand() % 8 ? " " : "\n");
		}
		memset(&error, 0, sizeof(error));
		if (!compile(text))
			good++;
		else
			CHECK(error.line && error.column && *error.text);
	}
	CHECK(good > 100);
}

int main(void)
{
	RUN(flags_and_limits_arrive);
	RUN(rules_arrive);
	RUN(a_level_of_flushing_arrives);
	RUN(wrong_words_are_located);
	RUN(wrong_numbers_are_located);
	RUN(wrong_names_and_keys_are_located);
	RUN(what_is_said_twice_is_located);
	RUN(what_could_never_run_is_refused);
	RUN(too_many_are_refused);
	RUN(rights_of_a_mere_name_are_warned_of);
	RUN(what_gives_no_right_is_not_warned_of);
	RUN(random_words_compile_or_are_located);
	return TAP_END();
}
