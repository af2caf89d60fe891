/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One stay of a CPU in a PAL: from the switch into it to the switch back.
 *
 * A call is one stay, or several when interrupts cut it: then the thread waits,
 * with all its registers in the PAL's own memory, until its caller comes back.
 * Needs no lock, but the PAL must be held by pal_enter().
 */
#ifndef CORE_PAL_STAY_H
#define CORE_PAL_STAY_H

#include "core/cpu.h"
#include "core/pal.h"

/* What a function of a PAL is called with. */
struct pal_arguments {
	uint64_t entry;			/* which function */
	uint64_t in_size;		/* bytes, as the caller claims */
	uint64_t out_size;
	bool is_peer;			/* the caller is another PAL */
};

enum pal_outcome {
	PAL_GOES_ON,		/* not ended: these two only inside pal_stay.c */
	PAL_CALLS_PEER,
	PAL_RETURNED,		/* *result is what it returned */
	PAL_INTERRUPTED,	/* the OS is wanted; call again */
	PAL_BROKE_RULE,		/* it is ending; pal->fault_* tell why */
};

/*
 * Make this CPU the one that has the thread, to begin a call or to go on with
 * it, which only who began it may.  The OS's FPU state is saved, the thread's
 * loaded; pal_stay() must follow.
 * HV_ENOENT: no such thread.  HV_EBUSY: another CPU or another caller has it.
 * HV_EAGAIN: a CPU has it, in this caller's own call: go on with it later.
 */
int pal_stay_begin(struct cpu *cpu, struct pal *pal, unsigned int index,
		   const struct pal_arguments *arguments,
		   const struct pal_caller *caller,
		   struct pal_thread **thread);

/*
 * Put a thread that this CPU has at the beginning of a function, for whom only
 * this caller may go on with it.
 */
void pal_stay_start_thread(struct cpu *cpu, struct pal *pal,
			   unsigned int index,
			   const struct pal_arguments *arguments,
			   const struct pal_caller *caller);

/*
 * Run the thread until the stay ends.  The OS's FPU state is back afterwards,
 * and the thread is another CPU's to have.
 */
enum pal_outcome pal_stay(struct cpu *cpu, struct pal *pal,
			  struct pal_thread *thread, uint64_t *result);

#endif
