/* SPDX-License-Identifier: BSD-2-Clause */
/* The smallest cases; and some that fail on purpose, when asked by name. */
#include "case.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

static void a_good_pal_works(void)
{
	CHECK_EQ(case_good_pal_works(), 0);
}

static void a_pal_left_open_goes_with_its_process(void)
{
	REQUIRE(case_open("good"));
	CHECK_EQ(case_pal_count(), 1);
}

static void fails_on_purpose(void)
{
	CHECK_EQ(1 + 1, 3);
}

static void crashes_on_purpose(void)
{
	raise(SIGSEGV);
}

static void hangs_on_purpose(void)
{
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	case_begin(argc, argv);
	RUN(a_good_pal_works);
	RUN(a_pal_left_open_goes_with_its_process);
	if (argc > 1 && strstr(argv[1], "_on_purpose")) {
		case_time_limit(3);
		RUN(fails_on_purpose);
		RUN(crashes_on_purpose);
		RUN(hangs_on_purpose);
	}
	return case_end();
}
