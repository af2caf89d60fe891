/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A hostile OS with hostile PALs, from fixed seeds: after each step the
 * invariants hold, no answer is unknown, and what PALs had never shows up in
 * the OS's memory.
 */
#include "fake_hostile.h"
#include "history.h"
#include "invariants.h"
#include "test.h"

#define STEPS		20000u
#define MACHINES	16u
#define SLOW_CHECK	500u

static uint64_t seed;

static uint64_t pick(uint64_t count)
{
	uint64_t number = fake_random(&seed);

	return count ? number % count : number;
}

static void random_hypercalls_break_nothing(void)
{
	struct hv *hv = NULL;
	unsigned int i;

	hostile_pick = pick;
	for (i = 0; i < STEPS && test_is_good; i++) {
		if (i % (STEPS / MACHINES) == 0) {
			seed = i / (STEPS / MACHINES);
			hv = hostile_machine(17 * seed);
			history_begin(hv);
		}
		hostile_step();
		CHECK(history_is_good(hv));
		CHECK(i % SLOW_CHECK ?
		      invariants_hold_quickly(hv) :
		      invariants_hold(hv) && hostile_secret_is_kept());
		if (!test_is_good)
			printf("# at step %u\n", i);
	}
}

/* If an answer never comes, the arguments are not near enough. */
static void every_answer_was_reached(void)
{
	static const int wanted[] = {
		HV_OK, HV_EINVAL, HV_ENOSYS, HV_ENOMEM, HV_EPERM, HV_EBUSY,
		HV_EAGAIN, HV_EFAULT, HV_EDEAD, HV_ENOENT, HV_EIMAGE,
	};
	unsigned int i;

	for (i = 0; i < COUNT_OF(wanted); i++) {
		CHECK(hostile_answers[-wanted[i]] > 0);
		if (!hostile_answers[-wanted[i]])
			printf("# answer %d\n", wanted[i]);
	}
}

TESTS(
	RUN(random_hypercalls_break_nothing);
	RUN(every_answer_was_reached);
)
