/* SPDX-License-Identifier: BSD-2-Clause */
/* What test_sim.c and its PAL agree on. */
#ifndef SIM_ENTRIES_H
#define SIM_ENTRIES_H

#define SIM_TEST_THREADS 4

enum {
	SIM_COUNT, /* out: unsigned int, which call this is */
	SIM_REVERSE,
	SIM_SPEAK, /* in: how often, what */
	SIM_IDENTITY, /* out: struct pal_identity */
	SIM_MEET, /* waits until it runs in all threads */
	SIM_LOOP, /* for ever */
	SIM_FAULT, /* three functions deep */
	SIM_SYSTEM_CALL, /* with input: the 32-bit one */
	SIM_SUM_DATA, /* out: uint64_t */
};

#endif
