/* SPDX-License-Identifier: BSD-2-Clause */
/* The lines of a policy: all but those about keys and PALs. */
#include "policy_draft.h"

/* `earlier` is the line that said it before; 0: none did. */
static int expect_once(struct policy_draft *draft,
		       const struct policy_line *line, unsigned int earlier)
{
	const struct policy_word *word = &line->words[0];

	if (!earlier)
		return 0;
	return policy_refuse(draft, line, word,
			     "%.*s was said in line %u: expected it once",
			     (int)word->length, word->at, earlier);
}

/* Of a line of a keyword and one word. */
static int expect_end(struct policy_draft *draft,
		      const struct policy_line *line)
{
	const struct policy_word *third = &line->words[2];

	if (line->count <= 2)
		return 0;
	return policy_refuse(draft, line, third,
			     "%s: expected the end of the line",
			     policy_quote(third));
}

/* `second` is the word behind the keyword. */
static int take_flag(struct policy_draft *draft, const struct policy_line *line,
		     const char *wanted, uint32_t flag)
{
	const struct policy_word *second = &line->words[1];

	if (!policy_word_is(second, wanted))
		return policy_refuse(draft, line, second, "%s: expected %s",
				     policy_quote(second), wanted);
	if (expect_end(draft, line))
		return -1;
	if (draft->header.flags & flag)
		return policy_refuse(draft, line, &line->words[0],
				     "said before: expected it once");
	draft->header.flags |= flag;
	return 0;
}

static int take_allow(struct policy_draft *draft,
		      const struct policy_line *line)
{
	return take_flag(draft, line, "debug", POLICY_ALLOW_DEBUG);
}

static int take_require(struct policy_draft *draft,
			const struct policy_line *line)
{
	return take_flag(draft, line, "dma-protection", POLICY_REQUIRE_IOMMU);
}

static int take_forbid(struct policy_draft *draft,
		       const struct policy_line *line)
{
	return take_flag(draft, line, "unload", POLICY_FORBID_UNLOAD);
}

static bool mode_flag(const struct policy_word *word, uint32_t *flag)
{
	if (policy_word_is(word, "measured"))
		*flag = 0;
	else if (policy_word_is(word, "certified"))
		*flag = POLICY_CERTIFIED;
	else if (policy_word_is(word, "listed"))
		*flag = POLICY_LISTED;
	else
		return false;
	return true;
}

/* "certified listed" is both; measured is neither, so it stands alone. */
static int take_mode(struct policy_draft *draft, const struct policy_line *line)
{
	const char *expected = "certified, listed, both, or measured";
	uint32_t flag;

	if (expect_once(draft, line, draft->mode_line))
		return -1;
	for (unsigned int i = 1; i < line->count || i == 1; i++) {
		const struct policy_word *word = &line->words[i];

		if (!mode_flag(word, &flag) || draft->header.flags & flag ||
		    (!flag && line->count > 2))
			return policy_refuse(draft, line, word,
					     "%s: expected %s",
					     policy_quote(word), expected);
		draft->header.flags |= flag;
	}
	draft->mode_line = line->number;
	return 0;
}

static int take_max_memory(struct policy_draft *draft,
			   const struct policy_line *line)
{
	if (expect_once(draft, line, draft->max_memory_line) ||
	    policy_read_size(draft, line, &line->words[1],
			     &draft->header.max_pages) ||
	    expect_end(draft, line))
		return -1;
	draft->max_memory_line = line->number;
	return 0;
}

static int take_flush(struct policy_draft *draft,
		      const struct policy_line *line)
{
	const struct policy_word *word = &line->words[1];

	if (expect_once(draft, line, draft->flush_line))
		return -1;
	if (policy_word_is(word, "none"))
		draft->header.flags |= POLICY_FLUSH_NONE;
	else if (policy_word_is(word, "all"))
		draft->header.flags |= POLICY_FLUSH_ALL;
	else if (!policy_word_is(word, "auto"))
		return policy_refuse(draft, line, word,
				     "%s: expected none, auto or all",
				     policy_quote(word));
	draft->flush_line = line->number;
	return expect_end(draft, line);
}

int policy_take_line(struct policy_draft *draft, const struct policy_line *line)
{
	static const struct {
		const char *keyword;
		int (*take)(struct policy_draft *draft,
			    const struct policy_line *line);
	} lines[] = {
		{"mode", take_mode},
		{"allow", take_allow},
		{"require", take_require},
		{"forbid", take_forbid},
		{"max-memory", take_max_memory},
		{"flush", take_flush},
		{"authority", policy_take_authority},
		{"pal", policy_take_pal},
		{"call", policy_take_call},
	};
	const struct policy_word *word = &line->words[0];

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (policy_word_is(word, lines[i].keyword))
			return lines[i].take(draft, line);
	return policy_refuse(draft, line, word,
			     "%s: expected mode, allow, require, forbid, "
			     "max-memory, flush, authority, pal or call",
			     policy_quote(word));
}
