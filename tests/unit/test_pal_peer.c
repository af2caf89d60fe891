/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/pal_peer.h"

#include <string.h>

#include "core/exit.h"
#include "fake_machine.h"
#include "invariants.h"
#include "test.h"

#define PALS		6u		/* one more than a chain holds */
#define DATA		(PAL_IMAGE_BASE + 0x200000)
#define DATA_SIZE	(5 * PAGE_SIZE)
#define CONSTANTS	(PAL_IMAGE_BASE + 3 * PAGE_SIZE)
#define ARG_SIZE	(2 * PAGE_SIZE)
#define CALLED_RIP	UINT64_C(0x30)
#define ENTRY		UINT64_C(0x1234)

static struct hv *hv;
static struct cpu *cpu;
static uint64_t handles[PALS];

static struct pal *pal(unsigned int i)
{
	return pal_find(hv, handles[i]);
}

/* The PAL's own byte at this address; NULL if there is none. */
static uint8_t *byte(const struct pal *which, uint64_t at)
{
	hpa_t to;

	if (!npt_translate(&which->npt, gpa(at), &to, NULL))
		return NULL;
	return fake_ram(to.v);
}

static uint64_t make(const char *name, uint32_t flags)
{
	struct pal_image_header header;
	uint64_t handle = 0;

	fake_header(&header);
	memset(header.name, 0, sizeof(header.name));
	strcpy(header.name, name);
	header.flags = flags;
	header.arg_size = ARG_SIZE;
	CHECK_EQ(fake_create(cpu, &header, &handle), HV_OK);
	CHECK_EQ(fake_load(cpu, handle, FAKE_IMAGE_PAGES), HV_OK);
	CHECK_EQ(fake_window(cpu, handle, 1), HV_OK);
	CHECK_EQ(fake_start(cpu, handle), HV_OK);
	return handle;
}

static const char *const names[PALS] = { "a", "b", "c", "d", "e", "f" };

/* As the notary does it: PAL i has rule i and may call everybody. */
static void rule(uint64_t handle, unsigned int i)
{
	struct pal *which = pal_find(hv, handle);

	which->rule = i;
	which->may_call = UINT64_MAX;
	memset(which->identity, (int)(0xd0 + i), sizeof(struct pal_identity));
}

static struct pal_peer_call request;
static uint64_t request_at;
static uint64_t result;			/* what peers return */

static void setup(void)
{
	unsigned int i;

	hv = fake_launched(&fake_default);
	cpu = hv->cpus[0];
	fake_give_blocks(hv, 1, 2);
	for (i = 0; i < PALS; i++) {
		handles[i] = make(names[i], PAL_FLAG_PEER);
		rule(handles[i], i);
	}
	request = (struct pal_peer_call){
		.entry = ENTRY,
		.in = DATA + 8,
		.in_size = 16,
		.out = DATA + 64,
		.out_capacity = 32,
	};
	request_at = DATA + 4 * PAGE_SIZE;
	result = 4;
	memset(fake_fpu, 0x0a, sizeof(fake_fpu));
}

/* ---- What PALs do -------------------------------------------------------- */

/* Each run of a PAL: what it found when it went on. */
static struct visit {
	struct pal *pal;
	struct guest_regs regs;
	uint8_t fpu;
} visits[16];
static unsigned int visit_count;

static struct pal *running(const struct vcpu *vcpu)
{
	const struct fake_vcpu *fake = vcpu->hw;
	unsigned int i;

	for (i = 0; i < HV_MAX_PALS; i++)
		if (fake->npt == &hv->pals[i].npt)
			return &hv->pals[i];
	return NULL;
}

static unsigned int slot_of(const struct pal *which)
{
	return pal_slot(hv, which);
}

static void note(struct vcpu *vcpu)
{
	struct pal *which = running(vcpu);

	CHECK(which && visit_count < COUNT_OF(visits));
	visits[visit_count++] = (struct visit){
		.pal = which,
		.regs = *vcpu->regs,
		.fpu = fake_fpu[200],
	};
	CHECK(PAL_GATE_INSIDE(which->gate) > 0);
	memset(fake_fpu, (int)(0xc0 + slot_of(which)), sizeof(fake_fpu));
	vcpu->regs->rbx = 0xb0 + slot_of(which);
}

