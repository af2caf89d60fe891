/* SPDX-License-Identifier: BSD-2-Clause */
/* The lines of a policy about keys, PALs, and who calls whom. */
#include <stdio.h>
#include <string.h>
#include "policy_draft.h"

#define PATH_LIMIT 1024

static const struct policy_authority *
find_authority(const struct policy_draft *draft, const char name[32])
{
	for (uint32_t i = 0; i < draft->header.authority_count; i++)
		if (!memcmp(draft->authorities[i].name, name, 32))
			return &draft->authorities[i];
	return NULL;
}

static int read_key_file(struct policy_draft *draft,
			 const struct policy_line *line, uint8_t signer[48])
{
	const struct policy_word *word = &line->words[2];
	char path[PATH_LIMIT], why[240];

	if (!word->length || word->length >= sizeof(path))
		return policy_refuse(draft, line, word,
				     "%s: expected a file with a public key, "
				     "or id and a signer",
				     policy_quote(word));
	memcpy(path, word->at, word->length);
	path[word->length] = '\0';
	if (draft->caller->find_signer(draft->caller->context, path, signer,
				       why, sizeof(why)))
		return policy_refuse(draft, line, word,
				     "%s: expected a file with a public key",
				     why);
	return 0;
}

static int read_signer(struct policy_draft *draft,
		       const struct policy_line *line, uint8_t signer[48])
{
	bool is_id = line->count > 3 && policy_word_is(&line->words[2], "id");
	unsigned int count = is_id ? 4 : 3;

	if (line->count > count)
		return policy_refuse(draft, line, &line->words[count],
				     "%s: expected the end of the line",
				     policy_quote(&line->words[count]));
	return is_id ? policy_read_hash(draft, line, &line->words[3], signer)
		     : read_key_file(draft, line, signer);
}

/* authority NAME FILE, authority NAME id HEX */
int policy_take_authority(struct policy_draft *draft,
			  const struct policy_line *line)
{
	struct policy_authority authority;

	if (draft->header.authority_count == POLICY_AUTHORITIES_MAX)
		return policy_refuse(draft, line, &line->words[0],
				     "too many authorities: expected at most "
				     "%d",
				     POLICY_AUTHORITIES_MAX);
	if (policy_read_name(draft, line, &line->words[1], authority.name))
		return -1;
	if (find_authority(draft, authority.name))
		return policy_refuse(draft, line, &line->words[1],
				     "%s is an authority already: expected "
				     "another name",
				     policy_quote(&line->words[1]));
	if (read_signer(draft, line, authority.signer))
		return -1;
	for (uint32_t i = 0; i < draft->header.authority_count; i++)
		if (!memcmp(draft->authorities[i].signer, authority.signer, 48))
			return policy_refuse(draft, line, &line->words[2],
					     "this is the key of '%s': "
					     "expected another",
					     draft->authorities[i].name);
	draft->authorities[draft->header.authority_count++] = authority;
	return 0;
}

static int read_rule_signer(struct policy_draft *draft,
			    const struct policy_line *line,
			    const struct policy_word *word, uint8_t signer[48])
{
	const struct policy_authority *authority;
	char name[32];

	if (policy_read_name(draft, line, word, name))
		return -1;
	authority = find_authority(draft, name);
	if (!authority)
		return policy_refuse(draft, line, word,
				     "%s: expected an authority from above "
				     "this line",
				     policy_quote(word));
	memcpy(signer, authority->signer, 48);
	return 0;
}

enum rule_option {
	OPTION_SIGNER,
	OPTION_MEASUREMENT,
	OPTION_MIN_VERSION,
	OPTION_MAX_MEMORY,
	OPTION_COUNT
};

static int read_option(struct policy_draft *draft,
		       const struct policy_line *line, enum rule_option option,
		       const struct policy_word *value,
		       struct policy_rule *rule)
{
	switch (option) {
	case OPTION_SIGNER:
		return read_rule_signer(draft, line, value, rule->signer);
	case OPTION_MEASUREMENT:
		return policy_read_hash(draft, line, value, rule->measurement);
	case OPTION_MIN_VERSION:
		return policy_read_number(draft, line, value,
					  &rule->min_security_version);
	case OPTION_MAX_MEMORY:
		return policy_read_size(draft, line, value, &rule->max_pages);
	case OPTION_COUNT:
		break;
	}
	return -1;
}

static int read_options(struct policy_draft *draft,
			const struct policy_line *line,
			struct policy_rule *rule)
{
	static const char *const names[] = {"signer", "measurement",
					    "min-version", "max-memory"};
	bool is_given[OPTION_COUNT] = {false};

	for (unsigned int i = 2; i < line->count; i += 2) {
		const struct policy_word *word = &line->words[i];
		unsigned int option = 0;

		while (option < OPTION_COUNT &&
		       !policy_word_is(word, names[option]))
			option++;
		if (option == OPTION_COUNT || is_given[option])
			return policy_refuse(
				draft, line, word,
				"%s: expected signer, measurement, "
				"min-version or max-memory, each once",
				policy_quote(word));
		is_given[option] = true;
		if (read_option(draft, line, (enum rule_option)option, word + 1,
				rule))
			return -1;
	}
	return 0;
}

