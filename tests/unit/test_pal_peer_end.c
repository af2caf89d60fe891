/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/pal_peer.h"

#include <string.h>

#include "fake_peer.h"
#include "invariants.h"
#include "test.h"

static void the_caller_of_a_peer_that_breaks_a_rule_goes_on(void)
{
	setup_peers();
	GO_OVER(CALLS, BREAKS, RETURNS);
	check_answer(2, 0, HV_EDEAD, 0);
	CHECK_EQ(pal_state(pal(1)), PAL_DYING);
	CHECK_EQ(pal_state(pal(0)), PAL_READY);
	CHECK_EQ(cpu->stats.count[HV_COUNT_PAL_FAULT], 1);
	GO_OVER(CALLS, RETURNS);
	check_answer(1, 0, HV_ENOENT, 0x99);
	CHECK_EQ(fake_destroy(cpu, handles[1]), HV_OK);
	CHECK(invariants_hold(hv));
	handles[1] = make(names[1], PAL_FLAG_PEER);
	rule(handles[1], 1);
	GO_OVER(CALLS, RETURNS, RETURNS);
	check_answer(2, 0, HV_OK, 4);
}

static void a_fault_ends_only_who_made_it(void)
{
	setup_peers();
	GO_OVER(CALLS, CALLS, BREAKS, RETURNS, RETURNS);
	check_answer(3, 1, HV_EDEAD, 0);
	check_answer(4, 0, HV_OK, 4);
	CHECK_EQ(pal_state(pal(1)), PAL_READY);
	CHECK_EQ(pal_state(pal(2)), PAL_DYING);
	/* Who opened it and calls it finds it dead, not its own fault. */
	CHECK_EQ(user_call_all(cpu, handles[2], 0), HV_EDEAD);
}

static void a_root_that_breaks_a_rule_ends_alone(void)
{
	setup_peers();
	CHECK(!GO(CALLS, RETURNS, BREAKS));
	CHECK_EQ(pal_state(pal(0)), PAL_DYING);
	CHECK_EQ(pal_state(pal(1)), PAL_READY);
	CHECK(is_idle(1));
	CHECK_EQ(user_call_all(cpu, handles[0], 0), HV_EFAULT);
}

static void a_suspended_chain_goes_on_where_it_was(void)
{
	setup_peers();
	CHECK(!GO(CALLS, CALLS, STOPS));
	CHECK_EQ(pal(0)->threads[0]->state, THREAD_INTERRUPTED);
	CHECK_EQ(pal(1)->threads[1]->state, handles[0]);
	CHECK_EQ(pal(2)->threads[1]->state, handles[0]);
	CHECK_EQ(cpu->stats.count[HV_COUNT_PAL_INTERRUPT], 1);
	/* On another CPU, as after the scheduler moved the process. */
	hv->cpus[1]->os_regs = cpu->os_regs;
	cpu = hv->cpus[1];
	CHECK(!GO(STOPS));
	CHECK(visits[0].pal == pal(2));
	CHECK_EQ(visits[0].regs.rbx, 0xb2);
	CHECK_EQ(visits[0].fpu, 0xc2);
	GO_OVER(RETURNS, RETURNS, RETURNS);
	CHECK(visits[0].pal == pal(2));
	check_answer(1, 1, HV_OK, 4);
	check_answer(2, 0, HV_OK, 4);
}

static void only_the_root_s_caller_goes_on(void)
{
	setup_peers();
	CHECK(!GO(CALLS, STOPS));
	cpu->os_regs.rsp += 8;
	CHECK_EQ(user_call_all(cpu, handles[0], 0), HV_EBUSY);
	cpu->os_regs.rsp -= 8;
	pal(0)->threads[0]->caller_rip += 2;
	CHECK_EQ(user_call_all(cpu, handles[0], 0), HV_EBUSY);
	pal(0)->threads[0]->caller_rip -= 2;
	/* Nor does anybody get at the peer's thread directly. */
	CHECK_EQ(user_call_all(cpu, handles[1] + 1, 0), HV_EBUSY);
	CHECK(nobody_is_inside());
	GO_OVER(RETURNS, RETURNS);
	check_answer(1, 0, HV_OK, 4);
}

static void destroy(unsigned int i)
{
	CHECK_EQ(fake_destroy(cpu, handles[i]), HV_OK);
	CHECK(!pal(i));
	CHECK(invariants_hold(hv));
}

static void a_peer_may_go_while_it_is_suspended(void)
{
	setup_peers();
	CHECK(!GO(CALLS, STOPS));
	destroy(1);
	GO_OVER(RETURNS);
	check_answer(0, 0, HV_EDEAD, 0);
}

static void whoever_has_its_slot_then_is_left_alone(void)
{
	struct pal *next;

	setup_peers();
	CHECK(!GO(CALLS, STOPS));
	destroy(1);
	handles[1] = make(names[1], PAL_FLAG_PEER);
	rule(handles[1], 1);
	next = pal(1);
	CHECK_EQ(slot_of(next), 1);
	next->threads[1]->state = THREAD_INTERRUPTED;
	CHECK(GO(RETURNS));
	check_answer(0, 0, HV_EDEAD, 0);
	CHECK_EQ(next->threads[1]->state, THREAD_INTERRUPTED);
	CHECK_EQ(pal_state(next), PAL_READY);
}

