/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/pal_peer.h"

#include <string.h>

#include "fake_peer.h"
#include "invariants.h"
#include "test.h"

static void call_first(struct vcpu *vcpu)
{
	call(vcpu, names[0]);
}

static void call_nobody(struct vcpu *vcpu)
{
	call(vcpu, "nobody");
}

/* A call that fails before the peer runs: the caller goes on at once. */
static void check_fails(int64_t error)
{
	GO_OVER(CALLS, RETURNS);
	CHECK_EQ(visit_count, 2);
	check_answer(1, 0, error, 0x99);
}

/* ---- Calling ------------------------------------------------------------- */

static void a_peer_begins_as_the_image_format_says(void)
{
	const struct guest_regs wanted = {
		.rip = PAL_IMAGE_BASE + 0x10,
		.rsp = PAL_STACK_TOP(1),	/* the last thread first */
		.rflags = RFLAGS_FIXED | RFLAGS_IF,
		.rdi = ENTRY,
		.rsi = 1,
		.rdx = 16,
		.rcx = 32,
		.r8 = PAGE_SIZE,
		.r9 = 1,
	};

	setup_peers();
	GO_OVER(CALLS, RETURNS, RETURNS);
	CHECK(visits[1].pal == pal(1));
	CHECK(!memcmp(&visits[1].regs, &wanted, sizeof(wanted)));
	CHECK_EQ(visits[1].fpu, 0);
	check_answer(2, 0, HV_OK, 4);
	CHECK_EQ(visits[0].regs.r9, 0); /* called by an application */
	CHECK_EQ(cpu->stats.count[HV_COUNT_PAL_CALL], 2);
	CHECK_EQ(pal(1)->threads[1]->call_count, 1);
}

static void input_output_and_caller_are_handed_over(void)
{
	const uint64_t size = PAGE_SIZE + 300;
	uint64_t i;

	setup_peers();
	request.in = DATA + PAGE_SIZE - 100;
	request.in_size = 300;
	request.out = DATA + 2 * PAGE_SIZE - 50;
	request.out_capacity = 2 * PAGE_SIZE;
	result = size;
	for (i = 0; i < DATA_SIZE; i++)
		*byte(pal(0), DATA + i) = (uint8_t)(i * 7);
	CHECK(!GO(CALLS, STOPS));
	for (i = 0; i < 300; i++)
		CHECK_EQ(*byte(pal(1), PAL_PEER_BASE + ARG_SIZE + i),
			 (uint8_t)((PAGE_SIZE - 100 + i) * 7));
	CHECK_EQ(*byte(pal(1), PAL_PEER_BASE + ARG_SIZE + 300), 0);
	CHECK(!memcmp(byte(pal(1), PAL_CALLER_BASE + PAGE_SIZE),
		      pal(0)->identity, sizeof(struct pal_identity)));
	CHECK_EQ(*byte(pal(1), PAL_CALLER_BASE), 0);	/* thread 0's */
	GO_OVER(RETURNS, RETURNS);
	check_answer(1, 0, HV_OK, size);
	for (i = 0; i < size; i++)
		CHECK_EQ(*byte(pal(0), request.out + i), 0x91);
	CHECK_EQ(*byte(pal(0), request.out - 1),
		 (uint8_t)((2 * PAGE_SIZE - 51) * 7));
	CHECK_EQ(*byte(pal(0), request.out + size),
		 (uint8_t)((2 * PAGE_SIZE - 50 + size) * 7));
}

static void calls_go_through_as_many_pals_as_a_chain_holds(void)
{
	unsigned int i;

	setup_peers();
	GO_OVER(CALLS, CALLS, CALLS, CALLS, RETURNS, RETURNS, RETURNS, RETURNS,
		RETURNS);
	CHECK_EQ(PAL_CHAIN_MAX, 4);
	for (i = 0; i <= PAL_CHAIN_MAX; i++) {
		CHECK(visits[i].pal == pal(i));
		CHECK_EQ(visits[i].fpu, 0);
	}
	for (i = 0; i < PAL_CHAIN_MAX; i++)
		check_answer(2 * PAL_CHAIN_MAX - i, i, HV_OK, 4);
}

