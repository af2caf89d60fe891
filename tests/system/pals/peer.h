/* SPDX-License-Identifier: BSD-2-Clause */
/* The entries of the PAL "peer", which calls others of its kind. */
#ifndef PALS_PEER_H
#define PALS_PEER_H

#include <stdint.h>
#include "abi/pal_image.h"

#define PEER_THREADS   4
#define PEER_NAMES_MAX 8
#define PEER_NAME_SIZE 32

enum {
	PEER_RELAY, /* struct peer_relay in, struct peer_answer out */
	PEER_RAW, /* struct peer_raw in, struct peer_raw_answer out */
	PEER_FUZZ, /* struct peer_fuzz in, struct peer_fuzz_answer out */
	PEER_IDENTITY, /* nothing in, struct pal_identity out */
};

/* What the last of a relay does; nothing that random bytes would say. */
#define PEER_SPIN  0x5350494eu /* `steps` of peer_step(), from 1 */
#define PEER_LOOP  0x4c4f4f50u
#define PEER_FAULT 0x4641554cu
#define PEER_SPEAK 0x54414c4bu /* pal_log(PEER_WORDS) */
#define PEER_WORDS "called by a peer\n"

/* Call the first of the names with the rest; without names do the action. */
struct peer_relay {
	uint32_t count;
	uint32_t action;
	uint64_t steps;
	char names[PEER_NAMES_MAX][PEER_NAME_SIZE];
};

/* Each that has called adds 1 to the value. */
struct peer_answer {
	int64_t status; /* what the last pal_call_peer() of the chain gave */
	uint64_t value;
	uint64_t has_caller; /* the last one's */
	struct pal_identity caller;
};

/* HC_PAL_CALL_PEER with this request; at: 0, or where it is said to lie. */
struct peer_raw {
	struct pal_peer_call call;
	uint64_t at;
};

struct peer_raw_answer {
	int64_t status, result;
};

/* Random requests, to these names and others. */
struct peer_fuzz {
	uint64_t seed, count;
	char names[4][PEER_NAME_SIZE];
};

struct peer_fuzz_answer {
	uint64_t status_count[16]; /* answers 0, -1, ... */
	uint64_t unknown_count;
};

static inline uint64_t peer_step(uint64_t value)
{
	return value * 6364136223846793005u + 1442695040888963407u;
}

#endif /* PALS_PEER_H */
