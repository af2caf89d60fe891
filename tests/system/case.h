/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The frame of the guest's test programs.  Each is a list of cases:
 *
 *	static void a_dead_pal_stays_dead(void)
 *	{
 *		struct pal *pal = case_open("faulty");
 *
 *		REQUIRE(pal);
 *		CHECK_EQ(pal_call(pal, 0, NULL, 0, NULL, 0, NULL), PAL_EDEAD);
 *	}
 *
 *	int main(int argc, char **argv)
 *	{
 *		case_begin(argc, argv);
 *		RUN(a_dead_pal_stays_dead);
 *		return case_end();
 *	}
 *
 * A function's name is the claim that it tests.  Each runs in a child process
 * of its own, with a time limit, and leaves things open as it likes; it prints
 * one line, `ok NAME`, `not ok NAME - why` or `skip NAME - why`.  Afterwards a
 * good PAL must work and no PAL be left, or the case has failed.
 *
 * Arguments of the program are names (with * and ?) of cases: others do not
 * run.  -v also prints what case_note() says.
 */
#ifndef SYSTEM_CASE_H
#define SYSTEM_CASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "pal_host.h"

/* Where the test PALs and programs lie in the guest. */
#define CASE_FOLDER "/usr/lib/palisade/tests/"

void case_begin(int argc, char **argv);
int case_end(void);
void case_run(const char *name, void (*function)(void));

/* Seconds that each of the following cases may take; at first 120. */
void case_time_limit(unsigned int seconds);
/* For cases that end the hypervisor: no good PAL afterwards, until true. */
void case_expect_hypervisor(bool is_there);

/* From within a case; the first failure's reason is what is printed. */
void case_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
bool case_has_failed(void);
/* Cannot be tested here: ends the case. */
_Noreturn void case_skip(const char *why);
void case_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
/*
 * Kernel log lines that match this extended regular expression are what the
 * case wants to see, not a sign of damage.
 */
void case_expect_log(const char *pattern);

/* Open CASE_FOLDER/name.pal; the case fails and NULL comes if it cannot. */
struct pal *case_open(const char *name);
/* The image of that PAL in memory, for changing it; never NULL. */
unsigned char *case_image(const char *name, size_t *size);
/* Call entry with one number in and one out (as the test PALs have it). */
int case_call(struct pal *pal, unsigned int entry, uint64_t in, uint64_t *out);
/* Open good.pal, call it, close it: 0 or the first error. */
int case_good_pal_works(void);
/* PALs that the hypervisor has now; -1 if it cannot be asked. */
int case_pal_count(void);
/* Wait for that count of PALs, up to two minutes: machines are busy. */
bool case_wait_pal_count(int wanted);

/* Random numbers that are the same in each run. */
uint64_t case_random(uint64_t *state);

#define RUN(function) case_run(#function, function)

#define CHECK(claim)                                                           \
	do {                                                                   \
		if (!(claim))                                                  \
			case_fail("line %d: not true: %s", __LINE__, #claim);  \
	} while (0)

#define REQUIRE(claim)                                                         \
	do {                                                                   \
		if (!(claim)) {                                                \
			case_fail("line %d: not true: %s", __LINE__, #claim);  \
			return;                                                \
		}                                                              \
	} while (0)

/* Two integers, whatever their types; both are shown. */
#define CHECK_EQ(is, wanted)                                                   \
	do {                                                                   \
		long long is_ = (long long)(is);                               \
		long long wanted_ = (long long)(wanted);                       \
                                                                               \
		if (is_ != wanted_)                                            \
			case_fail("line %d: %s is %lld (0x%llx), not %s "      \
				  "(%lld)",                                    \
				  __LINE__, #is, is_, is_, #wanted, wanted_);  \
	} while (0)

#endif /* SYSTEM_CASE_H */