static void the_last_of_a_chain_may_go(void)
{
	setup_peers();
	CHECK(!GO(CALLS, CALLS, STOPS));
	destroy(2);
	GO_OVER(RETURNS, RETURNS);
	check_answer(0, 1, HV_EDEAD, 0);
	check_answer(1, 0, HV_OK, 4);
}

static void the_middle_of_a_chain_may_go(void)
{
	setup_peers();
	CHECK(!GO(CALLS, CALLS, CALLS, STOPS));
	destroy(1);
	CHECK(!is_idle(2) && !is_idle(3));
	GO_OVER(RETURNS);
	check_answer(0, 0, HV_EDEAD, 0);
}

static void all_peers_may_go(void)
{
	setup_peers();
	CHECK(!GO(CALLS, CALLS, CALLS, STOPS));
	destroy(2);
	destroy(1);
	destroy(3);
	GO_OVER(RETURNS);
	check_answer(0, 0, HV_EDEAD, 0);
	handles[1] = make(names[1], PAL_FLAG_PEER);
	rule(handles[1], 1);
	GO_OVER(CALLS, RETURNS, RETURNS);
	check_answer(2, 0, HV_OK, 4);
}

static void a_root_that_goes_frees_its_peers(void)
{
	setup_peers();
	CHECK(!GO(CALLS, CALLS, STOPS));
	destroy(0);
	CHECK(all_are_idle());
	CHECK(nobody_is_inside());
	CHECK_EQ(user_call_all(cpu, handles[0], 0), HV_ENOENT);
}

static void a_root_that_goes_frees_what_is_left_of_its_chain(void)
{
	setup_peers();
	CHECK(!GO(CALLS, CALLS, STOPS));
	destroy(1);
	destroy(0);
	CHECK(all_are_idle());
}

static void all_may_be_unloaded_while_suspended(void)
{
	int64_t answer = HV_EAGAIN;
	unsigned int tries;

	setup_peers();
	CHECK(!GO(CALLS, CALLS, STOPS));
	for (tries = 0; tries < 1000 && answer == HV_EAGAIN; tries++)
		answer = os_call(cpu, HC_UNLOAD, HC_UNLOAD_FORCE, 0, 0);
	CHECK_EQ(answer, HV_EPERM);		/* the pool has its blocks */
	CHECK_EQ(hv->owner.free_pages, 2 * BLOCK_PAGES);
	CHECK(invariants_hold(hv));
}

/* As another CPU does it while the last of a chain runs. */
static void end_all_waiting(struct vcpu *vcpu)
{
	give_back(vcpu);
	CHECK_EQ(os_call(hv->cpus[1], HC_PAL_DESTROY, handles[0], 0, 0),
		 HV_EAGAIN);
	CHECK_EQ(os_call(hv->cpus[1], HC_PAL_DESTROY, handles[1], 0, 0),
		 HV_EAGAIN);
	CHECK(pal(0)->thread_count && pal(1)->thread_count);
}

static void who_waits_for_a_peer_is_not_wiped(void)
{
	setup_peers();
	GO_OVER(CALLS, CALLS, { { .kind = VMEXIT_HYPERCALL }, end_all_waiting },
		RETURNS, RETURNS);
	check_answer(3, 1, HV_OK, 4);
	check_answer(4, 0, HV_OK, 4);
	destroy(1);
	destroy(0);
	CHECK(all_are_idle());
}

static void end_the_root(struct vcpu *vcpu)
{
	note(vcpu);
	CHECK_EQ(os_call(hv->cpus[1], HC_PAL_DESTROY, handles[0], 0, 0),
		 HV_EAGAIN);
}

static void a_root_destroyed_during_a_call_ends_at_the_next_stop(void)
{
	setup_peers();
	CHECK(!GO(CALLS, { { .kind = VMEXIT_INTERRUPT }, end_the_root }));
	CHECK_EQ(user_call_all(cpu, handles[0], 0), HV_EDEAD);
	CHECK_EQ(cpu->os_regs.rdx, PAL_FAULT_KILLED);
	CHECK(is_idle(1));
	destroy(0);
}

TESTS(
	RUN(the_caller_of_a_peer_that_breaks_a_rule_goes_on);
	RUN(a_fault_ends_only_who_made_it);
	RUN(a_root_that_breaks_a_rule_ends_alone);
	RUN(a_suspended_chain_goes_on_where_it_was);
	RUN(only_the_root_s_caller_goes_on);
	RUN(a_peer_may_go_while_it_is_suspended);
	RUN(whoever_has_its_slot_then_is_left_alone);
	RUN(the_last_of_a_chain_may_go);
	RUN(the_middle_of_a_chain_may_go);
	RUN(all_peers_may_go);
	RUN(a_root_that_goes_frees_its_peers);
	RUN(a_root_that_goes_frees_what_is_left_of_its_chain);
	RUN(all_may_be_unloaded_while_suspended);
	RUN(who_waits_for_a_peer_is_not_wiped);
	RUN(a_root_destroyed_during_a_call_ends_at_the_next_stop);
)
