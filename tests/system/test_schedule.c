/* SPDX-License-Identifier: BSD-2-Clause */
/* Linux keeps its time while PALs run. */
#include "case.h"

#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/ioctl.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>
#include "abi/ioctl.h"
#include "pals/worker.h"
#include "raw.h"

static struct pal *pal;
static atomic_bool is_over;

static void pin_to(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		case_fail("cannot run on CPU %u", cpu);
}

static uint64_t counter_of_all_cpus(enum hv_counter counter)
{
	int device = open(PALISADE_DEVICE, O_RDWR | O_CLOEXEC);
	struct palisade_cpu_stats stats = {.size = sizeof(stats)};
	uint64_t sum = 0;

	while (!ioctl(device, PALISADE_CPU_STATS, &stats)) {
		sum += stats.stats.count[counter];
		stats.cpu++;
	}
	close(device);
	return sum;
}

static void *loop_on_cpu_0(void *arg)
{
	pin_to(0);
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
	pin_to(0);
	CHECK_EQ(sched_setscheduler(0, SCHED_FIFO, &priority), 0);
	before = counter_of_all_cpus(HV_COUNT_PAL_INTERRUPT);
	timerfd_settime(timer, 0, &every, NULL);
	for (int i = 0; i < 4000 && interrupts < 200; i++) {
		REQUIRE(read(timer, &expired, sizeof(expired)) == 8);
		interrupts = counter_of_all_cpus(HV_COUNT_PAL_INTERRUPT) -
			     before;
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
	pin_to(0);
	before = counter_of_all_cpus(HV_COUNT_PAL_INTERRUPT);
	begin = __builtin_ia32_rdtsc();
	CHECK_EQ(pal_call(pal, WORKER_PAD, &quantum, sizeof(quantum), &out,
			  sizeof(out), NULL), 0);
	CHECK(__builtin_ia32_rdtsc() - begin >= QUANTUM);
	CHECK(counter_of_all_cpus(HV_COUNT_PAL_INTERRUPT) > before);
	pal_close(pal);
}

int main(int argc, char **argv)
{
	case_begin(argc, argv);
	RUN(linux_runs_while_a_call_waits_for_its_quantum);
	RUN(a_cyclic_thread_keeps_its_schedule_beside_a_looping_pal);
	return case_end();
}
