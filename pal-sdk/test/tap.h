/* SPDX-License-Identifier: BSD-2-Clause */
/* The test framework of the SDK: TAP lines, one program per file. */
#ifndef TEST_TAP_H
#define TEST_TAP_H

#include <stdbool.h>
#include <stdio.h>

static int tap_count, tap_failed_count;
static bool tap_is_good;

/* Goes on after a failure, so that a test shows all that is wrong. */
#define CHECK(claim)                                                           \
	do {                                                                   \
		if (!(claim)) {                                                \
			printf("# %s:%d: not true: %s\n", __FILE__, __LINE__,  \
			       #claim);                                        \
			tap_is_good = false;                                   \
		}                                                              \
	} while (0)

/* The function's name is the claim that it tests. */
#define RUN(test)                                                              \
	do {                                                                   \
		tap_is_good = true;                                            \
		test();                                                        \
		tap_failed_count += !tap_is_good;                              \
		printf("%sok %d - %s\n", tap_is_good ? "" : "not ",            \
		       ++tap_count, #test);                                    \
	} while (0)

/* The last act of main(). */
#define TAP_END() (printf("1..%d\n", tap_count), tap_failed_count != 0)

#endif /* TEST_TAP_H */
