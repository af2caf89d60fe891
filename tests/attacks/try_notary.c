/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Goes at the notary: gives it another policy, names it by its handle, changes
 * or takes away a PAL while it is judged.
 */
#include <pal_host.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include "../system/case.h"
#include "abi/hypercall.h"
#include "abi/notary.h"
#include "abi/policy.h"
#include "common_pal.h"

#define RACES 300

static void a_running_hypervisor_takes_no_policy(void)
{
	struct hostile_pal evil;
	struct policy_header *policy;

	if (!hostile_pal_prepare(&evil))
		return;
	hostile_pal_list(&evil, HOSTILE_LIST)[0] =
		hostile_pal_page(&evil, HOSTILE_LIST + 1);
	policy = (void *)hostile_pal_list(&evil, HOSTILE_LIST + 1);
	*policy = (struct policy_header){
		.magic = POLICY_MAGIC,
		.version = POLICY_VERSION,
		.size = sizeof(*policy),
		.flags = POLICY_FORBID_UNLOAD,
	};
	for (int i = 0; i < 3; i++)
		CHECK_EQ(hostile_call(HC_POLICY,
				      hostile_pal_page(&evil, HOSTILE_LIST),
				      sizeof(*policy), 0, NULL),
			 HV_EPERM);
}

static void a_notary_that_runs_is_not_started_anew(void)
{
	for (int i = 0; i < 3; i++)
		CHECK_EQ(hostile_call(HC_NOTARY_START, 0, 0, 0, NULL), HV_OK);
	CHECK_EQ(case_good_pal_works(), 0);
}

/* All slots, in the first generations: the notary's is among them. */
static void nobody_can_name_the_notary(void)
{
	static const uint64_t numbers[] = {
		HC_PAL_LOAD,  HC_PAL_WINDOW,  HC_PAL_START,
		HC_PAL_JUDGE, HC_PAL_DESTROY,
	};
	struct hostile_pal evil;

	if (!hostile_pal_prepare(&evil))
		return;
	for (uint64_t slot = 0; slot < HV_MAX_PALS; slot++) {
		CHECK_EQ(hostile_call(HC_PAL_INFO, slot, evil.block, 0, NULL),
			 HV_ENOENT);
		for (uint64_t i = 0; i < 8 * 5; i++)
			CHECK_EQ(hostile_call(numbers[i % 5],
					      (i / 5) << 32 | slot << 8,
					      evil.block, 1, NULL),
				 HV_ENOENT);
	}
	CHECK_EQ(case_good_pal_works(), 0);
}

/* Loaded and started: it waits for the notary. */
static bool make_waiting(struct hostile_pal *evil)
{
	int64_t status;

	if (hostile_pal_create(evil) || hostile_pal_load(evil)) {
		case_fail("no PAL could be made");
		return false;
	}
	do
		status = hostile_call(HC_PAL_START, evil->handle, 0, 0, NULL);
	while (status == HV_EAGAIN);
	CHECK_EQ(status, HV_OK);
	return status == HV_OK;
}

static void try_to_change(const struct hostile_pal *evil)
{
	static const uint64_t numbers[] = {
		HC_PAL_LOAD,
		HC_PAL_WINDOW,
		HC_PAL_SIGNATURE,
		HC_PAL_START,
	};
	uint64_t list = hostile_pal_page(evil, HOSTILE_LIST);

	for (unsigned int i = 0; i < 4; i++)
		CHECK_EQ(hostile_call(numbers[i], evil->handle, list, 1, NULL),
			 HV_EINVAL);
}

static void a_pal_that_is_judged_is_not_changed(void)
{
	struct hostile_pal evil;
	int64_t status;

	if (!hostile_pal_prepare(&evil) || !make_waiting(&evil))
		return;
	hostile_pal_list(&evil, HOSTILE_LIST)[0] = evil.block;
	do {
		try_to_change(&evil);
		status = hostile_call(HC_PAL_JUDGE, evil.handle, 0, 0, NULL);
	} while (status == HV_EAGAIN);
	CHECK_EQ(status, HV_OK);
	try_to_change(&evil);
	CHECK_EQ(hostile_call(HC_PAL_JUDGE, evil.handle, 0, 0, NULL), HV_OK);
	hostile_pal_destroy(&evil);
}

static void a_pal_is_not_judged_before_it_is_there(void)
{
	struct hostile_pal evil;

	if (!hostile_pal_prepare(&evil))
		return;
	REQUIRE(hostile_pal_create(&evil) == HV_OK);
	CHECK_EQ(hostile_call(HC_PAL_JUDGE, evil.handle, 0, 0, NULL),
		 HV_EINVAL);
	CHECK_EQ(hostile_pal_load(&evil), HV_OK);
	CHECK_EQ(hostile_call(HC_PAL_JUDGE, evil.handle, 0, 0, NULL),
		 HV_EINVAL);
	hostile_pal_destroy(&evil);
}

static atomic_uint_fast64_t raced_handle;
static atomic_bool is_over;

static void *judge_for_ever(void *unused)
{
	(void)unused;
	hostile_run_on(1);
	while (!is_over)
		hostile_call(HC_PAL_JUDGE, raced_handle, 0, 0, NULL);
	return NULL;
}

static void a_pal_taken_from_the_notary_is_let_go(void)
{
	struct hostile_pal evil;
	uint64_t random = 5;
	pthread_t judge;

	if (!hostile_pal_prepare(&evil))
		return;
	pthread_create(&judge, NULL, judge_for_ever, NULL);
	hostile_run_on(0);
	for (int i = 0; i < RACES && make_waiting(&evil); i++) {
		raced_handle = evil.handle;
		for (uint64_t n = case_random(&random) % 6; n > 0; n--)
			hostile_call(HC_PAL_JUDGE, evil.handle, 0, 0, NULL);
		hostile_pal_destroy(&evil);
	}
	is_over = true;
	pthread_join(judge, NULL);
	CHECK_EQ(case_good_pal_works(), 0);
}

int main(int argc, char **argv)
{
	case_begin(argc, argv);
	RUN(a_running_hypervisor_takes_no_policy);
	RUN(a_notary_that_runs_is_not_started_anew);
	RUN(nobody_can_name_the_notary);
	RUN(a_pal_that_is_judged_is_not_changed);
	RUN(a_pal_is_not_judged_before_it_is_there);
	RUN(a_pal_taken_from_the_notary_is_let_go);
	return case_end();
}
