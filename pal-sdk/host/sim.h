/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The simulator: PALs in processes of this machine instead of the hypervisor's
 * care, when the environment has PAL_BACKEND=sim.  It protects nothing, and
 * says so on standard error once, unless PAL_SIM_QUIET is set too.
 */
#ifndef HOST_SIM_H
#define HOST_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "abi/pal_image.h"
#include "hypercall.h"

/* In the environment: threads wait for a debugger first (pal gdb). */
#define SIM_HOLD_VARIABLE "PAL_SIM_HOLD"

struct sim;

/*
 * Does the environment ask for the simulator?  Returns 0 and the answer, or
 * PAL_EINVAL for a PAL_BACKEND that does not exist.  Programs with more rights
 * than their user never use it.
 */
int sim_is_wanted(bool *answer);

/* What a process is to run. */
struct sim_setup {
	const void *image; /* judged by image_check() */
	const struct pal_image_header *header;
	void *window; /* pages of this process, to be shared with the PAL */
	size_t window_size;
	const struct pal_identity *identity;
	bool is_held; /* threads wait for a debugger */
};

/*
 * Start a process for a PAL; window is replaced by shared memory of zeros at
 * the same address.  Returns 0 and a simulated PAL for sim_destroy(), or
 * PAL_ENOMEM or PAL_EPROTO with its text; then *out is as it was.
 */
int sim_create(const struct sim_setup *setup, struct sim **out);

/* As hypercall_pal_call(), for one thread of the PAL. */
struct hypercall_result sim_call(struct sim *sim, unsigned int thread,
				 uint64_t entry, uint64_t in_size,
				 uint64_t out_size);

/*
 * Where in the image the PAL was when it broke a rule, then the callers, as
 * offsets.  Returns how many, at most limit; 0 while it lives.
 */
size_t sim_backtrace(const struct sim *sim, uint64_t *offsets, size_t limit);

/* The process, for a debugger. */
int sim_pid(const struct sim *sim);

/* Its end closes the process; of several copies (fork()), the last one. */
int sim_descriptor(const struct sim *sim);

/*
 * Free it; end the process and wait for its end.  In a child made by fork() use
 * sim_forget() instead, which leaves the parent's alone.
 */
void sim_destroy(struct sim *sim);
void sim_forget(struct sim *sim);

#endif /* HOST_SIM_H */
