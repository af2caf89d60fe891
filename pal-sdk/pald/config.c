/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A line is words between blanks.  Each keyword has a function that gets the
 * line; the first complaint ends it.
 */
#include "pald/config.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define WORD_LIMIT 8

struct word {
	const char *text; /* not ended by a zero */
	size_t size;
};

struct draft {
	struct config config;
	const struct config_names *names;
	struct config_error *error;
	unsigned int line;
	const char *start; /* of the line */
	struct word words[WORD_LIMIT];
	size_t count;
	unsigned int limits_seen; /* bit i: limits[i] */
};

/* Complain about word i, or about what is missing after the last. */
__attribute__((format(printf, 3, 4))) static int
complain(struct draft *draft, size_t i, const char *format, ...)
{
	const char *at = draft->start;
	va_list args;

	if (i < draft->count)
		at = draft->words[i].text;
	else if (draft->count)
		at = draft->words[draft->count - 1].text +
		     draft->words[draft->count - 1].size;
	draft->error->line = draft->line;
	draft->error->column = (unsigned int)(at - draft->start) + 1;
	va_start(args, format);
	vsnprintf(draft->error->text, sizeof(draft->error->text), format, args);
	va_end(args);
	return -1;
}

static bool word_is(const struct draft *draft, size_t i, const char *text)
{
	return i < draft->count && draft->words[i].size == strlen(text) &&
	       !memcmp(draft->words[i].text, text, draft->words[i].size);
}

/* Copy a word that fits; else false. */
static bool word_copy(const struct draft *draft, size_t i, char *to,
		      size_t room)
{
	const struct word *word = &draft->words[i];

	if (word->size >= room)
		return false;
	memcpy(to, word->text, word->size);
	to[word->size] = '\0';
	return true;
}

/* A decimal number at the word's beginning; what follows it is *suffix. */
static bool word_number(const struct draft *draft, size_t i, uint64_t *number,
			struct word *suffix)
{
	const struct word *word = &draft->words[i];
	size_t digits = 0;

	*number = 0;
	while (digits < word->size && word->text[digits] >= '0' &&
	       word->text[digits] <= '9') {
		if (digits == 12)
			return false;
		*number = *number * 10 +
			  (uint64_t)(word->text[digits++] - '0');
	}
	suffix->text = word->text + digits;
	suffix->size = word->size - digits;
	return digits > 0;
}

/* ---- Keywords ------------------------------------------------------------ */

static int read_directory(struct draft *draft)
{
	struct config *config = &draft->config;

	if (draft->count != 2)
		return complain(draft, 2, "one path is wanted");
	if (config->directory_count == CONFIG_DIRECTORY_MAX)
		return complain(draft, 0, "more than %d directories",
				CONFIG_DIRECTORY_MAX);
	if (draft->words[1].text[0] != '/')
		return complain(draft, 1, "the path must begin with /");
	if (!word_copy(draft, 1, config->directories[config->directory_count],
		       CONFIG_PATH_MAX))
		return complain(draft, 1, "the path is longer than %d bytes",
				CONFIG_PATH_MAX - 1);
	config->directory_count++;
	return 0;
}

static int read_block(struct draft *draft, size_t i, struct config_rule *rule)
{
	const char *wrong;

	if (i >= draft->count || !word_is(draft, i, "block"))
		return complain(draft, i, "the word 'block' is wanted");
	if (draft->count != i + 2)
		return complain(draft, i + (draft->count > i + 2 ? 2 : 1),
				"one name of a block, or *, is wanted");
	if (word_is(draft, i + 1, "*")) {
		rule->block[0] = '\0';
		return 0;
	}
	if (!word_copy(draft, i + 1, rule->block, sizeof(rule->block)))
		return complain(draft, i + 1, "the name is too long");
	wrong = wire_judge_name(rule->block);
	return wrong ? complain(draft, i + 1, "%s", wrong) : 0;
}

static int read_who(struct draft *draft, struct config_rule *rule)
{
	struct word rest;
	char name[64];
	uint64_t number;

	if (draft->count < 3 || !word_copy(draft, 2, name, sizeof(name)))
		return complain(draft, 2, "a name or number is wanted");
	if (word_number(draft, 2, &number, &rest) && !rest.size) {
		if (number >= UINT32_MAX)
			return complain(draft, 2, "no such number");
		rule->id = (uint32_t)number;
		return 0;
	}
	if (!draft->names->find(draft->names->context, rule->who, name,
				&rule->id))
		rule->id = UINT32_MAX;
	return 0;
}

static int read_allow(struct draft *draft)
{
	struct config *config = &draft->config;
	struct config_rule *rule = &config->rules[config->rule_count];
	size_t block = 3;

	if (config->rule_count == CONFIG_RULE_MAX)
		return complain(draft, 0, "more than %d lines 'allow'",
				CONFIG_RULE_MAX);
	if (word_is(draft, 1, "everyone")) {
		rule->who = CONFIG_EVERYONE;
		block = 2;
	} else if (word_is(draft, 1, "user")) {
		rule->who = CONFIG_USER;
	} else if (word_is(draft, 1, "group")) {
		rule->who = CONFIG_GROUP;
	} else {
		return complain(draft, 1,
				"'user', 'group' or 'everyone' is wanted");
	}
	if (block == 3 && read_who(draft, rule))
		return -1;
	if (read_block(draft, block, rule))
		return -1;
	config->rule_count++;
	return 0;
}

struct unit {
	const char *suffix;
	uint64_t factor;
};

