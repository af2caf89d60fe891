/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Makes every hypercall at the same time as every other, on the same PAL and
 * the same block: half of the CPUs one of a pair, half of them the other, for
 * each pair and each state in which the PAL may be.
 *
 * HOSTILE_ROUNDS in the environment: how often all of it (1); or, with
 * HOSTILE_UNTIL, until that file exists.
 */
#include <pal_host.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "../system/case.h"
#include "abi/hypercall.h"
#include "abi/policy.h"
#include "common_pal.h"
#include "host/hypercall.h"
#include "secret.h"

#define MAX_CPUS 8u
#define TRIES	 4u	/* of each CPU, for each pair and state */
#define ANSWERS	 500u	/* page of our block for answers; behind the image */
#define RACE_LIST (HOSTILE_LIST + 1)

/* What a call is given. */
enum wants {
	WANTS_NOTHING,
	WANTS_FALSE_CPU,
	WANTS_PAGE,	/* for its answer */
	WANTS_SLOT,	/* and such a page */
	WANTS_BLOCK,
	WANTS_HEADER,
	WANTS_LIST,	/* of the policy's pages */
	WANTS_CALLER,	/* not the kernel, but a program of its own PAL */
	WANTS_PAL,	/* and all that follow */
	WANTS_PAL_AND_LIST,
	WANTS_PAL_AND_PAGE,
};

static const struct call {
	uint64_t number;
	enum wants wants;
	bool is_good;	/* some of these calls must have worked */
} calls[] = {
	{HC_PAL_CALL, WANTS_CALLER, true},
	{HC_INFO, WANTS_NOTHING, true},
	{HC_FLUSH, WANTS_NOTHING, true},
	{HC_POOL_ADD, WANTS_BLOCK, true},
	{HC_POOL_REMOVE, WANTS_BLOCK, true},
	{HC_PAL_CREATE, WANTS_HEADER, true},
	{HC_PAL_LOAD, WANTS_PAL_AND_LIST, true},
	{HC_PAL_WINDOW, WANTS_PAL_AND_LIST, true},
	{HC_PAL_SIGNATURE, WANTS_PAL_AND_PAGE, true},
	{HC_PAL_START, WANTS_PAL, true},
	{HC_PAL_JUDGE, WANTS_PAL, true},
	{HC_PAL_DESTROY, WANTS_PAL, true},
	{HC_POLICY, WANTS_LIST, false},
	{HC_NOTARY_START, WANTS_NOTHING, true},
	{HC_PAL_INFO, WANTS_SLOT, true},
	{HC_CPU_STATS, WANTS_PAGE, true},
	{HC_MEMORY_INFO, WANTS_PAGE, true},
	{HC_LOG_READ, WANTS_PAGE, true},
	{HC_UNLOAD, WANTS_NOTHING, false},	/* our PAL lives */
	{HC_CPU_LEAVE, WANTS_NOTHING, false},
	{HC_LAUNCHED, WANTS_NOTHING, false},
	{HC_CPU_WAIT, WANTS_NOTHING, false},
	{HC_CPU_STOP, WANTS_FALSE_CPU, false},
};

/* How far the PAL is when the calls begin. */
enum state { STATE_CREATED, STATE_LOADED, STATE_STARTED, STATE_COUNT };

static struct hostile_pal evil;
static struct pal *own;		/* of this program, and called by it */
static uint64_t block;
static unsigned int cpu_count;
static pthread_barrier_t begun, ended;
static atomic_bool is_over;
static const struct call *pair[2];
static uint64_t made[MAX_CPUS][TRIES];
static atomic_uint good_count[COUNT_OF(calls)], wrong_count;

static uint64_t first_argument(enum wants wants)
{
	switch (wants) {
	case WANTS_NOTHING:
	case WANTS_PAGE:
	case WANTS_CALLER:
		return 0;
	case WANTS_SLOT:
		return pal_handle(own) >> 8 & 0xffffff;
	case WANTS_FALSE_CPU:
		return 200;
	case WANTS_BLOCK:
		return block;
	case WANTS_HEADER:
		return evil.block;
	case WANTS_LIST:
		return hostile_pal_page(&evil, RACE_LIST);
	case WANTS_PAL:
	case WANTS_PAL_AND_LIST:
	case WANTS_PAL_AND_PAGE:
		return evil.handle;
	}
	return 0;
}

