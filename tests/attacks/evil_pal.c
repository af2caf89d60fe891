/* SPDX-License-Identifier: BSD-2-Clause */
/* A PAL that is the attacker: of its caller, and of the notary. */
#include <pal.h>
#include <stdbool.h>
#include <string.h>
#include "abi/hypercall.h"
#include "abi/notary.h"
#include "abi/pal_image.h"
#include "abi/service.h"
#include "evil.h"

PAL_NAME("evil");
PAL_THREADS(EVIL_THREADS);

#define PAUSE 2000000	/* of loops: some of the OS's ticks */

static long have_changed(const volatile uint64_t *words)
{
	uint64_t before[EVIL_WORDS];
	long result = EVIL_SAME;

	for (int i = 0; i < EVIL_WORDS; i++)
		before[i] = words[i];
	for (int i = 0; i < PAUSE; i++)
		__asm__ volatile("");
	for (int i = 0; i < EVIL_WORDS; i++)
		if (words[i] != before[i])
			result = EVIL_CHANGED;
	return result;
}

static long compare(const void *in, size_t in_size, void *out, size_t out_size)
{
	(void)in_size, (void)out, (void)out_size;
	return have_changed(in);
}

static long peek(const void *in, size_t in_size, void *out, size_t out_size)
{
	(void)in, (void)in_size, (void)out, (void)out_size;
	return have_changed((const volatile uint64_t *)PAL_WINDOW_BASE);
}

static long lie(const void *in, size_t in_size, void *out, size_t out_size)
{
	int64_t result;

	(void)in_size, (void)out, (void)out_size;
	memcpy(&result, in, sizeof(result));
	__asm__ volatile("vmmcall"
			 :
			 : "a"(HC_PAL_RETURN), "D"(result)
			 : "memory");
	__builtin_unreachable();
}

static long overrun(const void *in, size_t in_size, void *out, size_t out_size)
{
	uint64_t at = PAL_WINDOW_BASE;

	(void)in, (void)in_size, (void)out, (void)out_size;
	for (;; at += sizeof(at))
		*(volatile uint64_t *)at = EVIL_MARK;
	return 0; /* never comes to this */
}

/* ---- The notary ---------------------------------------------------------- */

static uint64_t next(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1d;
}

/* Near what the notary's structures have, or up to more than it takes. */
static size_t choose_size(uint64_t *state)
{
	static const uint32_t most[] = {9, 81, 4096, NOTARY_ARG_SIZE + 2,
					PAL_PEER_SIZE_MAX + 2};

	return next(state) % most[next(state) % 5];
}

static unsigned int choose_entry(uint64_t *state)
{
	uint64_t random = next(state);

	return random % 16 ? random >> 8 & 15 : (unsigned int)(random >> 32);
}

/* Small numbers now and then, as sizes and kinds would be. */
static void fill(unsigned char *bytes, size_t size, uint64_t *state)
{
	for (size_t at = 0; at + 4 <= size; at += 4) {
		uint64_t random = next(state);
		uint32_t word = (uint32_t)(random % 3 ? random >> 8 :
							random >> 8 & 63);

		memcpy(bytes + at, &word, sizeof(word));
	}
}

static void count(struct evil_answers *answers, unsigned int entry, int status)
{
	bool is_open = entry >= NOTARY_SEAL && entry <= NOTARY_COUNTER_ADVANCE;

	answers->good_count += !status;
	answers->refused_count += status < 0;
	answers->wrong_count += !status && !is_open;
	answers->unknown_count += status > 0 ||
				  (status < NOTARY_ESERVICE &&
				   status >= PAL_ERROR_LOWEST);
}

static long ask(const void *in, size_t in_size, void *out, size_t out_size)
{
	static unsigned char request[PAL_PEER_SIZE_MAX + 2],
		answer[PAL_PEER_SIZE_MAX + 2];
	struct evil_answers answers = {0};
	uint64_t state;

	if (in_size != sizeof(state) || out_size < sizeof(answers))
		return -1;
	memcpy(&state, in, sizeof(state));
	for (int i = 0; i < EVIL_REQUESTS; i++) {
		unsigned int entry = choose_entry(&state);
		size_t size = choose_size(&state);

		fill(request, size, &state);
		count(&answers, entry,
		      pal_call_peer(NOTARY_NAME, entry, request, size, answer,
				    choose_size(&state), NULL));
	}
	memcpy(out, &answers, sizeof(answers));
	return sizeof(answers);
}

PAL_ENTRIES(compare, peek, lie, overrun, ask);
