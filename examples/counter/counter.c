/* SPDX-License-Identifier: BSD-2-Clause */
/* Has as many threads as the PAL count at once, and looks at the sum. */
#include <inttypes.h>
#include <pal_host.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "counter.h"

PAL_STUBS(COUNTER_FUNCTIONS);

#define DEFAULT_IMAGE "/usr/lib/palisade/counter.pal"
#define DEFAULT_CALLS 1000

struct work {
	struct pal *pal;
	long calls;
	int status;
};

static void *count(void *argument)
{
	struct work *work = argument;
	const struct counter_amount one = {1};

	/* pal_call() takes whichever thread of the PAL is free. */
	for (long i = 0; i < work->calls && !work->status; i++)
		work->status = counter_add(work->pal, &one);
	if (work->status)
		fprintf(stderr, "counter: %s\n", pal_error_text());
	return NULL;
}

static int print_state(struct pal *pal)
{
	struct counter_state state;

	if (counter_read(pal, &state)) {
		fprintf(stderr, "counter: %s\n", pal_error_text());
		return 1;
	}
	printf("total %" PRIu64 "\n", state.total);
	for (int i = 0; i < COUNTER_THREADS; i++)
		printf("thread %d of the PAL had %" PRIu64 " calls\n", i,
		       state.calls[i]);
	return 0;
}

static int run(struct pal *pal, long calls)
{
	pthread_t threads[COUNTER_THREADS];
	struct work work[COUNTER_THREADS];
	int failed = 0;

	for (int i = 0; i < COUNTER_THREADS; i++) {
		work[i] = (struct work){pal, calls, 0};
		if (pthread_create(&threads[i], NULL, count, &work[i])) {
			fputs("counter: cannot make a thread\n", stderr);
			exit(1);
		}
	}
	for (int i = 0; i < COUNTER_THREADS; i++) {
		pthread_join(threads[i], NULL);
		failed |= work[i].status != 0;
	}
	return failed | print_state(pal);
}

int main(int argc, char **argv)
{
	const char *image = DEFAULT_IMAGE;
	long calls = DEFAULT_CALLS;
	struct pal *pal;
	int failed, first = 1;

	if (argc > 2 && !strcmp(argv[1], "-i")) {
		image = argv[2];
		first = 3;
	}
	if (first < argc)
		calls = atol(argv[first]);
	if (calls < 1 || first + 1 < argc) {
		fputs("usage: counter [-i IMAGE.pal] [CALLS]\n", stderr);
		return 2;
	}
	if (pal_open(image, &pal)) {
		fprintf(stderr, "counter: %s\n", pal_error_text());
		return 1;
	}
	failed = run(pal, calls);
	pal_close(pal);
	return failed;
}
