/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/notary.h"

#include <string.h>

#include "fake_notary.h"
#include "invariants.h"
#include "test.h"

static void check_all_is_wiped(void)
{
	unsigned int i;

	for (i = 0; i < BLOCK_PAGES; i++)
		CHECK(fake_is_zero(BLOCK_SIZE + i * PAGE_SIZE));
}

/* All the way out, whatever was going on. */
static void check_unload(uint64_t flags)
{
	int64_t status = HV_EAGAIN;
	unsigned int tries;

	for (tries = 0; tries < TRIES_MAX && status == HV_EAGAIN; tries++) {
		PLAY(answering);
		status = os_call(cpu, HC_UNLOAD, flags, 0, 0);
		CHECK(invariants_hold_quickly(hv));
	}
	CHECK_EQ(status, HV_EPERM);		/* the pool has its block */
	CHECK(!notary());
	CHECK_EQ(pal_live_count(hv), 0);
	CHECK_EQ(hv->owner.free_pages, BLOCK_PAGES);
	CHECK(invariants_hold(hv));
	CHECK_EQ(fake_notary_start(cpu), HV_EPERM);
	CHECK_EQ(os_call(cpu, HC_POOL_REMOVE, BLOCK_SIZE, 0, 0), HV_OK);
	CHECK_EQ(os_call(cpu, HC_UNLOAD, flags, 0, 0), HV_OK);
}

static void fail_at_entry(unsigned int entry)
{
	unsigned int i;

	for (i = 0; i < entry; i++)
		CHECK_EQ(judge_step(handle), HV_EAGAIN);
	PLAY(failing);
	CHECK_EQ(os_call(cpu, HC_PAL_JUDGE, handle, 0, 99), HV_EDEAD);
}

static void a_notary_that_fails_is_everybody_s_end(void)
{
	unsigned int entry;

	for (entry = NOTARY_BEGIN; entry <= NOTARY_JUDGE; entry++) {
		uint64_t other, ready;

		setup_judging();
		other = make_subject();
		ready = fake_pal_make(cpu, 1);
		fail_at_entry(entry);
		CHECK_EQ(PAL_GATE_INSIDE(notary()->gate), 0);
		CHECK_EQ(judge_step(handle), HV_EDEAD);
		CHECK_EQ(judge_step(other), HV_EDEAD);
		CHECK_EQ(fake_notary_start(cpu), HV_EDEAD);
		CHECK_EQ(user_call_all(cpu, handle, 0), HV_ENOENT);
		CHECK_EQ(sight.runs, entry + 1);
		/* Who was admitted before goes on; the others can go. */
		PLAY(answering);
		entry_in_call = NOTARY_BEGIN;
		CHECK_EQ(user_call_all(cpu, ready, 0), HV_OK);
		CHECK_EQ(fake_destroy(cpu, handle), HV_OK);
		CHECK(invariants_hold(hv));
		check_unload(HC_UNLOAD_FORCE);
	}
}

static void a_subject_goes_between_two_calls_at_once(void)
{
	unsigned int entry;

	for (entry = 1; entry <= NOTARY_JUDGE; entry++) {
		judge_up_to(entry);
		CHECK_EQ(fake_destroy(cpu, handle), HV_OK);
		CHECK_EQ(sight.runs, entry);
		check_quiet();
		handle = make_subject();
		CHECK_EQ(judge(handle), HV_OK);
	}
}

