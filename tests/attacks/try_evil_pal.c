/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A PAL goes at its caller: lengths that lie, bytes past the window.  It goes
 * at the notary, by malformed requests.  And the caller goes at its PAL, by a
 * window that changes while the PAL reads it.
 */
#include <pal_host.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>
#include "../system/case.h"
#include "../system/pals/sealer.h"
#include "abi/hypercall.h"
#include "common_hostile.h"
#include "evil.h"
#include "host/hypercall.h"

#define SEALER_IMAGE "/usr/lib/palisade/tests/sealer.pal"
#define CANARY	     0xc5
#define ROUNDS	     20

static struct pal *evil;

static bool open_evil(void)
{
	if (pal_open(EVIL_IMAGE, &evil))
		case_fail("%s", pal_error_text());
	return evil;
}

static int have_returned(int64_t result, void *out, size_t capacity,
			 size_t *size)
{
	return pal_call(evil, EVIL_RETURN, &result, sizeof(result), out,
			capacity, size);
}

static void lengths_that_lie_are_an_error(void)
{
	static const int64_t lies[] = {
		33, 64, 4096, 65536, INT64_C(1) << 32, INT64_MAX, INT64_MIN,
		-INT64_C(0x7fffffff),
	};
	unsigned char out[96];
	size_t size = 7;

	REQUIRE(open_evil());
	memset(out, CANARY, sizeof(out));
	for (unsigned int i = 0; i < COUNT_OF(lies); i++) {
		CHECK(have_returned(lies[i], out, 32, &size) < 0);
		CHECK_EQ(size, 7);
		for (unsigned int at = 0; at < sizeof(out); at++)
			CHECK_EQ(out[at], CANARY);
	}
	CHECK_EQ(have_returned(32, out, 32, &size), 0); /* no lie */
	CHECK_EQ(size, 32);
	CHECK_EQ(out[32], CANARY);
	pal_close(evil);
}

/* It begins with what it may write. */
static void a_write_past_the_window_ends_the_pal(void)
{
	struct pal_fault fault;

	REQUIRE(open_evil());
	CHECK_EQ(pal_call(evil, EVIL_OVERRUN, NULL, 0, NULL, 0, NULL),
		 PAL_EFAULT);
	CHECK_EQ(*(uint64_t *)pal_window(evil), EVIL_MARK);
	REQUIRE(pal_last_fault(evil, &fault) == 0);
	CHECK_EQ(fault.kind, PAL_FAULT_MEMORY);
	CHECK_EQ(fault.detail, PAL_ACCESS_W);
	pal_close(evil);
}

static void malformed_requests_do_the_notary_no_harm(void)
{
	struct evil_answers sum = {0}, answers;
	uint32_t count = 3;
	struct pal *sealer;

	REQUIRE(open_evil());
	for (uint64_t seed = 1; seed <= ROUNDS; seed++) {
		REQUIRE(!pal_call_exact(evil, EVIL_ASK, &seed, sizeof(seed),
					&answers, sizeof(answers)));
		sum.good_count += answers.good_count;
		sum.refused_count += answers.refused_count;
		sum.wrong_count += answers.wrong_count;
		sum.unknown_count += answers.unknown_count;
	}
	case_note("%u good, %u refused", sum.good_count, sum.refused_count);
	CHECK_EQ(sum.wrong_count, 0);
	CHECK_EQ(sum.unknown_count, 0);
	CHECK(sum.good_count > 0 && sum.refused_count > 0);
	REQUIRE(!pal_open(SEALER_IMAGE, &sealer));
	CHECK_EQ(pal_call(sealer, SEALER_WORK, &count, sizeof(count), NULL, 0,
			  NULL),
		 0);
	pal_close(sealer);
	pal_close(evil);
}

/* ---- The window ---------------------------------------------------------- */

static atomic_bool is_over;

static void *change_window(void *window)
{
	volatile uint64_t *words = window;

	while (!is_over)
		for (int i = 0; i < EVIL_WORDS; i++)
			words[i]++;
	return NULL;
}

static int64_t look(enum evil_entry entry)
{
	struct hypercall_result result = hypercall_pal_call(
		pal_handle(evil), entry, EVIL_WORDS * sizeof(uint64_t), 0);

	CHECK_EQ(result.status, HV_OK);
	return (int64_t)result.rdx;
}

/* The window itself has changed: so what is compared are not its words. */
static void what_a_pal_was_given_does_not_change(void)
{
	unsigned int changed_count = 0;
	pthread_t thread;

	REQUIRE(open_evil());
	REQUIRE(!pthread_create(&thread, NULL, change_window,
				pal_window(evil)));
	for (int i = 0; i < ROUNDS || changed_count < ROUNDS; i++) {
		REQUIRE(!case_has_failed());
		changed_count += look(EVIL_PEEK) == EVIL_CHANGED;
		CHECK_EQ(look(EVIL_COMPARE), EVIL_SAME);
	}
	is_over = true;
	pthread_join(thread, NULL);
	CHECK_EQ(look(EVIL_PEEK), EVIL_SAME);
	pal_close(evil);
}

int main(int argc, char **argv)
{
	case_begin(argc, argv);
	RUN(lengths_that_lie_are_an_error);
	RUN(a_write_past_the_window_ends_the_pal);
	RUN(malformed_requests_do_the_notary_no_harm);
	RUN(what_a_pal_was_given_does_not_change);
	return case_end();
}