static void a_caller_may_call_again_and_again(void)
{
	setup_peers();
	GO_OVER(CALLS, RETURNS, CALLS, CALLS, RETURNS, RETURNS, CALLS, RETURNS,
		RETURNS);
	check_answer(2, 0, HV_OK, 4);
	check_answer(6, 0, HV_OK, 4);
	check_answer(8, 0, HV_OK, 4);
}

/* It hangs if it takes the lock, and run.sh ends it. */
static void a_call_needs_no_lock(void)
{
	setup_peers();
	spin_lock(&hv->lock);
	GO_OVER(CALLS, CALLS, RETURNS, RETURNS, RETURNS);
	CHECK(!GO(CALLS, STOPS));
	GO_OVER(RETURNS, RETURNS);
	spin_unlock(&hv->lock);
}

/* ---- Refusals ------------------------------------------------------------ */

static void the_policy_says_who_may_call_whom(void)
{
	setup_peers();
	pal(0)->may_call = ~UINT64_C(2);
	check_fails(HV_EPERM);
	pal(0)->may_call = 2;
	pal(1)->rule = NOTARY_NO_RULE;
	check_fails(HV_EPERM);
	pal(0)->may_call = UINT64_MAX;
	pal(1)->rule = POLICY_RULES_MAX;
	check_fails(HV_EPERM);
	pal(1)->rule = POLICY_RULES_MAX - 1;
	GO_OVER(CALLS, RETURNS, RETURNS);
	check_answer(2, 0, HV_OK, 4);
}

static void only_pals_that_take_calls_are_found(void)
{
	setup_peers();
	GO_OVER(CALLED(call_nobody), RETURNS);
	check_answer(1, 0, HV_ENOENT, 0x99);
	pal_set_state(pal(1), PAL_WAITING);
	check_fails(HV_ENOENT);
	pal_set_state(pal(1), PAL_READY);
	CHECK_EQ(fake_destroy(cpu, handles[1]), HV_OK);
	check_fails(HV_ENOENT);
	handles[1] = make(names[1], 0);
	rule(handles[1], 1);
	check_fails(HV_ENOENT);
}

static void a_pal_without_a_free_thread_is_busy(void)
{
	uint64_t twin;
	unsigned int i;

	setup_peers();
	for (i = 0; i < 2; i++)
		pal(1)->threads[i]->state =
			i ? THREAD_INTERRUPTED : THREAD_RUNNING;
	CHECK(GO(CALLS, RETURNS));
	check_answer(1, 0, HV_EBUSY, 0x99);
	/* Another of the same name may do. */
	twin = make(names[1], PAL_FLAG_PEER);
	rule(twin, 1);
	CHECK(GO(CALLS, RETURNS, RETURNS));
	CHECK(visits[1].pal == pal_find(hv, twin));
	check_answer(2, 0, HV_OK, 4);
	pal(1)->threads[0]->state = THREAD_IDLE;
	CHECK(GO(CALLS, RETURNS, RETURNS));
	CHECK(visits[1].pal == pal(1));
	CHECK_EQ(visits[1].regs.rsi, 0);
	CHECK_EQ(pal(1)->threads[1]->state, THREAD_INTERRUPTED);
}

static void nobody_waits_for_itself(void)
{
	setup_peers();
	GO_OVER(CALLED(call_first), RETURNS);
	check_answer(1, 0, HV_ELOOP, 0x99);
	GO_OVER(CALLS, CALLED(call_first), RETURNS, RETURNS);
	check_answer(2, 1, HV_ELOOP, 0x99);
	check_answer(3, 0, HV_OK, 4);
}

