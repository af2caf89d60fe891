/* SPDX-License-Identifier: BSD-2-Clause */
/* Picks the group of figures; what all groups need. */
#include "bench.h"
#include <errno.h>
#include <pal_host.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void figure(const char *name, double value)
{
	printf("%s %.10g\n", name, value);
	fflush(stdout);
}

void fail(const char *what)
{
	fprintf(stderr, "bench: %s failed: %s; libpal: %s\n", what,
		strerror(errno), pal_error_text());
	exit(1);
}

int compare_ticks(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return (left > right) - (left < right);
}

uint64_t median(uint64_t *ticks, unsigned int count)
{
	qsort(ticks, count, sizeof(*ticks), compare_ticks);
	return ticks[count / 2];
}

uint64_t clock_cost(void)
{
	static uint64_t cost;
	uint64_t taken[MEASURE_ROUNDS];

	if (cost)
		return cost;
	for (int i = 0; i < MEASURE_ROUNDS; i++) {
		uint64_t start = clock_ticks();

		taken[i] = clock_ticks() - start;
	}
	cost = median(taken, MEASURE_ROUNDS);
	return cost;
}

uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

/* The clock counts from the machine's reset, Linux's from its own start. */
void bench_boot(void)
{
	figure("boot_instructions", (double)clock_ticks());
	figure("boot_linux_ns", (double)now_ns());
}

void pin_to_cpu(unsigned int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		fail("sched_setaffinity");
}

struct pal *open_pal(const char *folder, const char *name)
{
	char path[256];
	struct pal *pal;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (pal_open(path, &pal))
		fail(path);
	return pal;
}

/* How many ticks a thousand instructions take: 1000 if one is one. */
void bench_clock(void)
{
	figure("clock_ticks_per_1000_instructions",
	       (double)MEASURE(__asm__ volatile(".rept 1000\n\tnop\n\t.endr")));
}

int main(int argc, char **argv)
{
	const char *group = argc > 1 ? argv[1] : "";
	const char *argument = argc > 2 ? argv[2] : "";

	if (!strcmp(group, "clock"))
		bench_clock();
	else if (!strcmp(group, "native"))
		bench_native();
	else if (!strcmp(group, "launch"))
		bench_launch(argument);
	else if (!strcmp(group, "calls"))
		bench_calls(argument);
	else if (!strcmp(group, "bare_call"))
		bench_bare_call(argument);
	else if (!strcmp(group, "exits"))
		bench_exits(argument);
	else if (!strcmp(group, "work"))
		bench_work();
	else if (!strcmp(group, "idle"))
		bench_idle(argument);
	else if (!strcmp(group, "boot"))
		bench_boot();
	else if (!strcmp(group, "booted"))
		bench_booted(argument);
	else if (!strcmp(group, "devices"))
		bench_devices(argument);
	else if (!strcmp(group, "callers"))
		bench_callers(argument);
	else if (!strcmp(group, "loads"))
		bench_loads(argument);
	else if (!strcmp(group, "seal"))
		bench_seal(argument);
	else if (!strcmp(group, "window"))
		bench_window(argument);
	else if (!strcmp(group, "window_rate"))
		bench_window_rate(argument);
	else if (strcmp(group, "nothing"))
		return fputs("usage: bench GROUP [ARGUMENT]\n", stderr), 2;
	return 0;
}
