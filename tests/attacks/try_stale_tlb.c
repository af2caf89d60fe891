/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One CPU keeps a translation of a block while another gives the block away:
 * nothing secret may come there before the first has forgotten it.
 */
#include <pthread.h>
#include <stdlib.h>
#include "../system/case.h"
#include "abi/hypercall.h"
#include "common_pal.h"

static struct attack_stale reader, giver;
static pthread_barrier_t both_are_there;

/* Neither may wait with its interrupts off on the CPU that the other needs. */
static void go_to(unsigned int cpu)
{
	hostile_run_on(cpu);
	pthread_barrier_wait(&both_are_there);
}

static void *read_stale(void *unused)
{
	(void)unused;
	go_to(0);
	CHECK_EQ(hostile_order(ATTACK_STALE_READER, &reader), 0);
	return NULL;
}

static void *give(void *unused)
{
	(void)unused;
	go_to(1);
	CHECK_EQ(hostile_order(ATTACK_STALE_GIVER, &giver), 0);
	return NULL;
}

/* The pool then has the notary's block only. */
static void start_afresh(void)
{
	if (hostile_was_before_linux())
		case_skip("it was there before Linux, and stays");
	CHECK_EQ(system("pal disable >/dev/null && "
			"pal enable --serial 0x3f8 >/dev/null"),
		 0);
}

static void a_block_is_not_used_before_all_cpus_forgot_it(void)
{
	struct hostile_pal evil, filling;
	pthread_t threads[2];

	if (hostile_cpu_count() < 2)
		case_skip("needs two CPUs");
	start_afresh();
	if (case_has_failed() || !hostile_pal_prepare(&evil) ||
	    !hostile_pal_fill_pool(&filling))
		return;
	reader.block = giver.block = hostile_block();
	giver.header = evil.block;
	pthread_barrier_init(&both_are_there, NULL, 2);
	pthread_create(&threads[0], NULL, read_stale, NULL);
	pthread_create(&threads[1], NULL, give, NULL);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	CHECK(!reader.is_late && !giver.is_late);
	CHECK_EQ(reader.before, ATTACK_WORKED);
	CHECK_EQ(giver.add_status, HV_OK);
	CHECK_EQ(giver.create_status, HV_EAGAIN);
	case_note("before its flush the reader %s the block",
		  reader.between == ATTACK_WORKED ? "still reads" :
						    "cannot read");
	CHECK_EQ(reader.after, 13);
	hostile_flush_all();
	CHECK_EQ(hostile_call(HC_PAL_CREATE, evil.block, evil.block, 0,
			      &evil.handle),
		 HV_OK);
	hostile_pal_destroy(&evil);
	CHECK_EQ(hostile_call(HC_POOL_REMOVE, reader.block, 0, 0, NULL), HV_OK);
	hostile_pal_destroy(&filling);
}

int main(int argc, char **argv)
{
	case_begin(argc, argv);
	RUN(a_block_is_not_used_before_all_cpus_forgot_it);
	return case_end();
}