static void a_chain_has_an_end(void)
{
	setup_peers();
	GO_OVER(CALLS, CALLS, CALLS, CALLS, CALLS, RETURNS, RETURNS, RETURNS,
		RETURNS, RETURNS);
	check_answer(5, 4, HV_ELOOP, 0x99);
	check_answer(9, 0, HV_OK, 4);
}

/* Where a caller has nothing that it could show. */
static const uint64_t not_its_own[] = {
	0,
	PAL_IMAGE_BASE - 1,
	PAL_IMAGE_BASE + 4 * PAGE_SIZE,
	DATA + DATA_SIZE - 1,		/* straddles its end */
	DATA + DATA_SIZE,
	PAL_STACK_TOP(0) - 1,
	PAL_STACK_TOP(2) - 8,
	PAL_WINDOW_BASE,
	PAL_WINDOW_BASE - 1,
	PAL_WINDOW_BASE + PAGE_SIZE - 8,
	PAL_IDENTITY_BASE - 1,
	PAL_PEER_BASE + 2 * ARG_SIZE - 1,
	PAL_SPACE_END - 1,
	PAL_SPACE_END,			/* its guest tables */
	PAL_SPACE_END + 8,
	DATA + (UINT64_C(1) << 32),
	DATA + (UINT64_C(1) << 48),
	UINT64_C(1) << 63,
	UINT64_MAX - 8,
	UINT64_MAX,
};

static void a_request_is_in_the_caller_s_own_memory(void)
{
	unsigned int i;

	setup_peers();
	for (i = 0; i < COUNT_OF(not_its_own); i++) {
		request_at = not_its_own[i];
		if (request_at < PAL_SPACE_END)
			check_fails(HV_EINVAL);
	}
	for (request_at = DATA + PAGE_SIZE - sizeof(request);
	     request_at <= DATA + PAGE_SIZE; request_at += 4) {
		GO_OVER(CALLS, RETURNS, RETURNS);
		check_answer(2, 0, HV_OK, 4);
	}
	request_at = CONSTANTS;			/* to read is enough */
	GO_OVER(CALLS, RETURNS, RETURNS);
}

static void call_at_high_address(struct vcpu *vcpu)
{
	uint64_t at = request_at;

	request_at = DATA;			/* what could be mistaken */
	call_next(vcpu);
	request_at = at;
	vcpu->regs->rdi = at;
}

static void nothing_above_the_space_is_a_request(void)
{
	unsigned int i;

	setup_peers();
	for (i = 0; i < COUNT_OF(not_its_own); i++) {
		request_at = not_its_own[i];
		GO_OVER(CALLED(call_at_high_address), RETURNS);
		check_answer(1, 0, HV_EINVAL, 0x99);
	}
}

static void input_is_the_caller_s_own_memory(void)
{
	static const uint64_t own[] = {
		DATA, DATA + PAGE_SIZE - 3, CONSTANTS, PAL_IMAGE_BASE,
		PAL_STACK_TOP(0) - 16, PAL_PEER_BASE, PAL_IDENTITY_BASE,
	};
	unsigned int i;

	setup_peers();
	for (i = 0; i < COUNT_OF(not_its_own); i++) {
		request.in = not_its_own[i];
		check_fails(HV_EINVAL);
	}
	for (i = 0; i < COUNT_OF(own); i++) {
		request.in = own[i];
		GO_OVER(CALLS, RETURNS, RETURNS);
		check_answer(2, 0, HV_OK, 4);
	}
	request.in = 0;
	request.in_size = 0;	/* then it does not matter */
	GO_OVER(CALLS, RETURNS, RETURNS);
	check_answer(2, 0, HV_OK, 4);
}

