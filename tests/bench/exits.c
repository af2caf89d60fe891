/* SPDX-License-Identifier: BSD-2-Clause */
/* What the hypervisor counted: of calls, and of a Linux that does nothing. */
#include "bench.h"
#include <pal_host.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
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

void bench_exits(const char *folder)
{
	struct hv_cpu_stats stats;
	struct pal *pal;

	pin_to_cpu(0);
	open_device();
	pal = open_pal(folder, "noop.pal");
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

	pin_to_cpu(0);
	open_device();
	stats = read_stats();
	usleep((useconds_t)(period * 1e6));
	stats = stats_since(&stats);
	figure("idle_exits_per_second", (double)os_exits(&stats) / period);
	figure("idle_apic_guard_exits_per_second",
	       (double)stats.count[HV_COUNT_APIC_GUARD] / period);
	figure("idle_pal_exits_per_second", (double)call_exits(&stats) / period);
}

static void show_kinds(const char *when, const struct hv_cpu_stats *stats,
		       double divisor)
{
	static const char *const names[HV_COUNTERS] = {
		[HV_COUNT_CPUID] = "cpuid",
		[HV_COUNT_MSR] = "msr",
		[HV_COUNT_HYPERCALL] = "hypercall",
		[HV_COUNT_APIC_GUARD] = "apic_guard",
		[HV_COUNT_NPT_FAULT] = "npt_fault",
		[HV_COUNT_VIRT_INSN] = "virt_insn",
		[HV_COUNT_OTHER] = "other",
	};
	char name[80];

	for (unsigned int i = 0; i < HV_COUNTERS; i++) {
		if (!names[i])
			continue;
		snprintf(name, sizeof(name), "%s_%s", when, names[i]);
		figure(name, (double)stats->count[i] / divisor);
	}
}

/* Of a hypervisor that was there before Linux: up to now, and then. */
void bench_booted(const char *seconds)
{
	double period = atof(seconds);
	struct hv_cpu_stats stats;

	pin_to_cpu(0);
	open_device();
	stats = read_stats();
	show_kinds("boot_exits", &stats, 1);
	usleep(2000000);	/* what was just loaded comes to rest */
	stats = read_stats();
	usleep((useconds_t)(period * 1e6));
	stats = stats_since(&stats);
	show_kinds("booted_exits", &stats, period);
}
