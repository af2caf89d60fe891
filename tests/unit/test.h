/* SPDX-License-Identifier: BSD-2-Clause */
/* The unit tests' framework: TAP lines, one program for each file. */
#ifndef UNIT_TEST_H
#define UNIT_TEST_H

#include <stdbool.h>
#include <stdio.h>

extern int test_count, test_failed_count;	/* fake_platform.c */
extern bool test_is_good;

/* Goes on after a failure, so that a test shows all that is wrong. */
#define CHECK(claim)							\
	do {								\
		if (!(claim)) {						\
			printf("# %s:%d: not true: %s\n", __FILE__,	\
			       __LINE__, #claim);			\
			test_is_good = false;				\
		}							\
	} while (0)

/* Two integers, whatever their types; both are shown. */
#define CHECK_EQ(is, wanted)						\
	do {								\
		long long is_ = (long long)(is);			\
		long long wanted_ = (long long)(wanted);		\
									\
		if (is_ != wanted_) {					\
			printf("# %s:%d: %s is %lld (0x%llx), not %s "	\
			       "(%lld)\n", __FILE__, __LINE__, #is,	\
			       is_, is_, #wanted, wanted_);		\
			test_is_good = false;				\
		}							\
	} while (0)

/* The function's name is the claim that it tests. */
#define RUN(test)							\
	do {								\
		test_is_good = true;					\
		test();							\
		test_failed_count += !test_is_good;			\
		printf("%sok %d - %s\n", test_is_good ? "" : "not ",	\
		       ++test_count, #test);				\
		fflush(stdout);						\
	} while (0)

#define TESTS(...)							\
	int main(void)							\
	{								\
		__VA_ARGS__						\
		printf("1..%d\n", test_count);				\
		return test_failed_count != 0;				\
	}

#define COUNT_OF(array)	(sizeof(array) / sizeof((array)[0]))

#endif