static void call(struct vcpu *vcpu, const char *name)
{
	struct pal *which = running(vcpu);
	const uint8_t *from = (const uint8_t *)&request;
	unsigned int i;

	note(vcpu);
	memset(request.name, 0, sizeof(request.name));
	strcpy(request.name, name);
	for (i = 0; i < sizeof(request); i++)
		if (byte(which, request_at + i))
			*byte(which, request_at + i) = from[i];
	vcpu->regs->rax = HC_PAL_CALL_PEER;
	vcpu->regs->rdi = request_at;
	vcpu->regs->rdx = 0x99;
}

static void call_next(struct vcpu *vcpu)
{
	call(vcpu, names[slot_of(running(vcpu)) + 1]);
}

static void call_first(struct vcpu *vcpu)
{
	call(vcpu, names[0]);
}

static void call_nobody(struct vcpu *vcpu)
{
	call(vcpu, "nobody");
}

static void call_the_notary(struct vcpu *vcpu)
{
	call(vcpu, "notary");
}

/* With 0x90 + slot in all of the area for peers. */
static void give_back(struct vcpu *vcpu)
{
	struct pal *which = running(vcpu);
	uint64_t at = PAL_PEER_BASE + vcpu->regs->rsi * ARG_SIZE, i;

	note(vcpu);
	for (i = 0; vcpu->regs->r9 && i < ARG_SIZE; i++)
		*byte(which, at + i) = (uint8_t)(0x90 + slot_of(which));
	vcpu->regs->rax = HC_PAL_RETURN;
	vcpu->regs->rdi = result;
}

#define CALLED(act)	{ { .kind = VMEXIT_HYPERCALL, \
			    .next_rip = CALLED_RIP }, act }
#define CALLS		CALLED(call_next)
#define RETURNS		{ { .kind = VMEXIT_HYPERCALL, .next_rip = 0x40 }, \
			  give_back }
#define STOPS		{ { .kind = VMEXIT_INTERRUPT }, note }
#define BREAKS		{ { .kind = VMEXIT_SHUTDOWN }, note }

static bool nobody_is_inside(void)
{
	unsigned int i;

	for (i = 0; i < HV_MAX_PALS; i++)
		if (PAL_GATE_INSIDE(hv->pals[i].gate))
			return false;
	return true;
}

static bool is_idle(unsigned int i)
{
	uint32_t thread;

	for (thread = 0; thread < pal(i)->thread_count; thread++)
		if (pal(i)->threads[thread]->state != THREAD_IDLE)
			return false;
	return true;
}

static bool all_are_idle(void)
{
	unsigned int i;

	for (i = 0; i < PALS; i++)
		if (pal(i) && !is_idle(i))
			return false;
	return true;
}

static int64_t status;

/* Thread 0 of PAL 0 is called, or goes on; true when its call is over. */
static bool go(const struct fake_step *steps, unsigned int count)
{
	bool is_over;

	visit_count = 0;
	fake_play(steps, count);
	is_over = user_call(cpu, handles[0], 5, &status);
	CHECK_EQ(fake_steps_left(), 0);
	CHECK_EQ(fake_fpu[200], 0x0a);
	CHECK(nobody_is_inside());
	CHECK(invariants_hold_quickly(hv));
	return is_over;
}

#define GO(...)								\
	go((const struct fake_step[]){ __VA_ARGS__ },			\
	   COUNT_OF(((const struct fake_step[]){ __VA_ARGS__ })))

/* The call is over, well, and left nothing behind. */
#define GO_OVER(...)							\
	do {								\
		CHECK(GO(__VA_ARGS__));					\
		CHECK_EQ(status, HV_OK);				\
		CHECK(all_are_idle());					\
	} while (0)