static void output_goes_to_the_caller_s_own_memory(void)
{
	static const uint64_t read_only[] = {
		CONSTANTS, CONSTANTS + PAGE_SIZE - 1, PAL_IMAGE_BASE,
		PAL_IDENTITY_BASE, PAL_CALLER_BASE, PAL_CALLER_BASE + 2,
	};
	unsigned int i;

	setup_peers();
	for (i = 0; i < COUNT_OF(not_its_own) + COUNT_OF(read_only); i++) {
		request.out = i < COUNT_OF(not_its_own) ? not_its_own[i] :
				read_only[i - COUNT_OF(not_its_own)];
		GO_OVER(CALLS, RETURNS, RETURNS);
		check_answer(2, 0, HV_EINVAL, 0);
	}
	CHECK(fake_is_zero(OS_WINDOW(0)));	/* the window's page */
	CHECK_EQ(*byte(pal(0), CONSTANTS), 0x13);
	CHECK_EQ(*byte(pal(0), PAL_IDENTITY_BASE), 0xd0);
}

static void sizes_are_bounded(void)
{
	static const struct {
		uint64_t in_size, out_capacity;
		int64_t error;
	} rows[] = {
		{ ARG_SIZE, 0, HV_OK },
		{ 0, PAL_PEER_SIZE_MAX, HV_OK },
		{ ARG_SIZE + 1, 0, HV_EINVAL },
		{ PAL_PEER_SIZE_MAX, 0, HV_EINVAL },
		{ UINT64_C(1) << 32, 0, HV_EINVAL },
		{ UINT64_C(1) << 63, 0, HV_EINVAL },
		{ UINT64_MAX, 0, HV_EINVAL },
		{ 0, PAL_PEER_SIZE_MAX + 1, HV_EINVAL },
		{ 0, UINT64_C(1) << 63, HV_EINVAL },
		{ 0, UINT64_MAX, HV_EINVAL },
	};
	unsigned int i;

	setup_peers();
	result = 0;
	for (i = 0; i < COUNT_OF(rows); i++) {
		request.in_size = rows[i].in_size;
		request.out_capacity = rows[i].out_capacity;
		if (rows[i].error) {
			check_fails(rows[i].error);
			continue;
		}
		GO_OVER(CALLS, RETURNS, RETURNS);
		check_answer(2, 0, HV_OK, 0);
	}
}

static void results_are_bounded(void)
{
	static const struct {
		uint64_t result, out_capacity;
		int64_t error;
	} rows[] = {
		{ 0, 0, HV_OK },
		{ 32, 32, HV_OK },
		{ ARG_SIZE, ARG_SIZE, HV_OK },
		{ (uint64_t)-1, 32, HV_OK },	/* the peer's own errors */
		{ (uint64_t)INT64_MIN, 32, HV_OK },
		{ 33, 32, HV_EINVAL },
		{ 1, 0, HV_EINVAL },
		{ ARG_SIZE + 1, PAL_PEER_SIZE_MAX, HV_EINVAL },
		{ INT64_MAX, PAL_PEER_SIZE_MAX, HV_EINVAL },
	};
	unsigned int i;

	setup_peers();
	for (i = 0; i < COUNT_OF(rows); i++) {
		result = rows[i].result;
		request.out_capacity = rows[i].out_capacity;
		GO_OVER(CALLS, RETURNS, RETURNS);
		check_answer(2, 0, rows[i].error,
			     rows[i].error ? 0 : rows[i].result);
	}
}

TESTS(
	RUN(a_peer_begins_as_the_image_format_says);
	RUN(input_output_and_caller_are_handed_over);
	RUN(calls_go_through_as_many_pals_as_a_chain_holds);
	RUN(a_caller_may_call_again_and_again);
	RUN(a_call_needs_no_lock);
	RUN(the_policy_says_who_may_call_whom);
	RUN(only_pals_that_take_calls_are_found);
	RUN(a_pal_without_a_free_thread_is_busy);
	RUN(nobody_waits_for_itself);
	RUN(a_chain_has_an_end);
	RUN(a_request_is_in_the_caller_s_own_memory);
	RUN(nothing_above_the_space_is_a_request);
	RUN(input_is_the_caller_s_own_memory);
	RUN(output_goes_to_the_caller_s_own_memory);
	RUN(sizes_are_bounded);
	RUN(results_are_bounded);
)
