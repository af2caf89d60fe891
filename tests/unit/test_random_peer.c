/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PALs call each other at random, on several CPUs, are interrupted, break rules
 * and are destroyed; after each step every thread is had by whom it should.
 */
#include "core/pal_peer.h"

#include <string.h>

#include "fake_peer.h"
#include "invariants.h"
#include "test.h"

#define SEEDS		12u
#define STEPS		400u		/* of each */
#define SCRIPT_MAX	15u		/* visits that a scene notes */
#define THREADS		2u

static uint64_t seed;

static unsigned int pick(unsigned int below)
{
	return (unsigned int)(fake_random(&seed) % below);
}

static void call_somebody(struct vcpu *vcpu)
{
	request.in_size = pick(8) ? pick(64) : pick(3) * ARG_SIZE;
	request.out = pick(8) ? DATA + 64 : PAL_WINDOW_BASE;
	call(vcpu, names[pick(PALS)]);
}

static void give_something_back(struct vcpu *vcpu)
{
	result = pick(40);
	give_back(vcpu);
}

static struct fake_step random_step(void)
{
	static const struct fake_step calls = CALLED(call_somebody);
	static const struct fake_step returns = {
		{ .kind = VMEXIT_HYPERCALL }, give_something_back
	};
	static const struct fake_step stops = STOPS, breaks = BREAKS;
	unsigned int which = pick(32);

	if (which == 0)
		return breaks;
	if (which < 4)
		return stops;
	return which < 20 ? calls : returns;
}

/* Each thread has one caller, which may come back on any CPU. */
static void call_or_resume(void)
{
	static const struct fake_step stops = STOPS;
	struct fake_step steps[SCRIPT_MAX];
	unsigned int i, root = pick(PALS), thread = pick(THREADS);

	for (i = 0; i < SCRIPT_MAX; i++)
		steps[i] = i < SCRIPT_MAX - 1 ? random_step() : stops;
	visit_count = 0;
	fake_play(steps, SCRIPT_MAX);
	cpu = hv->cpus[pick(hv->cpu_count)];
	cpu->os_regs.rsp = 0x7000 + 16 * (root * THREADS + thread);
	user_call(cpu, handles[root] + thread, pick(9), &status);
	CHECK_EQ(fake_fpu[200], 0x0a);
}

static void renew(unsigned int i)
{
	CHECK_EQ(fake_destroy(cpu, handles[i]), HV_OK);
	handles[i] = make(names[i], PAL_FLAG_PEER);
	rule(handles[i], i);
}

static bool is_ready(unsigned int slot)
{
	return pal_state(&hv->pals[slot]) == PAL_READY;
}

/*
 * How many interrupted calls have this thread in their chains, of those that
 * can go on.
 */
static unsigned int chains_with(unsigned int slot, unsigned int thread)
{
	uint64_t generation = atomic_load(&hv->pals[slot].gate) >> 32;
	unsigned int i, j, k, count = 0;

	for (i = 0; i < PALS; i++)
		for (j = 0; is_ready(i) && j < THREADS; j++) {
			const struct pal_thread *root = hv->pals[i].threads[j];

			for (k = 0; k < root->chain_count; k++)
				count += root->chain[k].slot == slot &&
					 root->chain[k].thread == thread &&
					 root->chain[k].generation ==
						 generation;
		}
	return count;
}

static void check_thread(unsigned int slot, unsigned int index)
{
	const struct pal_thread *thread = hv->pals[slot].threads[index];

	bool is_suspended = thread->state >= THREAD_STATES &&
			    is_ready(PAL_HANDLE_SLOT(thread->state));

	CHECK_EQ(chains_with(slot, index), is_suspended);
	if (thread->state != THREAD_INTERRUPTED)
		CHECK_EQ(thread->chain_count, 0);
	CHECK_EQ(thread->is_resumed && thread->state < THREAD_STATES,
		 thread->state == THREAD_INTERRUPTED);
}

static void check_threads(void)
{
	unsigned int i, j;

	CHECK(nobody_is_inside());
	for (i = 0; i < PALS; i++)
		if (is_ready(i))
			for (j = 0; j < THREADS; j++)
				check_thread(i, j);
}

static void step(void)
{
	unsigned int what = pick(16), i = pick(PALS);

	if (what == 0)
		renew(i);
	else if (what == 1 && pal_state(&hv->pals[i]) == PAL_READY)
		pal(i)->may_call = pick(4) ? UINT64_MAX : pick(64);
	else
		call_or_resume();
	check_threads();
}

/* Nothing is left behind by whatever happened. */
static void check_end(void)
{
	unsigned int i;

	for (i = 0; i < PALS; i++)
		CHECK_EQ(fake_destroy(cpu, handles[i]), HV_OK);
	CHECK_EQ(hv->owner.free_pages, 2 * BLOCK_PAGES);
	CHECK(invariants_hold(hv));
}

static void every_thread_is_had_by_whom_it_should(void)
{
	unsigned int i, j;

	for (i = 0; i < SEEDS && test_is_good; i++) {
		seed = i;
		setup_peers();
		for (j = 0; j < STEPS && test_is_good; j++) {
			step();
			if (j % 32 == 0)
				CHECK(invariants_hold_quickly(hv));
		}
		if (!test_is_good)
			printf("# seed %u, step %u\n", i, j);
		check_end();
	}
}

TESTS(
	RUN(every_thread_is_had_by_whom_it_should);
)