/* In visit i, this PAL went on after its call with this answer. */
static void check_answer(unsigned int i, unsigned int caller, int64_t rax,
			 uint64_t rdx)
{
	CHECK(i < visit_count);
	CHECK(visits[i].pal == pal(caller));
	CHECK_EQ(visits[i].regs.rax, rax);
	CHECK_EQ(visits[i].regs.rdx, rdx);
	CHECK_EQ(visits[i].regs.rbx, 0xb0 + caller);
	CHECK_EQ(visits[i].regs.rip, CALLED_RIP);
	CHECK_EQ(visits[i].fpu, 0xc0 + caller);
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

	setup();
	GO_OVER(CALLS, RETURNS, RETURNS);
	CHECK(visits[1].pal == pal(1));
	CHECK(!memcmp(&visits[1].regs, &wanted, sizeof(wanted)));
	CHECK_EQ(visits[1].fpu, 0);
	check_answer(2, 0, HV_OK, 4);
	CHECK_EQ(visits[0].regs.r9, 0);		/* an application called it */
	CHECK_EQ(cpu->stats.count[HV_COUNT_PAL_CALL], 2);
	CHECK_EQ(pal(1)->threads[1]->call_count, 1);
}

static void input_output_and_caller_are_handed_over(void)
{
	const uint64_t size = PAGE_SIZE + 300;
	uint64_t i;

	setup();
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

	setup();
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
	setup();
	GO_OVER(CALLS, RETURNS, CALLS, CALLS, RETURNS, RETURNS, CALLS, RETURNS,
		RETURNS);
	check_answer(2, 0, HV_OK, 4);
	check_answer(6, 0, HV_OK, 4);
	check_answer(8, 0, HV_OK, 4);
}

/* It hangs if it takes the lock, and run.sh ends it. */
static void a_call_needs_no_lock(void)
{
	setup();
	spin_lock(&hv->lock);
	GO_OVER(CALLS, CALLS, RETURNS, RETURNS, RETURNS);
	CHECK(!GO(CALLS, STOPS));
	GO_OVER(RETURNS, RETURNS);
	spin_unlock(&hv->lock);
}

/* ---- Refusals ------------------------------------------------------------ */

