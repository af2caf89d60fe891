/* SPDX-License-Identifier: BSD-2-Clause */
/* The text of a policy, cut in lines and words. */
#include "policy_text.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "notary/policy.h"
#include "policy_draft.h"

int policy_refuse(struct policy_draft *draft, const struct policy_line *line,
		  const struct policy_word *word, const char *format, ...)
{
	va_list args;

	draft->error->line = line->number;
	draft->error->column = word->column;
	va_start(args, format);
	vsnprintf(draft->error->text, sizeof(draft->error->text), format, args);
	va_end(args);
	return -1;
}

const char *policy_quote(const struct policy_word *word)
{
	static char text[64];
	bool is_long = word->length > 40;

	if (!word->length)
		return "the line ends here";
	snprintf(text, sizeof(text), "'%.*s%s'",
		 is_long ? 37 : (int)word->length, word->at,
		 is_long ? "..." : "");
	return text;
}

bool policy_word_is(const struct policy_word *word, const char *text)
{
	return strlen(text) == word->length &&
	       !memcmp(word->at, text, word->length);
}

static bool is_blank(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r';
}

static bool is_printable(char byte)
{
	return byte > ' ' && byte <= '~';
}

/* Returns the offset behind the word that begins at `at`. */
static size_t word_end(const char *text, size_t size, size_t at)
{
	while (at < size && is_printable(text[at]))
		at++;
	return at;
}

static int refuse_byte(struct policy_draft *draft,
		       const struct policy_line *line, unsigned char byte,
		       size_t at)
{
	const struct policy_word word = {NULL, 1, (unsigned int)at + 1};

	return policy_refuse(draft, line, &word,
			     "byte 0x%02x: expected printable ASCII", byte);
}

static int add_word(struct policy_draft *draft, struct policy_line *line,
		    const char *at, size_t length, size_t column)
{
	struct policy_word *word = &line->words[line->count];

	*word = (struct policy_word){at, length, (unsigned int)column};
	if (line->count == POLICY_WORDS_MAX)
		return policy_refuse(draft, line, word,
				     "too many words: expected at most %d in "
				     "a line",
				     POLICY_WORDS_MAX);
	line->count++;
	return 0;
}

/* A comment begins where a word could. */
static int split(struct policy_draft *draft, const char *text, size_t size,
		 struct policy_line *line)
{
	size_t at = 0, end;

	for (;;) {
		while (at < size && is_blank(text[at]))
			at++;
		if (at == size || text[at] == '#')
			break;
		end = word_end(text, size, at);
		if (end < size && !is_blank(text[end]))
			return refuse_byte(draft, line,
					   (unsigned char)text[end], end);
		if (add_word(draft, line, text + at, end - at, at + 1))
			return -1;
		at = end;
	}
	line->words[line->count] =
		(struct policy_word){text + at, 0, (unsigned int)at + 1};
	return 0;
}

static int take_text(struct policy_draft *draft, const char *text, size_t size)
{
	struct policy_line line = {.number = 1};
	size_t at = 0;

	for (; at < size; line.number++) {
		const char *end = memchr(text + at, '\n', size - at);
		size_t length = end ? (size_t)(end - text) - at : size - at;

		line.count = 0;
		if (split(draft, text + at, length, &line))
			return -1;
		if (line.count && policy_take_line(draft, &line))
			return -1;
		at += length + (end != NULL);
	}
	return 0;
}

/* What only the whole text shows. */
static int check_whole(struct policy_draft *draft)
{
	const struct policy_word word = {NULL, 0, 1};
	struct policy_line line = {.number = draft->mode_line};

	if (!draft->mode_line) {
		line.number = 1;
		return policy_refuse(draft, &line, &word,
				     "no line 'mode': expected mode certified, "
				     "listed or measured somewhere");
	}
	if (draft->header.flags & POLICY_CERTIFIED &&
	    !draft->header.authority_count)
		return policy_refuse(draft, &line, &word,
				     "nothing could run: expected a line "
				     "'authority' for mode certified");
	if (draft->header.flags & POLICY_LISTED && !draft->header.rule_count)
		return policy_refuse(draft, &line, &word,
				     "nothing could run: expected a line 'pal' "
				     "for mode listed");
	return 0;
}

static size_t write_policy(struct policy_draft *draft, uint8_t *policy)
{
	struct policy_header *header = &draft->header;
	size_t authorities =
		header->authority_count * sizeof(draft->authorities[0]);
	size_t rules = header->rule_count * sizeof(draft->rules[0]);

	header->magic = POLICY_MAGIC;
	header->version = POLICY_VERSION;
	header->size = (uint32_t)(sizeof(*header) + authorities + rules);
	memcpy(policy, header, sizeof(*header));
	policy += sizeof(*header);
	memcpy(policy, draft->authorities, authorities);
	memcpy(policy + authorities, draft->rules, rules);
	return header->size;
}

int policy_text_compile(const char *text, size_t size,
			const struct policy_text_caller *caller,
			uint8_t policy[POLICY_SIZE_MAX], size_t *policy_size,
			struct policy_text_error *error)
{
	struct policy_draft draft = {.caller = caller, .error = error};

	_Static_assert(sizeof(draft.header) + sizeof(draft.authorities) +
				       sizeof(draft.rules) <=
			       POLICY_SIZE_MAX,
		       "the largest policy fits");
	if (take_text(&draft, text, size) || check_whole(&draft))
		return -1;
	policy_warn_of_names(&draft);
	*policy_size = write_policy(&draft, policy);
	return 0;
}
