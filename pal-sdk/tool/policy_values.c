/* SPDX-License-Identifier: BSD-2-Clause */
/* Single words of a policy: names, numbers, sizes, hashes. */
#include <string.h>
#include "abi/pal_image.h"
#include "hex.h"
#include "notary/policy.h"
#include "policy_draft.h"

int policy_read_name(struct policy_draft *draft, const struct policy_line *line,
		     const struct policy_word *word, char name[32])
{
	char copy[32] = "";

	if (word->length < sizeof(copy))
		memcpy(copy, word->at, word->length);
	if (!policy_is_name(copy))
		return policy_refuse(draft, line, word,
				     "%s: expected a name of 1 to 31 "
				     "characters",
				     policy_quote(word));
	memcpy(name, copy, sizeof(copy));
	return 0;
}

int policy_read_hash(struct policy_draft *draft, const struct policy_line *line,
		     const struct policy_word *word, uint8_t hash[48])
{
	static const uint8_t zeros[48];

	if (!hex_read(word->at, word->length, hash, 48) ||
	    !memcmp(hash, zeros, 48))
		return policy_refuse(draft, line, word,
				     "%s: expected 96 hexadecimal digits",
				     policy_quote(word));
	return 0;
}

/* The digits at the start of the word, at most `most`. */
static bool read_digits(const struct policy_word *word, uint64_t most,
			uint64_t *number, size_t *digit_count)
{
	uint64_t value = 0;
	size_t i = 0;

	for (; i < word->length && word->at[i] >= '0' && word->at[i] <= '9';
	     i++) {
		value = value * 10 + (uint64_t)(word->at[i] - '0');
		if (value > most)
			return false;
	}
	*number = value;
	*digit_count = i;
	return i > 0;
}

int policy_read_number(struct policy_draft *draft,
		       const struct policy_line *line,
		       const struct policy_word *word, uint32_t *number)
{
	uint64_t value;
	size_t digits;

	if (!read_digits(word, UINT32_MAX, &value, &digits) ||
	    digits != word->length)
		return policy_refuse(draft, line, word,
				     "%s: expected a number from 0 to "
				     "4294967295",
				     policy_quote(word));
	*number = (uint32_t)value;
	return 0;
}

/* 0: no such unit. */
static uint64_t unit_size(const char *text, size_t length)
{
	if (length == 0)
		return 1;
	if (length > 1)
		return 0;
	switch (*text) {
	case 'K':
		return UINT64_C(1) << 10;
	case 'M':
		return UINT64_C(1) << 20;
	case 'G':
		return UINT64_C(1) << 30;
	default:
		return 0;
	}
}

int policy_read_size(struct policy_draft *draft, const struct policy_line *line,
		     const struct policy_word *word, uint32_t *pages)
{
	const uint64_t most = (uint64_t)UINT32_MAX * PAL_PAGE_SIZE;
	uint64_t value = 0, unit = 0;
	size_t digits;

	if (read_digits(word, most, &value, &digits))
		unit = unit_size(word->at + digits, word->length - digits);
	if (!unit || !value || value > most / unit ||
	    value * unit % PAL_PAGE_SIZE)
		return policy_refuse(draft, line, word,
				     "%s: expected a size in whole pages of "
				     "4K, like 256K, 64M or 1G",
				     policy_quote(word));
	*pages = (uint32_t)(value * unit / PAL_PAGE_SIZE);
	return 0;
}