static void the_policy_says_who_may_call_whom(void)
{
	setup();
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
	setup();
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

static void the_notary_takes_no_calls(void)
{
	setup();
	CHECK_EQ(fake_notary_start(cpu), HV_OK);
	hv->notary.pal->flags |= PAL_FLAG_PEER;
	hv->notary.pal->rule = 9;
	GO_OVER(CALLED(call_the_notary), RETURNS);
	check_answer(1, 0, HV_ENOENT, 0x99);
}

static void a_pal_without_a_free_thread_is_busy(void)
{
	uint64_t twin;
	unsigned int i;

	setup();
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
	setup();
	GO_OVER(CALLED(call_first), RETURNS);
	check_answer(1, 0, HV_ELOOP, 0x99);
	GO_OVER(CALLS, CALLED(call_first), RETURNS, RETURNS);
	check_answer(2, 1, HV_ELOOP, 0x99);
	check_answer(3, 0, HV_OK, 4);
}

static void a_chain_has_an_end(void)
{
	setup();
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

	setup();
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

	setup();
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

	setup();
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
	request.in_size = 0;			/* then it does not matter */
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

	setup();
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

	setup();
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

	setup();
	for (i = 0; i < COUNT_OF(rows); i++) {
		result = rows[i].result;
		request.out_capacity = rows[i].out_capacity;
		GO_OVER(CALLS, RETURNS, RETURNS);
		check_answer(2, 0, rows[i].error,
			     rows[i].error ? 0 : rows[i].result);
	}
}

/* ---- Ends ---------------------------------------------------------------- */

static void the_caller_of_a_peer_that_breaks_a_rule_goes_on(void)
{
	setup();
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
	setup();
	GO_OVER(CALLS, CALLS, BREAKS, RETURNS, RETURNS);
	check_answer(3, 1, HV_EDEAD, 0);
	check_answer(4, 0, HV_OK, 4);
	CHECK_EQ(pal_state(pal(1)), PAL_READY);
	CHECK_EQ(pal_state(pal(2)), PAL_DYING);
}

static void a_root_that_breaks_a_rule_ends_alone(void)
{
	setup();
	CHECK(!GO(CALLS, RETURNS, BREAKS));
	CHECK_EQ(pal_state(pal(0)), PAL_DYING);
	CHECK_EQ(pal_state(pal(1)), PAL_READY);
	CHECK(is_idle(1));
	CHECK_EQ(user_call_all(cpu, handles[0], 0), HV_EFAULT);
}

static void a_suspended_chain_goes_on_where_it_was(void)
{
	setup();
	CHECK(!GO(CALLS, CALLS, STOPS));
	CHECK_EQ(pal(0)->threads[0]->state, THREAD_INTERRUPTED);
	CHECK_EQ(pal(1)->threads[1]->state, THREAD_RUNNING);
	CHECK_EQ(pal(2)->threads[1]->state, THREAD_RUNNING);
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
	setup();
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
	setup();
	CHECK(!GO(CALLS, STOPS));
	destroy(1);
	GO_OVER(RETURNS);
	check_answer(0, 0, HV_EDEAD, 0);
}

static void whoever_has_its_slot_then_is_left_alone(void)
{
	struct pal *next;

	setup();
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
	setup();
	CHECK(!GO(CALLS, CALLS, STOPS));
	destroy(2);
	GO_OVER(RETURNS, RETURNS);
	check_answer(0, 1, HV_EDEAD, 0);
	check_answer(1, 0, HV_OK, 4);
}

static void the_middle_of_a_chain_may_go(void)
{
	setup();
	CHECK(!GO(CALLS, CALLS, CALLS, STOPS));
	destroy(1);
	CHECK(!is_idle(2) && !is_idle(3));
	GO_OVER(RETURNS);
	check_answer(0, 0, HV_EDEAD, 0);
}

static void all_peers_may_go(void)
{
	setup();
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
	setup();
	CHECK(!GO(CALLS, CALLS, STOPS));
	destroy(0);
	CHECK(all_are_idle());
	CHECK(nobody_is_inside());
	CHECK_EQ(user_call_all(cpu, handles[0], 0), HV_ENOENT);
}

static void a_root_that_goes_frees_what_is_left_of_its_chain(void)
{
	setup();
	CHECK(!GO(CALLS, CALLS, STOPS));
	destroy(1);
	destroy(0);
	CHECK(all_are_idle());
}

static void all_may_be_unloaded_while_suspended(void)
{
	int64_t answer = HV_EAGAIN;
	unsigned int tries;

	setup();
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
	setup();
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
	setup();
	CHECK(!GO(CALLS, { { .kind = VMEXIT_INTERRUPT }, end_the_root }));
	CHECK_EQ(user_call_all(cpu, handles[0], 0), HV_EFAULT);
	CHECK_EQ(cpu->os_regs.rdx, PAL_FAULT_KILLED);
	CHECK(is_idle(1));
	destroy(0);
}

TESTS(
	RUN(a_peer_begins_as_the_image_format_says);
	RUN(input_output_and_caller_are_handed_over);
	RUN(calls_go_through_as_many_pals_as_a_chain_holds);
	RUN(a_caller_may_call_again_and_again);
	RUN(a_call_needs_no_lock);
	RUN(the_policy_says_who_may_call_whom);
	RUN(only_pals_that_take_calls_are_found);
	RUN(the_notary_takes_no_calls);
	RUN(a_pal_without_a_free_thread_is_busy);
	RUN(nobody_waits_for_itself);
	RUN(a_chain_has_an_end);
	RUN(a_request_is_in_the_caller_s_own_memory);
	RUN(nothing_above_the_space_is_a_request);
	RUN(input_is_the_caller_s_own_memory);
	RUN(output_goes_to_the_caller_s_own_memory);
	RUN(sizes_are_bounded);
	RUN(results_are_bounded);
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
