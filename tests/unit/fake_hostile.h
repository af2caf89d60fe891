/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An OS that makes hypercalls with arguments that are often nearly right, exits
 * in every other way, and has PALs that do whatever they can, each with a
 * secret in its memory.  Where its choices come from is the user's: seeds in
 * test_random_hypercalls.c, a fuzzer's bytes in tests/fuzz/fuzz_core.c.
 */
#ifndef UNIT_FAKE_HOSTILE_H
#define UNIT_FAKE_HOSTILE_H

#include "fake_machine.h"

/* A number below `count`, or any if that is 0; set it before anything else. */
extern uint64_t (*hostile_pick)(uint64_t count);

/* How often each status was answered, by its negative. */
extern unsigned int hostile_answers[-HV_ELOOP + 1];

/* A launched machine of kind `which`, most with one block in the pool. */
struct hv *hostile_machine(uint64_t which);

/* One hypercall, call of a PAL or other exit of one CPU.  It CHECKs answers. */
void hostile_step(void);

/* No page that the OS can reach holds a PAL's secret. */
bool hostile_secret_is_kept(void);

#endif