static const struct unit no_units[] = {{"", 1}, {NULL, 0}};
static const struct unit memory_units[] = {
	{"", 1},	{"K", 1 << 10}, {"M", 1 << 20},
	{"G", 1 << 30}, {NULL, 0},
};
static const struct unit time_units[] = {
	{"ms", 1}, {"s", 1000}, {"m", 60000}, {NULL, 0},
};

static const struct limit {
	const char *name;
	size_t offset;
	const struct unit *units;
	uint64_t most;
	const char *wanted;
} limits[] = {
	{"memory", offsetof(struct config, memory), memory_units,
	 UINT64_C(1) << 40, "bytes are wanted, like 64M"},
	{"time", offsetof(struct config, milliseconds), time_units, 86400000,
	 "a time is wanted, like 10s or 500ms, up to a day"},
	{"pals", offsetof(struct config, pal_count), no_units, 4096,
	 "a number from 1 to 4096 is wanted"},
	{"connections", offsetof(struct config, connection_count), no_units,
	 65536, "a number from 1 to 65536 is wanted"},
	{"total-connections", offsetof(struct config, total_connection_count),
	 no_units, 65536, "a number from 1 to 65536 is wanted"},
};

#define LIMIT_COUNT (sizeof(limits) / sizeof(limits[0]))

static int read_value(struct draft *draft, const struct limit *limit)
{
	const struct unit *unit = limit->units;
	struct word suffix;
	uint64_t number;

	if (draft->count != 3 || !word_number(draft, 2, &number, &suffix))
		return complain(draft, draft->count > 3 ? 3 : 2, "%s",
				limit->wanted);
	while (unit->suffix && (suffix.size != strlen(unit->suffix) ||
				memcmp(suffix.text, unit->suffix, suffix.size)))
		unit++;
	if (!unit->suffix || !number || number > limit->most / unit->factor)
		return complain(draft, 2, "%s", limit->wanted);
	number *= unit->factor;
	memcpy((char *)&draft->config + limit->offset, &number, sizeof(number));
	return 0;
}

static int read_limit(struct draft *draft)
{
	for (size_t i = 0; i < LIMIT_COUNT; i++) {
		if (!word_is(draft, 1, limits[i].name))
			continue;
		if (draft->limits_seen & 1U << i)
			return complain(draft, 1, "this limit is said twice");
		draft->limits_seen |= 1U << i;
		return read_value(draft, &limits[i]);
	}
	return complain(draft, 1,
			"'memory', 'time', 'pals', 'connections' or "
			"'total-connections' is wanted");
}

/* ---- Lines --------------------------------------------------------------- */

static int read_words(struct draft *draft, const char *text, size_t size)
{
	size_t i = 0;

	draft->start = text;
	draft->count = 0;
	for (;;) {
		struct word *word = &draft->words[draft->count];

		while (i < size && (text[i] == ' ' || text[i] == '\t'))
			i++;
		if (i == size || text[i] == '#')
			return 0;
		if (draft->count == WORD_LIMIT)
			return complain(draft, WORD_LIMIT, "too many words");
		word->text = text + i;
		while (i < size && text[i] > ' ' && text[i] <= '~')
			i++;
		word->size = (size_t)(text + i - word->text);
		draft->count++;
		if (i < size && text[i] != ' ' && text[i] != '\t')
			return complain(draft, draft->count,
					"a byte that is not printable ASCII");
	}
}

static int read_line(struct draft *draft, const char *text, size_t size)
{
	if (read_words(draft, text, size))
		return -1;
	if (!draft->count)
		return 0;
	if (word_is(draft, 0, "directory"))
		return read_directory(draft);
	if (word_is(draft, 0, "allow"))
		return read_allow(draft);
	if (word_is(draft, 0, "limit"))
		return read_limit(draft);
	return complain(draft, 0,
			"'directory', 'allow' or 'limit' is wanted here");
}

int config_read(const char *text, size_t size, const struct config_names *names,
		struct config *config, struct config_error *error)
{
	struct draft draft = {
		.config = {
			.memory = 64 << 20,
			.milliseconds = 10000,
			.pal_count = 8,
			.connection_count = 64,
			.total_connection_count = 1024,
		},
		.names = names,
		.error = error,
		.line = 1,
		.start = text,
	};

	if (size > CONFIG_SIZE_MAX)
		return complain(&draft, 0, "the file is larger than 64 KiB");
	for (; size; draft.line++) {
		const char *end = memchr(text, '\n', size);
		size_t length = end ? (size_t)(end - text) : size;

		if (read_line(&draft, text, length))
			return -1;
		text += end ? length + 1 : length;
		size -= end ? length + 1 : length;
	}
	*config = draft.config;
	return 0;
}

/* ---- Questions ----------------------------------------------------------- */

static bool is_meant(const struct config_rule *rule,
		     const struct config_peer *peer)
{
	if (rule->who == CONFIG_EVERYONE)
		return true;
	if (rule->id == UINT32_MAX)
		return false;
	if (rule->who == CONFIG_USER)
		return rule->id == peer->user;
	for (size_t i = 0; i < peer->group_count; i++)
		if (peer->groups[i] == rule->id)
			return true;
	return rule->id == peer->group;
}

bool config_knows(const struct config *config, const struct config_peer *peer)
{
	for (size_t i = 0; i < config->rule_count; i++)
		if (is_meant(&config->rules[i], peer))
			return true;
	return false;
}

bool config_allows(const struct config *config, const struct config_peer *peer,
		   const char *block)
{
	for (size_t i = 0; i < config->rule_count; i++) {
		const struct config_rule *rule = &config->rules[i];

		if (is_meant(rule, peer) &&
		    (!rule->block[0] || !strcmp(rule->block, block)))
			return true;
	}
	return false;
}