static uint64_t second_argument(enum wants wants)
{
	switch (wants) {
	case WANTS_NOTHING:
	case WANTS_FALSE_CPU:
	case WANTS_BLOCK:
	case WANTS_PAL:
	case WANTS_CALLER:
		return 0;
	case WANTS_LIST:
		return sizeof(struct policy_header);
	case WANTS_HEADER:
		return evil.block;	/* nobody's page table */
	case WANTS_PAL_AND_LIST:
		return hostile_pal_page(&evil, RACE_LIST);
	case WANTS_PAGE:
	case WANTS_SLOT:
	case WANTS_PAL_AND_PAGE:
		return hostile_pal_page(&evil, ANSWERS);
	}
	return 0;
}

static int64_t make(const struct call *call, unsigned int cpu,
		    uint64_t *result)
{
	if (call->wants == WANTS_CALLER)
		return hypercall_pal_call(pal_handle(own) + cpu % 4,
					  SECRET_TICKS, 0, 8).status;
	return hostile_call(call->number, first_argument(call->wants),
			    second_argument(call->wants), 1, result);
}

static void race(unsigned int cpu)
{
	const struct call *call = pair[cpu % 2];

	for (unsigned int i = 0; i < TRIES; i++) {
		uint64_t result = 0;
		int64_t status = make(call, cpu, &result);

		if (status == HV_OK ||
		    (status == HV_EAGAIN && call->number != HC_UNLOAD))
			good_count[call - calls]++;
		if (status > 0 || status < HV_ELOOP)
			wrong_count++;
		if (call->number == HC_PAL_CREATE && status == HV_OK)
			made[cpu][i] = result;
	}
}

static void *race_until_over(void *number)
{
	unsigned int cpu = (unsigned int)(uintptr_t)number;

	hostile_run_on(cpu);
	for (;;) {
		pthread_barrier_wait(&begun);
		if (is_over)
			return NULL;
		race(cpu);
		pthread_barrier_wait(&ended);
	}
}

static void prepare(enum state state)
{
	int64_t status = hostile_call(HC_PAL_CREATE, evil.block, evil.block, 0,
				      &evil.handle);

	if (!status && state >= STATE_LOADED)
		status = hostile_pal_load(&evil);
	if (!status && state >= STATE_STARTED)
		do
			status = hostile_call(HC_PAL_START, evil.handle, 0, 0,
					      NULL);
		while (status == HV_EAGAIN);
	CHECK_EQ(status, HV_OK);
	if (pair[0]->number == HC_POOL_REMOVE ||
	    pair[1]->number == HC_POOL_REMOVE)
		CHECK_EQ(hostile_call(HC_POOL_ADD, block, 0, 0, NULL), HV_OK);
	hostile_pal_list(&evil, RACE_LIST)[0] =
		hostile_pal_page(&evil, ANSWERS + 1);
}

/* It may be gone already. */
static void destroy(uint64_t handle)
{
	int64_t status;

	do
		status = hostile_call(HC_PAL_DESTROY, handle, 0, 0, NULL);
	while (status == HV_EAGAIN);
	if (status != HV_ENOENT)
		CHECK_EQ(status, HV_OK);
}

/* Whoever won, this must be left in order. */
static void clean_up(void)
{
	int64_t status;

	destroy(evil.handle);
	for (unsigned int i = 0; i < cpu_count * TRIES; i++) {
		uint64_t *handle = &made[i / TRIES][i % TRIES];

		if (*handle)
			destroy(*handle);
		*handle = 0;
	}
	status = hostile_call(HC_POOL_REMOVE, block, 0, 0, NULL);
	if (status != HV_ENOENT)
		CHECK_EQ(status, HV_OK);
}

static bool is_about_a_pal(const struct call *call)
{
	return call->wants >= WANTS_PAL;
}

