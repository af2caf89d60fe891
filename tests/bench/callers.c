/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls on several CPUs at once.  CPU 0 keeps out of it: see README.md. */
#include "bench.h"
#include <pal_host.h>
#include <pthread.h>
#include <stdio.h>
#include "noop.h"

#define CALLERS		4
#define ROUNDS		4
#define PERIOD_NS	150000000ULL
#define COMPUTE_STEPS	5000

struct caller {
	struct pal *pal;
	unsigned int index;		/* of the PAL thread; on CPU index + 1 */
	void (*work)(const struct caller *caller);
	pthread_barrier_t *start;
	double per_second;
};

static void call(const struct caller *caller)
{
	if (pal_call_thread(caller->pal, caller->index, NOOP_NOTHING, NULL, 0,
			    NULL, 0, NULL))
		fail("pal_call_thread");
}

/* What the same threads can do without a PAL: the machine's own limit. */
static void compute(const struct caller *caller)
{
	uint64_t x = caller->index;

	for (int i = 0; i < COMPUTE_STEPS; i++)
		x = x * 6364136223846793005 + 1;
	__asm__ volatile("" : : "r"(x));
}

/* An exit with which PALs have nothing to do: what the emulator makes of it. */
static void take_exit(const struct caller *caller)
{
	unsigned int eax = 0, ebx, ecx = 0, edx;

	(void)caller;
	__asm__ volatile("cpuid" : "+a"(eax), "=b"(ebx), "+c"(ecx), "=d"(edx));
}

static void *work_for_a_while(void *argument)
{
	struct caller *caller = argument;
	uint64_t start, now, done = 0;

	pin_to_cpu(caller->index + 1);
	pthread_barrier_wait(caller->start);
	start = now = now_ns();
	while (now - start < PERIOD_NS) {
		for (int i = 0; i < 50; i++, done++)
			caller->work(caller);
		now = now_ns();
	}
	caller->per_second = (double)done * 1e9 / (double)(now - start);
	return NULL;
}

static double work_per_second(const struct caller *model, unsigned int threads)
{
	struct caller callers[CALLERS];
	pthread_t thread[CALLERS];
	pthread_barrier_t start;
	double sum = 0;

	pthread_barrier_init(&start, NULL, threads);
	for (unsigned int i = 0; i < threads; i++) {
		callers[i] = *model;
		callers[i].index = i;
		callers[i].start = &start;
		if (pthread_create(&thread[i], NULL, work_for_a_while,
				   &callers[i]))
			fail("pthread_create");
	}
	for (unsigned int i = 0; i < threads; i++) {
		pthread_join(thread[i], NULL);
		sum += callers[i].per_second;
	}
	pthread_barrier_destroy(&start);
	return sum;
}

/* best[i]: with i threads. */
static void take_best(const struct caller *model, double best[CALLERS + 1])
{
	for (unsigned int threads = 1; threads <= CALLERS; threads++) {
		double rate = work_per_second(model, threads);

		if (rate > best[threads])
			best[threads] = rate;
	}
}

static void print_ratios(const char *what, const double best[CALLERS + 1])
{
	char name[40];

	for (unsigned int threads = 2; threads <= CALLERS; threads++) {
		snprintf(name, sizeof(name), "%s_%u_cpus_ratio", what, threads);
		figure(name, best[threads] / best[1]);
	}
}

/* All in turn, so that what else the host does hits each. */
void bench_callers(const char *folder)
{
	struct pal *pal = open_pal(folder, "noop.pal");
	const struct caller caller = { .pal = pal, .work = call };
	const struct caller exiter = { .pal = pal, .work = take_exit };
	const struct caller computer = { .pal = pal, .work = compute };
	double calls[CALLERS + 1] = { 0 }, exits[CALLERS + 1] = { 0 };
	double computed[CALLERS + 1] = { 0 };

	for (int round = 0; round < ROUNDS; round++) {
		take_best(&caller, calls);
		take_best(&exiter, exits);
		take_best(&computer, computed);
	}
	pal_close(pal);
	figure("emulated_calls_per_second", calls[1]);
	print_ratios("calls", calls);
	print_ratios("cpuid", exits);
	print_ratios("compute", computed);
}
