/* SPDX-License-Identifier: BSD-2-Clause */
/* What the hypervisor counted: of calls, and of a Linux that does nothing. */
#include "bench.h"
#include <pal_host.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>
#include "abi/ioctl.h"
#include "noop.h"

#define CALLS	10000

static int device;
static unsigned int cpu_count;

static void open_device(void)
{
	struct palisade_info info = { .size = sizeof(info) };

	device = open(PALISADE_DEVICE, O_RDWR | O_CLOEXEC);
	if (device < 0 || ioctl(device, PALISADE_INFO, &info))
		fail(PALISADE_DEVICE);
	cpu_count = info.cpu_count;
}

static void pin(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		fail("sched_setaffinity");
}

/* Of all CPUs together.  One hypercall for each. */
static struct hv_cpu_stats read_stats(void)
{
	struct hv_cpu_stats sum = { { 0 } };

	for (unsigned int cpu = 0; cpu < cpu_count; cpu++) {
		struct palisade_cpu_stats request = {
			.size = sizeof(request),
			.cpu = cpu,
		};

		if (ioctl(device, PALISADE_CPU_STATS, &request))
			fail("PALISADE_CPU_STATS");
		for (int i = 0; i < HV_COUNTERS; i++)
			sum.count[i] += request.stats.count[i];
	}
	return sum;
}

/* What happened between two readings, this program's own reading left out. */
static struct hv_cpu_stats stats_since(const struct hv_cpu_stats *before)
{
	struct hv_cpu_stats now = read_stats();

	for (int i = 0; i < HV_COUNTERS; i++)
		now.count[i] -= before->count[i];
	now.count[HV_COUNT_HYPERCALL] -= cpu_count;
	return now;
}

/* Every exit but those of PALs and of the APIC's guard. */
static uint64_t os_exits(const struct hv_cpu_stats *stats)
{
	const uint64_t *count = stats->count;

	return count[HV_COUNT_CPUID] + count[HV_COUNT_MSR] +
	       count[HV_COUNT_HYPERCALL] + count[HV_COUNT_NPT_FAULT] +
	       count[HV_COUNT_VIRT_INSN] + count[HV_COUNT_OTHER];
}

/* Exits on the way into PALs, and out of them. */
static uint64_t call_exits(const struct hv_cpu_stats *stats)
{
	const uint64_t *count = stats->count;
	uint64_t entered = count[HV_COUNT_PAL_CALL] +
			   count[HV_COUNT_PAL_RESUME];

	return entered + entered + count[HV_COUNT_PAL_CPUID];
}

static struct pal *open_noop(const char *folder)
{
	char path[256];
	struct pal *pal;

	snprintf(path, sizeof(path), "%s/noop.pal", folder);
	if (pal_open(path, &pal) ||
	    pal_call(pal, NOOP_NOTHING, NULL, 0, NULL, 0, NULL))
		fail(path);
	return pal;
}

void bench_exits(const char *folder)
{
	struct hv_cpu_stats stats;
	struct pal *pal;

	pin(0);
	open_device();
	pal = open_noop(folder);
	stats = read_stats();
	for (int i = 0; i < CALLS; i++)
		pal_call(pal, NOOP_NOTHING, NULL, 0, NULL, 0, NULL);
	stats = stats_since(&stats);
	pal_close(pal);
	if (stats.count[HV_COUNT_PAL_CALL] != CALLS)
		fail("counting calls");
	/* an interrupt that meets a PAL costs two exits more: not the call's */
	figure("exits_per_noop_call",
	       (double)(call_exits(&stats) + os_exits(&stats) -
			2 * stats.count[HV_COUNT_PAL_RESUME]) / CALLS);
	figure("interrupts_per_1000_noop_calls",
	       1000.0 * (double)stats.count[HV_COUNT_PAL_INTERRUPT] / CALLS);
}

void bench_idle(const char *seconds)
{
	double period = atof(seconds);
	struct hv_cpu_stats stats;

	pin(0);
	open_device();
	stats = read_stats();
	usleep((useconds_t)(period * 1e6));
	stats = stats_since(&stats);
	figure("idle_exits_per_second", (double)os_exits(&stats) / period);
	figure("idle_apic_guard_exits_per_second",
	       (double)stats.count[HV_COUNT_APIC_GUARD] / period);
	figure("idle_pal_exits_per_second", (double)call_exits(&stats) / period);
}

#define PERIOD_NS	400000000ULL

struct caller {
	struct pal *pal;
	unsigned int index;		/* of the PAL thread; CPU 1 or 2 */
	pthread_barrier_t *start;
	double calls_per_second;
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static void *call_for_a_while(void *argument)
{
	struct caller *caller = argument;
	uint64_t start, now, calls = 0;

	pin(caller->index + 1);
	pthread_barrier_wait(caller->start);
	start = now = now_ns();
	while (now - start < PERIOD_NS) {
		for (int i = 0; i < 50; i++, calls++)
			if (pal_call_thread(caller->pal, caller->index,
					    NOOP_NOTHING, NULL, 0, NULL, 0,
					    NULL))
				fail("pal_call_thread");
		now = now_ns();
	}
	caller->calls_per_second = (double)calls * 1e9 / (double)(now - start);
	return NULL;
}

static double calls_per_second(struct pal *pal, unsigned int threads)
{
	struct caller callers[2];
	pthread_t thread[2];
	pthread_barrier_t start;
	double sum = 0;

	pthread_barrier_init(&start, NULL, threads);
	for (unsigned int i = 0; i < threads; i++) {
		callers[i] = (struct caller){ pal, i, &start, 0 };
		if (pthread_create(&thread[i], NULL, call_for_a_while,
				   &callers[i]))
			fail("pthread_create");
	}
	for (unsigned int i = 0; i < threads; i++) {
		pthread_join(thread[i], NULL);
		sum += callers[i].calls_per_second;
	}
	pthread_barrier_destroy(&start);
	return sum;
}

/* One CPU and both in turn, so that what else the machine does hits both. */
void bench_two_callers(const char *folder)
{
	struct pal *pal = open_noop(folder);
	double one = 0, both = 0;

	for (int i = 0; i < 8; i++) {
		double rate = calls_per_second(pal, 1);

		one = rate > one ? rate : one;
		rate = calls_per_second(pal, 2);
		both = rate > both ? rate : both;
	}
	pal_close(pal);
	figure("calls_2_cpus_ratio", both / one);
	figure("emulated_calls_per_second", one);
}