static void race_pair(const struct call *one, const struct call *other)
{
	bool is_any_state = is_about_a_pal(one) || is_about_a_pal(other);

	pair[0] = one;
	pair[1] = other;
	for (enum state state = STATE_CREATED; state < STATE_COUNT; state++) {
		prepare(state);
		pthread_barrier_wait(&begun);
		pthread_barrier_wait(&ended);
		clean_up();
		if (case_has_failed())
			case_note("0x%llx and 0x%llx in state %d",
				  (unsigned long long)one->number,
				  (unsigned long long)other->number, state);
		if (!is_any_state || case_has_failed())
			return;
	}
}

static void race_all(void)
{
	for (unsigned int i = 0; i < COUNT_OF(calls); i++)
		for (unsigned int j = i; j < COUNT_OF(calls); j++)
			if (!case_has_failed())
				race_pair(&calls[i], &calls[j]);
}

static bool shall_go_on(unsigned int rounds_done)
{
	const char *rounds = getenv("HOSTILE_ROUNDS");
	const char *until = getenv("HOSTILE_UNTIL");

	if (case_has_failed())
		return false;
	if (until)
		return access(until, F_OK) != 0;
	return rounds_done < (rounds ? strtoul(rounds, NULL, 0) : 1);
}

static struct hv_memory_info memory(void)
{
	struct hv_memory_info info;

	CHECK_EQ(hostile_call(HC_MEMORY_INFO, 0,
			      hostile_pal_page(&evil, ANSWERS), 0, NULL),
		 HV_OK);
	memcpy(&info, hostile_pal_list(&evil, ANSWERS), sizeof(info));
	return info;
}

static void race_in_threads(void)
{
	pthread_t threads[MAX_CPUS];
	unsigned int rounds = 0;

	pthread_barrier_init(&begun, NULL, cpu_count + 1);
	pthread_barrier_init(&ended, NULL, cpu_count + 1);
	for (uintptr_t cpu = 0; cpu < cpu_count; cpu++)
		pthread_create(&threads[cpu], NULL, race_until_over,
			       (void *)cpu);
	while (shall_go_on(rounds)) {
		race_all();
		rounds++;
	}
	is_over = true;
	pthread_barrier_wait(&begun);
	for (unsigned int cpu = 0; cpu < cpu_count; cpu++)
		pthread_join(threads[cpu], NULL);
	case_note("%u rounds", rounds);
}

/* A CPU that is not there may be stopped where there was no Linux. */
static bool is_expected(const struct call *call)
{
	return call->is_good || (call->number == HC_CPU_STOP &&
				 hostile_was_before_linux());
}

/* They are the same calls that work when they may. */
static void check_calls(void)
{
	CHECK_EQ(wrong_count, 0);
	for (unsigned int i = 0; i < COUNT_OF(calls); i++) {
		case_note("0x%llx: %u were good",
			  (unsigned long long)calls[i].number, good_count[i]);
		if (is_expected(&calls[i]) != (good_count[i] > 0))
			case_fail("0x%llx: %u were good",
				  (unsigned long long)calls[i].number,
				  good_count[i]);
	}
}

static void every_call_may_meet_every_other(void)
{
	struct hv_memory_info before, after;
	uint8_t masked[SECRET_SIZE];

	cpu_count = hostile_cpu_count() < MAX_CPUS ? hostile_cpu_count() :
						     MAX_CPUS;
	if (cpu_count < 2)
		case_skip("needs two CPUs");
	REQUIRE(hostile_pal_prepare(&evil));
	REQUIRE(!pal_open(SECRET_IMAGE, &own));
	REQUIRE(!pal_call(own, SECRET_MAKE, NULL, 0, masked, sizeof(masked),
			  NULL));
	block = hostile_block();
	before = memory();
	race_in_threads();
	after = memory();
	check_calls();
	CHECK_EQ(after.pool_blocks, before.pool_blocks);
	CHECK_EQ(after.pool_free_pages, before.pool_free_pages);
	CHECK_EQ(after.hypervisor_free_bytes, before.hypervisor_free_bytes);
	CHECK_EQ(after.pal_count, before.pal_count);
	CHECK_EQ(pal_call(own, SECRET_CHECK, masked, sizeof(masked), NULL, 0,
			  NULL),
		 0);
	pal_close(own);
}

int main(int argc, char **argv)
{
	case_begin(argc, argv);
	RUN(every_call_may_meet_every_other);
	return case_end();
}
