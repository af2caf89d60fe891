/* SPDX-License-Identifier: BSD-2-Clause */
/* The notary as a peer of every PAL, and the root that it is given. */
#include "core/notary.h"

#include <string.h>

#include "fake_peer.h"
#include "invariants.h"
#include "test.h"

static struct pal *notary(void)
{
	return hv->notary.pal;
}

static void call_notary(struct vcpu *vcpu)
{
	call(vcpu, "notary");
}

/* Like give_back(), but only the notary does it. */
static void serve(struct vcpu *vcpu)
{
	uint64_t at = PAL_PEER_BASE + vcpu->regs->rsi * NOTARY_ARG_SIZE;

	CHECK(running(vcpu) == notary());
	note(vcpu);
	*byte(notary(), at) = 0x77;
	vcpu->regs->rax = HC_PAL_RETURN;
	vcpu->regs->rdi = result;
}

#define CALLS_NOTARY	CALLED(call_notary)
#define SERVES		{ { .kind = VMEXIT_HYPERCALL }, serve }

static void setup(void)
{
	setup_peers();
	CHECK_EQ(fake_notary_start(cpu), HV_OK);
	/* No policy knows this one, and it may call nobody. */
	pal(0)->rule = NOTARY_NO_RULE;
	pal(0)->may_call = 0;
}

static void every_pal_may_call_the_notary(void)
{
	const struct pal_identity *caller;
	unsigned int last = NOTARY_THREADS - 1;

	setup();
	GO_OVER(CALLS_NOTARY, SERVES, RETURNS);
	CHECK(visits[1].pal == notary());
	CHECK_EQ(visits[1].regs.rsi, last);
	CHECK_EQ(visits[1].regs.rdi, ENTRY);
	CHECK_EQ(visits[1].regs.r9, 1);
	check_answer(2, 0, HV_OK, 4);
	CHECK_EQ(*byte(pal(0), request.out), 0x77);
	caller = notary()->threads[last]->caller_identity;
	CHECK(!memcmp(caller, pal(0)->identity, sizeof(*caller)));
	/* Others it still may not call. */
	GO_OVER(CALLS, RETURNS);
	check_answer(1, 0, HV_EPERM, 0x99);
}

static void the_name_finds_only_the_hypervisors(void)
{
	uint64_t false_notary;

	setup_peers();
	false_notary = make("notary", PAL_FLAG_PEER);
	rule(false_notary, 3);
	GO_OVER(CALLS_NOTARY, RETURNS);
	check_answer(1, 0, HV_ENOENT, 0x99);
	CHECK_EQ(fake_notary_start(cpu), HV_OK);
	GO_OVER(CALLS_NOTARY, SERVES, RETURNS);
	CHECK(visits[1].pal == notary());
	/* A longer name is another's. */
	rule(make("notary2", PAL_FLAG_PEER), 4);
	CHECK_EQ(fake_destroy(cpu, false_notary), HV_OK);
}

static void thread_0_of_the_notary_is_never_a_peers(void)
{
	unsigned int i;

	setup();
	for (i = 1; i < NOTARY_THREADS; i++)
		notary()->threads[i]->state = THREAD_RUNNING;
	GO_OVER(CALLS_NOTARY, RETURNS);
	check_answer(1, 0, HV_EBUSY, 0x99);
	CHECK_EQ(notary()->threads[0]->state, THREAD_IDLE);
}

/* ---- Callers that the OS does not let go on ------------------------------ */

#define STOPPED	(NOTARY_THREADS - 1)
#define LATE	STOPPED			/* who comes then */

/* A thread of a PAL is one caller. */
static bool act(unsigned int caller, const struct fake_step *steps,
		unsigned int count)
{
	visit_count = 0;
	fake_play(steps, count);
	cpu->os_regs.rsp = 0x7000 + 16 * caller;
	return user_call(cpu, handles[caller / 2] + caller % 2, 5, &status);
}

