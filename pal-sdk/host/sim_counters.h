/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The counters of simulated PALs: in the file PAL_SIM_STATE/counters, for all
 * programs that name this folder; without PAL_SIM_STATE, in memory, for this
 * program and the children that it makes by fork().
 */
#ifndef HOST_SIM_COUNTERS_H
#define HOST_SIM_COUNTERS_H

#include "notary/register.h"

struct sim_counters {
	struct register_table *table;
	char path[4096]; /* of what the table is in */
};

/* Returns 0, or PAL_EIO or PAL_ENOMEM with a text. */
int sim_counters_open(struct sim_counters *counters);
void sim_counters_close(struct sim_counters *counters);

/*
 * Become writer 0 of the table, alone of all threads of all programs, until
 * sim_counters_unlock(); a program that ends meanwhile is not.  Returns a
 * descriptor, or -1.
 */
int sim_counters_lock(const struct sim_counters *counters);
void sim_counters_unlock(int lock);

#endif /* HOST_SIM_COUNTERS_H */
