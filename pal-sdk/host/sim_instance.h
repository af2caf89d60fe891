/* SPDX-License-Identifier: BSD-2-Clause */
/* What a simulated PAL is inside libpal, and a call that goes through several. */
#ifndef HOST_SIM_INSTANCE_H
#define HOST_SIM_INSTANCE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include "abi/pal_image.h"
#include "sim/protocol.h"

struct sim_slot;

struct sim {
	struct sim_shared *shared;
	unsigned char *behind; /* the window, from layout.callers on */
	struct sim_layout layout;
	struct pal_identity identity;
	uint64_t arg_size;
	unsigned int thread_count;
	bool is_peer; /* takes calls of other PALs */
	int socket;
	int pid;
	int tids[PAL_MAX_THREADS];
	atomic_flag is_running[PAL_MAX_THREADS];

	struct sim_slot *slot; /* where other PALs find it, or NULL */
	uint32_t rule; /* as in struct notary_record */
	uint64_t may_call;
};

struct sim_place {
	struct sim *sim;
	unsigned int thread;
};

/* How many PALs may be called, one by the other (hv/core/pal.h). */
#define SIM_CHAIN_MAX 4

/* The program has called the first, each has called the next, the last runs. */
struct sim_chain {
	unsigned int count;
	struct sim_place places[1 + SIM_CHAIN_MAX];
};

struct sim_arguments {
	uint64_t entry, in_size, out_size;
};

/* The process has ended, or is about to. */
bool sim_is_gone(const struct sim *sim);

/*
 * Run the last of the chain until it returns: true, and *result.  False when it
 * has ended, or one that waits for it has; its thread is then free again.
 */
bool sim_run(struct sim_chain *chain, const struct sim_arguments *arguments,
	     int64_t *result);

#endif /* HOST_SIM_INSTANCE_H */