#define ACT(caller, ...)						\
	act(caller, (const struct fake_step[]){ __VA_ARGS__ },		\
	    COUNT_OF(((const struct fake_step[]){ __VA_ARGS__ })))

/* Stopped in the notary, all of its threads for peers. */
static void setup_stopped_callers(void)
{
	unsigned int i;

	setup();
	notary()->threads[0]->state = THREAD_INTERRUPTED;	/* judging */
	for (i = 0; i < STOPPED; i++)
		CHECK(!ACT(i, CALLS_NOTARY, STOPS));
}

static void check_end(void)
{
	CHECK_EQ(notary()->threads[0]->state, THREAD_INTERRUPTED);
	CHECK(nobody_is_inside() && invariants_hold(hv));
	notary()->threads[0]->state = THREAD_IDLE;
	CHECK(all_are_idle());
}

/* The call instruction again, as it was. */
static void call_again(struct vcpu *vcpu)
{
	CHECK_EQ(vcpu->regs->rip, CALLED_RIP - 3);
	CHECK_EQ(vcpu->regs->rax, HC_PAL_CALL_PEER);
	CHECK_EQ(vcpu->regs->rbx, 0xb0 + LATE / 2);
	CHECK_EQ(fake_fpu[200], 0xc0 + LATE / 2);
	call_notary(vcpu);
}

#define CALLS_AGAIN	CALLED(call_again)

static void who_finds_no_thread_finishes_the_oldest_call(void)
{
	unsigned int i;

	setup_stopped_callers();
	CHECK(ACT(LATE, CALLS_NOTARY, SERVES, CALLS_AGAIN, SERVES, RETURNS));
	CHECK_EQ(visits[1].regs.rbx, 0xb0 + slot_of(notary()));
	CHECK_EQ(visits[1].fpu, 0xc0 + slot_of(notary()));
	check_answer(4, LATE / 2, HV_OK, 4);
	/* Whose it was has its answer, and is where it would be. */
	CHECK_EQ(pal(0)->threads[0]->state, THREAD_INTERRUPTED);
	CHECK(ACT(0, RETURNS));
	check_answer(0, 0, HV_OK, 4);
	CHECK_EQ(*byte(pal(0), request.out), 0x77);
	for (i = 1; i < STOPPED; i++) {
		CHECK(ACT(i, SERVES, RETURNS));
		check_answer(1, i / 2, HV_OK, 4);
	}
	check_end();
}

static void helping_is_interrupted_as_anything_else(void)
{
	unsigned int i;

	setup_stopped_callers();
	CHECK(!ACT(LATE, CALLS_NOTARY, STOPS));
	CHECK_EQ(pal(0)->threads[0]->state, THREAD_INTERRUPTED);
	CHECK(nobody_is_inside() && invariants_hold(hv));
	for (i = 0; i < STOPPED; i++) {
		CHECK(ACT(i, SERVES, RETURNS));
		check_answer(1, i / 2, HV_OK, 4);
	}
	CHECK(ACT(LATE, CALLS_AGAIN, SERVES, RETURNS));
	check_answer(2, LATE / 2, HV_OK, 4);
	check_end();
}

static void resume_the_first(struct vcpu *vcpu)
{
	int64_t first_status;
	struct cpu *second = hv->cpus[1];

	second->os_regs = cpu->os_regs;
	second->os_regs.rsp = 0x7000;
	CHECK(!user_call(second, handles[0], 5, &first_status));
	second->os_regs.rsp += 8;		/* but not anybody */
	CHECK(user_call(second, handles[0], 5, &first_status));
	CHECK_EQ(first_status, HV_EBUSY);
	CHECK_EQ(os_call(second, HC_PAL_DESTROY, handles[0], 0, 0), HV_EAGAIN);
	serve(vcpu);
}

