/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entropy for the DRBG of each PAL: RDSEED where CPUID has it, else RDRAND.
 *
 * RDSEED gives full entropy.  RDRAND is itself a DRBG that the CPU reseeds
 * after at most 511 draws of 128 bits, so each word from it is folded from 256
 * draws of 64 bits: the 64 bytes that make one seed then span at least two
 * reseedings.  What comes back here is hashed by Mbed TLS's entropy pool and
 * seeds AES-256-CTR DRBG; it is never used as it is.
 *
 * A CPU that gives nothing within the retry limit, or gives signs of being
 * broken (0, all ones, or the same word twice: all three have been seen on real
 * parts that reported success), is an error.  There is no weaker fallback.
 */
#include <cpuid.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "mbedtls/build_info.h"
#include "mbedtls/entropy.h"

/* Declared by the library's private entropy_poll.h. */
int mbedtls_hardware_poll(void *data, unsigned char *output, size_t len,
			  size_t *olen);

/* RDSEED runs dry when all cores draw at once; RDRAND never should. */
#define RETRY_LIMIT 10000
#define FOLD_COUNT  256
/* For one poll: enough for the source to count, half a seed. */
#define POLL_SIZE   32

struct source {
	bool (*draw)(uint64_t *word);
	unsigned draws_per_word;
};

static bool draw_rdseed(uint64_t *word)
{
	unsigned char good;

	__asm__ volatile("rdseed %0; setc %1"
			 : "=r"(*word), "=qm"(good)
			 :
			 : "cc");
	return good;
}

static bool draw_rdrand(uint64_t *word)
{
	unsigned char good;

	__asm__ volatile("rdrand %0; setc %1"
			 : "=r"(*word), "=qm"(good)
			 :
			 : "cc");
	return good;
}

static bool source_find(struct source *source)
{
	unsigned eax, ebx, ecx, edx;

	if (__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) &&
	    (ebx & bit_RDSEED)) {
		*source = (struct source){draw_rdseed, 1};
		return true;
	}
	if (__get_cpuid(1, &eax, &ebx, &ecx, &edx) && (ecx & bit_RDRND)) {
		*source = (struct source){draw_rdrand, FOLD_COUNT};
		return true;
	}
	return false;
}

static bool draw_checked(const struct source *source, uint64_t *previous)
{
	uint64_t word;

	for (int i = 0; i < RETRY_LIMIT; i++) {
		if (source->draw(&word) && word != 0 && word != UINT64_MAX &&
		    word != *previous) {
			*previous = word;
			return true;
		}
		__builtin_ia32_pause();
	}
	return false;
}

static bool draw_word(const struct source *source, uint64_t *previous,
		      uint64_t *word)
{
	*word = 0;
	for (unsigned i = 0; i < source->draws_per_word; i++) {
		if (!draw_checked(source, previous))
			return false;
		*word ^= *previous;
	}
	return true;
}

static bool fill(const struct source *source, unsigned char *to, size_t size)
{
	uint64_t previous = 0, word = 0;
	bool good = true;

	for (size_t i = 0; good && i < size; i += sizeof(word)) {
		good = draw_word(source, &previous, &word);
		memcpy(to + i, &word, sizeof(word));
	}
	explicit_bzero(&previous, sizeof(previous));
	explicit_bzero(&word, sizeof(word));
	return good;
}

/* What MBEDTLS_ENTROPY_HARDWARE_ALT asks for. */
int mbedtls_hardware_poll(void *data, unsigned char *output, size_t len,
			  size_t *olen)
{
	struct source source;

	(void)data;
	*olen = 0;
	if (len < POLL_SIZE || !source_find(&source))
		return MBEDTLS_ERR_ENTROPY_SOURCE_FAILED;
	if (!fill(&source, output, POLL_SIZE)) {
		explicit_bzero(output, POLL_SIZE);
		return MBEDTLS_ERR_ENTROPY_SOURCE_FAILED;
	}
	*olen = POLL_SIZE;
	return 0;
}