static bool is_given(const uint8_t hash[48])
{
	static const uint8_t zeros[48];

	return memcmp(hash, zeros, 48) != 0;
}

/* Does every PAL that fits `narrow` fit `wide`, too? */
static bool covers(const struct policy_rule *wide,
		   const struct policy_rule *narrow)
{
	return !memcmp(wide->name, narrow->name, sizeof(wide->name)) &&
	       (!is_given(wide->signer) ||
		!memcmp(wide->signer, narrow->signer, 48)) &&
	       (!is_given(wide->measurement) ||
		!memcmp(wide->measurement, narrow->measurement, 48));
}

/* Does some line `call` name this PAL? */
static bool is_called(const struct policy_draft *draft, const char name[32])
{
	for (uint32_t i = 0; i < draft->header.rule_count; i++)
		if (draft->rules_in_calls >> i & 1 &&
		    !memcmp(draft->rules[i].name, name, 32))
			return true;
	return false;
}

/* pal NAME [signer A] [measurement HEX] [min-version N] [max-memory SIZE] */
int policy_take_pal(struct policy_draft *draft, const struct policy_line *line)
{
	struct policy_rule rule = {.may_call = 0};
	uint32_t count = draft->header.rule_count;

	if (count == POLICY_RULES_MAX)
		return policy_refuse(draft, line, &line->words[0],
				     "too many lines 'pal': expected at most "
				     "%d",
				     POLICY_RULES_MAX);
	if (policy_read_name(draft, line, &line->words[1], rule.name) ||
	    read_options(draft, line, &rule))
		return -1;
	for (uint32_t i = 0; i < count; i++)
		if (covers(&draft->rules[i], &rule))
			return policy_refuse(draft, line, &line->words[1],
					     "line %u fits all that this one "
					     "would: expected it further up",
					     draft->rule_lines[i]);
	if (is_called(draft, rule.name))
		return policy_refuse(draft, line, &line->words[1],
				     "a line 'call' above names %s: expected "
				     "its lines 'pal' before that",
				     policy_quote(&line->words[1]));
	draft->rules[count] = rule;
	draft->rule_lines[count] = line->number;
	draft->header.rule_count++;
	return 0;
}

/* The rules for PALs of that name, as bits. */
static int read_rules(struct policy_draft *draft,
		      const struct policy_line *line,
		      const struct policy_word *word, uint64_t *rules)
{
	uint64_t found = 0;
	char name[32];

	if (policy_read_name(draft, line, word, name))
		return -1;
	for (uint32_t i = 0; i < draft->header.rule_count; i++)
		if (!memcmp(draft->rules[i].name, name, 32))
			found |= UINT64_C(1) << i;
	if (!found)
		return policy_refuse(draft, line, word,
				     "%s: expected a PAL from above this line",
				     policy_quote(word));
	*rules = found;
	return 0;
}

/* call CALLER CALLEE */
int policy_take_call(struct policy_draft *draft, const struct policy_line *line)
{
	uint64_t callers, callees;
	bool is_new = false;

	if (read_rules(draft, line, &line->words[1], &callers) ||
	    read_rules(draft, line, &line->words[2], &callees))
		return -1;
	if (line->count > 3)
		return policy_refuse(draft, line, &line->words[3],
				     "%s: expected the end of the line",
				     policy_quote(&line->words[3]));
	for (uint32_t i = 0; i < draft->header.rule_count; i++) {
		struct policy_rule *rule = &draft->rules[i];

		if (!(callers >> i & 1) || !(callees & ~rule->may_call))
			continue;
		rule->may_call |= callees;
		is_new = true;
	}
	draft->rules_in_calls |= callers | callees;
	return is_new ? 0
		      : policy_refuse(draft, line, &line->words[0],
				      "said before: expected it once");
}

/* What rule i gives a PAL that is known by nothing but its name; or NULL. */
static const char *right_by_name(const struct policy_draft *draft, uint32_t i)
{
	const struct policy_header *header = &draft->header;
	const struct policy_rule *rule = &draft->rules[i];

	if (is_given(rule->signer) || is_given(rule->measurement) ||
	    header->flags & POLICY_CERTIFIED)
		return NULL;
	if (header->flags & POLICY_LISTED)
		return "may run";
	if (draft->rules_in_calls >> i & 1)
		return "may call, or be called for it, as lines 'call' say";
	return rule->max_pages && header->max_pages &&
			       rule->max_pages > header->max_pages
		       ? "may have that much memory"
		       : NULL;
}

void policy_warn_of_names(const struct policy_draft *draft)
{
	char text[256];

	for (uint32_t i = 0;
	     draft->caller->warn && i < draft->header.rule_count; i++) {
		const char *right = right_by_name(draft, i);

		if (!right)
			continue;
		snprintf(text, sizeof(text),
			 "anybody's PAL that is named '%s' %s: add signer "
			 "AUTHORITY or measurement HASH",
			 draft->rules[i].name, right);
		draft->caller->warn(draft->caller->context,
				    draft->rule_lines[i], text);
	}
}
