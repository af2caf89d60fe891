/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Between policy_text.c (lines and words), policy_lines.c and policy_rules.c
 * (what each line means) and policy_values.c (numbers, names): a policy half
 * compiled.
 */
#ifndef TOOL_POLICY_DRAFT_H
#define TOOL_POLICY_DRAFT_H

#include <stdbool.h>
#include "policy_text.h"

#define POLICY_WORDS_MAX 16

struct policy_word {
	const char *at;
	size_t length;
	unsigned int column;
};

/* A line in words; the word behind the last is empty, at the line's end. */
struct policy_line {
	unsigned int number;
	unsigned int count;
	struct policy_word words[POLICY_WORDS_MAX + 1];
};

struct policy_draft {
	const struct policy_text_caller *caller;
	struct policy_text_error *error;
	struct policy_header header;
	struct policy_authority authorities[POLICY_AUTHORITIES_MAX];
	struct policy_rule rules[POLICY_RULES_MAX];
	unsigned int rule_lines[POLICY_RULES_MAX];
	unsigned int mode_line; /* 0: not yet */
	unsigned int max_memory_line;
	unsigned int flush_line;
	uint64_t rules_in_calls; /* bit i: a line `call` names rule i's PAL */
};

/*
 * Refuse the text because of this word of the line.  Returns -1, always, so
 * that a function can end with it.
 */
int policy_refuse(struct policy_draft *draft, const struct policy_line *line,
		  const struct policy_word *word, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* The word in quotes for messages, cut when long; static, for one at a time. */
const char *policy_quote(const struct policy_word *word);

bool policy_word_is(const struct policy_word *word, const char *text);

/* Each of these: 0, or -1 after policy_refuse(). */

/* Take one line of at least one word into the draft. */
int policy_take_line(struct policy_draft *draft,
		     const struct policy_line *line);

int policy_take_authority(struct policy_draft *draft,
			  const struct policy_line *line);
int policy_take_pal(struct policy_draft *draft, const struct policy_line *line);
int policy_take_call(struct policy_draft *draft,
		     const struct policy_line *line);

/* Tell of each line that gives rights to whatever PAL takes its name. */
void policy_warn_of_names(const struct policy_draft *draft);

/* A name for PALs and authorities: 1 to 31 characters, zero padded. */
int policy_read_name(struct policy_draft *draft, const struct policy_line *line,
		     const struct policy_word *word, char name[32]);

/* 48 bytes, not all zero, in hexadecimal. */
int policy_read_hash(struct policy_draft *draft, const struct policy_line *line,
		     const struct policy_word *word, uint8_t hash[48]);

/* A whole number from 0 to 4294967295. */
int policy_read_number(struct policy_draft *draft,
		       const struct policy_line *line,
		       const struct policy_word *word, uint32_t *number);

/* Bytes, or with K, M or G behind; in whole pages, not 0. */
int policy_read_size(struct policy_draft *draft, const struct policy_line *line,
		     const struct policy_word *word, uint32_t *pages);

#endif /* TOOL_POLICY_DRAFT_H */
