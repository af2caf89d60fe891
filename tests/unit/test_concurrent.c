/* SPDX-License-Identifier: BSD-2-Clause */
/* Several CPUs at once; each host thread is one. */
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <time.h>

#include "fake_machine.h"
#include "invariants.h"
#include "test.h"

#define ROUNDS		400u
#define SECONDS		2	/* or fewer rounds, on a busy host */
#define CALLS		30u

static struct hv *hv;
static _Atomic uint64_t handle;
static _Atomic bool is_over;
static _Atomic unsigned int returned, interrupted, dead;
static _Atomic unsigned int strangers_busy;

static void setup(void)
{
	struct fake_options options = fake_default;

	options.cpu_count = FAKE_CPUS;
	hv = fake_launched(&options);
	fake_give_blocks(hv, 1, 1);
	returned = interrupted = dead = 0;
	is_over = false;
}

static void do_return(struct vcpu *vcpu)
{
	vcpu->regs->rax = HC_PAL_RETURN;
	vcpu->regs->rdi = vcpu->regs->rsi;
	sched_yield();
}

static const struct fake_step works[] = {
	{ { .kind = VMEXIT_INTERRUPT }, NULL },
	{ { .kind = VMEXIT_HYPERCALL }, do_return },
};

static const struct fake_step is_interrupted[] = {
	{ { .kind = VMEXIT_INTERRUPT }, NULL },
};

static const struct fake_step faults[] = {
	{ { .kind = VMEXIT_PRIVILEGED }, NULL },
};

/* Calls whatever PAL there is on its own thread of it, and sometimes not. */
static void *call_pals(void *arg)
{
	struct cpu *cpu = arg;
	uint64_t seed = cpu->id;
	int64_t status;

	while (!is_over) {
		uint64_t which = handle + cpu->id % 2;

		if (fake_random(&seed) % 64 == 0)
			PLAY(faults);
		else
			PLAY(works);
		while (!user_call(cpu, which, cpu->id, &status) && !is_over)
			interrupted++;
		if (is_over)
			break;
		returned += status == HV_OK;
		dead += status == HV_EDEAD || status == HV_EFAULT;
	}
	return NULL;
}

/* A caller inside may be waiting for a processor of the host. */
static int64_t destroy(struct cpu *cpu, uint64_t made)
{
	int64_t status;

	do {
		sched_yield();
		status = os_call(cpu, HC_PAL_DESTROY, made, 0, 0);
	} while (status == HV_EAGAIN);
	return status;
}

static void make_and_destroy(void)
{
	struct cpu *cpu = hv->cpus[0];
	time_t end = time(NULL) + SECONDS;
	unsigned int round, i;

	for (round = 0; round < ROUNDS && time(NULL) < end; round++) {
		uint64_t made = fake_pal_make(cpu, 2);

		CHECK(made);
		handle = made;
		for (i = 0; i < CALLS; i++)
			sched_yield();
		CHECK_EQ(destroy(cpu, made), HV_OK);
	}
}

static void calls_and_endings_may_meet(void)
{
	pthread_t threads[FAKE_CPUS];
	unsigned int id;

	setup();
	for (id = 1; id < FAKE_CPUS; id++)
		pthread_create(&threads[id], NULL, call_pals, hv->cpus[id]);
	make_and_destroy();
	is_over = true;
	for (id = 1; id < FAKE_CPUS; id++)
		pthread_join(threads[id], NULL);
	CHECK_EQ(hv->owner.free_pages, BLOCK_PAGES);
	CHECK(invariants_hold(hv));
	CHECK(returned > 0 && interrupted > 0);
}

static void *call_once(void *arg)
{
	struct cpu *cpu = arg;
	static int64_t status;

	status = 42;
	if (!user_call(cpu, handle, 0, &status))
		status = 0;
	return &status;
}

/*
 * A caller of a dead PAL waits for the lock to help with wiping; before it gets
 * the lock, the PAL is gone and its slot has another.
 */
static void helping_to_wipe_spares_the_next_pal(void)
{
	uint64_t old, next;
	pthread_t thread;

	setup();
	handle = old = fake_pal_make(hv->cpus[0], 0);
	PLAY(faults);
	CHECK_EQ(user_call_all(hv->cpus[0], old, 0), HV_EFAULT);
	spin_lock(&hv->lock);
	pthread_create(&thread, NULL, call_once, hv->cpus[1]);
	while (atomic_load(&hv->lock.next) == hv->lock.serving + 1)
		sched_yield();
	/* What this CPU would do with the lock; it has it, so a trick: */
	CHECK_EQ(pal_destroy(hv, old), HV_OK);
	atomic_fetch_add(&hv->pals[0].gate, PAL_GATE(1, PAL_READY));
	next = PAL_HANDLE(atomic_load(&hv->pals[0].gate) >> 32, 0);
	spin_unlock(&hv->lock);
	pthread_join(thread, NULL);
	CHECK(pal_find(hv, next));
	CHECK_EQ(pal_state(&hv->pals[0]), PAL_READY);
	atomic_fetch_sub(&hv->pals[0].gate, PAL_GATE(0, PAL_READY));
	CHECK_EQ(user_call_all(hv->cpus[1], old, 0), HV_ENOENT);
}

/* Tries again and again to use a thread that is in another's call. */
static void *call_what_is_not_its(void *arg)
{
	struct cpu *cpu = arg;
	int64_t status;

	cpu->os_regs.rsp += 64;			/* another stack */
	while (!is_over)
		if (user_call(cpu, handle, 0, &status))
			strangers_busy += status == HV_EBUSY;
	cpu->os_regs.rsp -= 64;
	return NULL;
}

static void strangers_do_not_take_a_call_from_its_caller(void)
{
	unsigned int busy = 0, i;
	pthread_t stranger;
	struct cpu *cpu;
	int64_t status;

	setup();
	cpu = hv->cpus[0];
	handle = fake_pal_make(cpu, 0);
	PLAY(is_interrupted);
	CHECK(!user_call(cpu, handle, 0, &status));
	strangers_busy = 0;
	pthread_create(&stranger, NULL, call_what_is_not_its, hv->cpus[1]);
	while (!strangers_busy)
		sched_yield();
	for (i = 0; i < 100000; i++) {
		PLAY(is_interrupted);
		busy += user_call(cpu, handle, 0, &status);
	}
	is_over = true;
	pthread_join(stranger, NULL);
	CHECK_EQ(busy, 0);
}

TESTS(
	RUN(strangers_do_not_take_a_call_from_its_caller);
	RUN(calls_and_endings_may_meet);
	RUN(helping_to_wipe_spares_the_next_pal);
)
