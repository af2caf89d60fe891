/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * For test scripts: open "worker", say "ready", and then
 *
 *	helper_hold idle	wait to be ended
 *	helper_hold loop	be in a call that does not end
 *	helper_hold call	make short calls, one after the other
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "pal_host.h"
#include "pals/worker.h"

static int call(struct pal *pal, unsigned int entry)
{
	uint64_t number = 1;

	return pal_call(pal, entry, &number, sizeof(number), &number,
			sizeof(number), NULL);
}

int main(int argc, char **argv)
{
	struct pal *pal;

	if (argc != 2)
		return 2;
	if (pal_open("/usr/lib/palisade/tests/worker.pal", &pal)) {
		printf("%s\n", pal_error_text());
		return 3;
	}
	puts("ready");
	fflush(stdout);
	if (!strcmp(argv[1], "loop"))
		call(pal, WORKER_LOOP);
	else if (!strcmp(argv[1], "call"))
		while (!call(pal, WORKER_ADD_ONE))
			;
	else
		pause();
	printf("%s\n", pal_error_text());
	return 1;
}
