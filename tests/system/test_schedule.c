/* SPDX-License-Identifier: BSD-2-Clause */
/* Linux keeps its time while PALs run. */
#include "case.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>
#include "cpu.h"
#include "pals/worker.h"
#include "raw.h"

static struct pal *pal;
static atomic_bool is_over;

static void *loop_on_cpu_0(void *arg)
{
	cpu_pin(0);
	raw_call(pal_handle(pal) + (uintptr_t)arg, WORKER_LOOP);
	is_over = true;
	return NULL;
}

/*
 * A cyclic thread gets its ticks while PALs never let go of its CPU: each that
 * it waits for has interrupted one.  Ticks that a slow machine delivers late
 * come without a wait, and do not count.
 */
static void a_cyclic_thread_keeps_its_schedule_beside_a_looping_pal(void)
{
	struct itimerspec every = {{0, 5000000}, {0, 5000000}};
	struct sched_param priority = {.sched_priority = 10};
	int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	uint64_t expired, before, interrupts = 0;
	pthread_t threads[3];

	pal = case_open("worker");
	REQUIRE(pal && timer >= 0);
	for (uintptr_t i = 0; i < 3; i++)
		REQUIRE(!pthread_create(&threads[i], NULL, loop_on_cpu_0,
					(void *)i));
	usleep(50000);
	cpu_pin(0);
	CHECK_EQ(sched_setscheduler(0, SCHED_FIFO, &priority), 0);
	before = cpu_sum_counter(HV_COUNT_PAL_INTERRUPT);
	timerfd_settime(timer, 0, &every, NULL);
	for (int i = 0; i < 4000 && interrupts < 200; i++) {
		REQUIRE(read(timer, &expired, sizeof(expired)) == 8);
		interrupts = cpu_sum_counter(HV_COUNT_PAL_INTERRUPT) - before;
	}
	CHECK(!is_over);
	CHECK(interrupts >= 200);
}

#define QUANTUM (UINT64_C(1) << 29)

/* Padding is waiting inside: Linux has the CPU whenever it wants it. */
static void linux_runs_while_a_call_waits_for_its_quantum(void)
{
	uint64_t quantum = QUANTUM, out, begin, before;

	pal = case_open("worker");
	REQUIRE(pal);
	cpu_pin(0);
	before = cpu_sum_counter(HV_COUNT_PAL_INTERRUPT);
	begin = __builtin_ia32_rdtsc();
	CHECK_EQ(pal_call(pal, WORKER_PAD, &quantum, sizeof(quantum), &out,
			  sizeof(out), NULL), 0);
	CHECK(__builtin_ia32_rdtsc() - begin >= QUANTUM);
	CHECK(cpu_sum_counter(HV_COUNT_PAL_INTERRUPT) > before);
	pal_close(pal);
}

int main(int argc, char **argv)
{
	case_begin(argc, argv);
	RUN(linux_runs_while_a_call_waits_for_its_quantum);
	RUN(a_cyclic_thread_keeps_its_schedule_beside_a_looping_pal);
	return case_end();
}