/* The call must end by itself; then the subject goes. */
static void a_subject_goes_when_its_call_is_over(void)
{
	unsigned int entry;

	for (entry = NOTARY_BEGIN; entry <= NOTARY_JUDGE; entry++) {
		unsigned int i;

		judge_into(entry);
		for (i = 0; i < 3; i++) {
			PLAY(working);
			CHECK_EQ(os_call(cpu, HC_PAL_DESTROY, handle, 0, 0),
				 HV_EAGAIN);
			CHECK(subject() && hv->notary.subject == subject());
		}
		PLAY(answering);
		CHECK_EQ(os_call(cpu, HC_PAL_DESTROY, handle, 0, 0), HV_EAGAIN);
		check_nothing_is_shown();
		CHECK_EQ(sight.runs, entry + 5);
		CHECK_EQ(fake_destroy(cpu, handle), HV_OK);
		CHECK(!subject());
		CHECK_EQ(sight.runs, entry + 5);
		check_quiet();
		handle = make_subject();
		CHECK_EQ(judge(handle), HV_OK);
	}
}

static void a_subject_goes_though_its_notary_fails(void)
{
	judge_into(NOTARY_BEGIN);
	PLAY(failing);
	CHECK_EQ(os_call(cpu, HC_PAL_DESTROY, handle, 0, 0), HV_EAGAIN);
	CHECK_EQ(fake_destroy(cpu, handle), HV_OK);
	CHECK(!hv->notary.subject);
	check_unload(0);
}

/* A peer's call, on another CPU, makes the notary fail in the middle of ours. */
static void end_notary(void)
{
	in_between = NULL;
	pal_set_state(notary(), PAL_DYING);
	CHECK_EQ(os_call(hv->cpus[1], HC_PAL_DESTROY, handle, 0, 0), HV_EAGAIN);
	CHECK_EQ(pal_state(subject()), PAL_WAITING);
}

static void a_subject_stays_while_a_failed_notary_has_its_pages(void)
{
	unsigned int entry;

	for (entry = NOTARY_BEGIN; entry <= NOTARY_JUDGE; entry++) {
		judge_up_to(entry);
		in_between = end_notary;
		CHECK_EQ(judge_step(handle),
			 entry == NOTARY_JUDGE ? HV_OK : HV_EAGAIN);
		CHECK(invariants_hold(hv));
		CHECK_EQ(fake_destroy(cpu, handle), HV_OK);
		CHECK(!hv->notary.subject);
		check_unload(0);
	}
}

/* As if another CPU had begun to judge after notary_let_go(). */
static void a_subject_is_never_wiped(void)
{
	judge_into(NOTARY_MEASURE);
	CHECK_EQ(pal_destroy(hv, handle), HV_EAGAIN);
	CHECK_EQ(pal_destroy_all(hv), HV_EAGAIN);
	CHECK_EQ(pal_state(subject()), PAL_WAITING);
	CHECK_EQ(judge(handle), HV_OK);
}

static void others_go_while_the_notary_is_busy(void)
{
	uint64_t other;

	setup_judging();
	other = make_subject();
	PLAY(working);
	CHECK_EQ(os_call(cpu, HC_PAL_JUDGE, handle, 0, 0), HV_EAGAIN);
	CHECK_EQ(fake_destroy(cpu, other), HV_OK);
	CHECK_EQ(sight.runs, 1);
	CHECK_EQ(judge(handle), HV_OK);
}

static void the_notary_goes_with_a_plain_unload(void)
{
	setup_judging();
	CHECK_EQ(judge(handle), HV_OK);
	CHECK_EQ(os_call(cpu, HC_UNLOAD, 0, 0, 0), HV_EBUSY);
	CHECK_EQ(hv->phase, HV_RUNNING);
	CHECK_EQ(fake_destroy(cpu, handle), HV_OK);
	check_unload(0);
	check_all_is_wiped();
}

static void unload_is_forced_in_the_middle_of_judging(void)
{
	unsigned int entry;

	for (entry = NOTARY_BEGIN; entry <= NOTARY_JUDGE; entry++) {
		judge_into(entry);
		check_unload(HC_UNLOAD_FORCE);
		check_all_is_wiped();
	}
}