/* Its caller comes back in vain until then, and is not told that it is busy. */
static void who_is_helped_waits_for_the_helper(void)
{
	static const struct fake_step meanwhile = {
		{ .kind = VMEXIT_HYPERCALL }, resume_the_first
	};
	unsigned int i;

	setup_stopped_callers();
	CHECK(ACT(LATE, CALLS_NOTARY, meanwhile, CALLS_AGAIN, SERVES, RETURNS));
	CHECK_EQ(fake_destroy(cpu, handles[0]), HV_OK);
	for (i = 2; i < STOPPED; i++)
		CHECK(ACT(i, SERVES, RETURNS));
	check_end();
}

/* Neither its kernel nor its process needs to do anything for that. */
static void who_is_ending_keeps_no_thread(void)
{
	unsigned int i;

	setup_stopped_callers();
	pal_set_state(pal(0), PAL_DYING);		/* of callers 0, 1 */
	CHECK(ACT(LATE, CALLS_NOTARY, SERVES, RETURNS));
	CHECK(!ACT(LATE, CALLS_NOTARY, STOPS));
	CHECK(!ACT(LATE + 1, CALLS_NOTARY, STOPS));
	CHECK_EQ(fake_destroy(cpu, handles[0]), HV_OK);
	for (i = 2; i < LATE + 2; i++)
		CHECK(ACT(i, SERVES, RETURNS));
	check_end();
}

static void an_abandoned_service_frees_its_thread(void)
{
	unsigned int last = NOTARY_THREADS - 1;

	setup();
	CHECK(!GO(CALLS_NOTARY, STOPS));
	CHECK(notary()->threads[last]->state != THREAD_IDLE);
	CHECK_EQ(fake_destroy(cpu, handles[0]), HV_OK);
	CHECK_EQ(notary()->threads[last]->state, THREAD_IDLE);
	CHECK_EQ(pal_state(notary()), PAL_READY);
	CHECK(invariants_hold(hv));
}

/* As pal_peer_end.c has it for any peer. */
static void a_notary_that_ends_is_missed(void)
{
	int64_t ended = HV_EAGAIN;

	setup();
	CHECK(!GO(CALLS_NOTARY, STOPS));
	while (ended == HV_EAGAIN)
		ended = notary_end(hv);
	CHECK_EQ(ended, HV_OK);
	CHECK(GO(RETURNS));
	check_answer(0, 0, HV_EDEAD, 0);
}

static void the_root_is_the_notarys_alone(void)
{
	struct hv_root root = { .kind = HV_ROOT_FILE, .size = 48 }, none;
	uint8_t *page;

	memset(root.bytes, 0xa5, sizeof(root.bytes));
	memset(&none, 0, sizeof(none));
	setup_peers();
	hv->notary.root = root;
	CHECK_EQ(fake_notary_start(cpu), HV_OK);
	page = byte(notary(), PAL_IDENTITY_BASE);
	CHECK(page);
	CHECK(!memcmp(page + sizeof(struct pal_identity), &root, sizeof(root)));
	CHECK_EQ(os_call(cpu, HC_INFO, 0, 0, 0), HV_OK);
	CHECK_EQ(HV_FEATURE_ROOT(cpu->os_regs.rcx), HV_ROOT_FILE);
	CHECK(!memcmp(&hv->notary.root, &none, sizeof(none)));
}

TESTS(
	RUN(every_pal_may_call_the_notary);
	RUN(the_name_finds_only_the_hypervisors);
	RUN(thread_0_of_the_notary_is_never_a_peers);
	RUN(who_finds_no_thread_finishes_the_oldest_call);
	RUN(helping_is_interrupted_as_anything_else);
	RUN(who_is_helped_waits_for_the_helper);
	RUN(who_is_ending_keeps_no_thread);
	RUN(an_abandoned_service_frees_its_thread);
	RUN(a_notary_that_ends_is_missed);
	RUN(the_root_is_the_notarys_alone);
)
