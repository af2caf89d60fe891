/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The whole core under an OS and PALs that do what the input says: hypercalls,
 * calls of PALs and other exits, of up to four CPUs.  After each step memory is
 * as core/owner.h promises: the invariants, worked out from the page tables,
 * hold, and so does the history of each block.  No step may fail an ASSERT, and
 * no secret is ever where the OS can read it.
 */
#include "fake_hostile.h"
#include "fuzz.h"
#include "history.h"
#include "invariants.h"
#include "test.h"

#define STEPS_MAX	300u

static const uint8_t *next;
static size_t left;

static uint64_t take_bytes(unsigned int count)
{
	uint64_t value = 0;

	for (; count > 0 && left > 0; count--, left--)
		value = value << 8 | *next++;
	return value;
}

/* As many bytes as the choice needs; at the input's end always the first. */
static uint64_t pick(uint64_t count)
{
	if (count == 0)
		return take_bytes(8);
	return take_bytes(count <= 256 ? 1 : 2) % count;
}

static void play(void *arg)
{
	struct hv **hv = arg;
	unsigned int i;

	*hv = hostile_machine(pick(256));
	history_begin(*hv);
	for (i = 0; i < STEPS_MAX && left > 0; i++) {
		hostile_step();
		REQUIRE(test_is_good);
		REQUIRE(history_is_good(*hv));
		REQUIRE(invariants_hold_quickly(*hv));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct hv *hv = NULL;
	enum fake_end end;

	next = bytes;
	left = size;
	hostile_pick = pick;
	test_is_good = true;
	end = fake_catch(play, &hv);
	REQUIRE(end == FAKE_RETURNED || end == FAKE_RESET || end == FAKE_LEFT);
	if (end != FAKE_RESET)
		REQUIRE(invariants_hold(hv));
	REQUIRE(hostile_secret_is_kept());
	return 0;
}