static void a_plain_unload_only_disturbs_the_judging(void)
{
	judge_into(NOTARY_BEGIN);
	PLAY(answering);
	CHECK_EQ(os_call(cpu, HC_UNLOAD, 0, 0, 0), HV_EAGAIN);
	CHECK_EQ(os_call(cpu, HC_UNLOAD, 0, 0, 0), HV_EBUSY);
	CHECK_EQ(hv->phase, HV_RUNNING);
	CHECK_EQ(judge(handle), HV_OK);
}

static void a_notary_that_is_ending_is_not_started(void)
{
	setup_judging();
	CHECK_EQ(fake_destroy(cpu, handle), HV_OK);
	CHECK_EQ(os_call(cpu, HC_UNLOAD, 0, 0, 0), HV_EAGAIN);
	CHECK_EQ(pal_state(notary()), PAL_DYING);
	CHECK(os_call(cpu, HC_NOTARY_START, 0, 0, 0) != HV_OK);
	CHECK(invariants_hold(hv));
	check_unload(0);
	check_all_is_wiped();
}

static void a_notary_half_made_can_go(void)
{
	setup_unstarted();
	expect_good_answers();
	CHECK_EQ(os_call(cpu, HC_NOTARY_START, 0, 0, 0), HV_EAGAIN);
	check_unload(0);
	check_all_is_wiped();
}

/* As at a kexec of an OS that GRUB has booted. */
static void the_next_os_has_a_notary_though_this_one_s_failed(void)
{
	int64_t status = HV_EAGAIN;

	judge_up_to(NOTARY_MEASURE);
	PLAY(failing);
	CHECK_EQ(os_call(cpu, HC_PAL_JUDGE, handle, 0, 99), HV_EDEAD);
	hv->starts_cpus = true;
	while (status == HV_EAGAIN)
		status = os_call(cpu, HC_UNLOAD,
				 HC_UNLOAD_FORCE | HC_UNLOAD_STAY, 0, 0);
	CHECK_EQ(status, HV_OK);
	CHECK_EQ(fake_notary_start(cpu), HV_OK);
	expect_good_answers();
	handle = make_subject();
	CHECK_EQ(judge_step(handle), HV_EAGAIN);
	CHECK_EQ(sight.page_count, 1);
	CHECK_EQ(judge(handle), HV_OK);
}

static void a_reset_wipes_the_notary(void)
{
	judge_into(NOTARY_BEGIN);
	pal_wipe_for_reset(cpu);
	check_all_is_wiped();
}

static bool has_root(void)
{
	static const struct hv_root none;

	return memcmp(&hv->notary.root, &none, sizeof(none)) != 0;
}

static void a_root_that_nobody_got_is_wiped(void)
{
	setup_unstarted();
	memset(&hv->notary.root, 0xa5, sizeof(hv->notary.root));
	CHECK_EQ(os_call(cpu, HC_UNLOAD, 0, 0, 0), HV_EPERM);
	CHECK(!has_root());
	setup_unstarted();
	memset(&hv->notary.root, 0xa5, sizeof(hv->notary.root));
	pal_wipe_for_reset(cpu);
	CHECK(!has_root());
}

TESTS(
	RUN(a_notary_that_fails_is_everybody_s_end);
	RUN(a_subject_goes_between_two_calls_at_once);
	RUN(a_subject_goes_when_its_call_is_over);
	RUN(a_subject_goes_though_its_notary_fails);
	RUN(a_subject_stays_while_a_failed_notary_has_its_pages);
	RUN(a_subject_is_never_wiped);
	RUN(others_go_while_the_notary_is_busy);
	RUN(the_notary_goes_with_a_plain_unload);
	RUN(unload_is_forced_in_the_middle_of_judging);
	RUN(a_plain_unload_only_disturbs_the_judging);
	RUN(a_notary_that_is_ending_is_not_started);
	RUN(a_notary_half_made_can_go);
	RUN(the_next_os_has_a_notary_though_this_one_s_failed);
	RUN(a_reset_wipes_the_notary);
	RUN(a_root_that_nobody_got_is_wiped);
)
