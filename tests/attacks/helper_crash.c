/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For tests/system/crash_test: the hypervisor crashes on CPU 1, 2, ... in the
 * ways (HC_CRASH_*) that the arguments name, one after the other.  CPU 0 looks
 * on: its `pal log` must show each crash before the next one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "abi/hypercall.h"
#include "common_hostile.h"

/* How a record of an exception ends, and one of an assertion. */
static const char *const last_words[] = {"r13 ", "ASSERT("};

/* A process that is on its CPU already when others die; returns its pipe. */
static int start(unsigned int cpu, uint64_t kind)
{
	int ends[2], is_there[2];
	char byte;

	if (pipe(ends) || pipe(is_there))
		return -1;
	switch (fork()) {
	case -1:
		return -1;
	case 0:
		if (!hostile_run_on(cpu) ||
		    hostile_call(HC_INFO, 0, 0, 0, NULL) != HV_OK)
			_exit(1);
		close(ends[1]);
		if (write(is_there[1], "", 1) == 1 &&
		    read(ends[0], &byte, 1) == 1)
			hostile_call(HC_DEBUG_CRASH, kind, 0, 0, NULL);
		_exit(1);
	}
	close(ends[0]);
	close(is_there[1]);
	if (read(is_there[0], &byte, 1) != 1)
		return -1;
	close(is_there[0]);
	return ends[1];
}

static bool is_last(const char *line)
{
	for (size_t i = 0; i < sizeof(last_words) / sizeof(*last_words); i++)
		if (strstr(line, last_words[i]))
			return true;
	return false;
}

static unsigned int record_count(void)
{
	FILE *log = popen("pal log", "r");
	unsigned int count = 0;
	char line[256];

	while (log && fgets(line, sizeof(line), log))
		count += is_last(line);
	if (log)
		pclose(log);
	return count;
}

int main(int argc, char **argv)
{
	int pipes[HV_MAX_CPUS];
	int i;

	printf("guarded WRMSR: %lld\n",
	       (long long)hostile_call(HC_DEBUG_CRASH, HC_CRASH_MSR, 0, 0,
				       NULL));
	for (i = 1; i < argc && i < HV_MAX_CPUS; i++) {
		pipes[i] = start((unsigned int)i, strtoull(argv[i], NULL, 0));
		if (pipes[i] < 0) {
			perror("helper_crash");
			return 1;
		}
	}
	sleep(1);	/* until each waits, and nobody has to be told of it */
	if (!hostile_run_on(0))
		return 1;
	for (i = 1; i < argc; i++) {
		if (write(pipes[i], "", 1) != 1)
			return 1;
		while (record_count() < (unsigned int)i)
			usleep(50000);
		printf("pal log shows crash %s\n", argv[i]);
		fflush(stdout);
	}
	return 0;
}
