/* SPDX-License-Identifier: BSD-2-Clause */
#include "fresh.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include "case.h"

#define RESTART                                                                \
	"{ pal disable 2>&1 || :; } >/dev/null; pal enable --serial 0x3f8 "

bool fresh_do(const char *command)
{
	char line[1000];
	int length;

	mkdir(FRESH_FOLDER, 0700);
	length = snprintf(line, sizeof(line), "cd " FRESH_FOLDER " && %s",
			  command);
	if (length < 0 || (size_t)length >= sizeof(line))
		abort();
	if (system(line) == 0)
		return true;
	case_fail("failed: %s", command);
	return false;
}

bool fresh_start(const char *policy)
{
	FILE *file;

	mkdir(FRESH_FOLDER, 0700);
	file = fopen(FRESH_FOLDER "policy.conf", "w");
	if (!file || fputs(policy, file) < 0 || fclose(file)) {
		case_fail("cannot write a policy");
		return false;
	}
	return fresh_do(RESTART "--policy policy.conf >/dev/null");
}

int fresh_restore(int status)
{
	if (system(RESTART ">/dev/null") == 0)
		return status;
	puts("not ok the_hypervisor_starts_again - without a policy");
	return 1;
}
