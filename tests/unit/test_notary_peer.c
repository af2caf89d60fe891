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
		notary()->threads[i]->state = THREAD_INTERRUPTED;
	GO_OVER(CALLS_NOTARY, RETURNS);
	check_answer(1, 0, HV_EBUSY, 0x99);
	CHECK_EQ(notary()->threads[0]->state, THREAD_IDLE);
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
	CHECK(!memcmp(&hv->notary.root, &none, sizeof(none)));
}

TESTS(
	RUN(every_pal_may_call_the_notary);
	RUN(the_name_finds_only_the_hypervisors);
	RUN(thread_0_of_the_notary_is_never_a_peers);
	RUN(an_abandoned_service_frees_its_thread);
	RUN(a_notary_that_ends_is_missed);
	RUN(the_root_is_the_notarys_alone);
)
