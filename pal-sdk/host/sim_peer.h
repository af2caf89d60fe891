/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls from one simulated PAL to another of this program.  Without locks:
 * calls of PALs may come from signal handlers, and children made by fork() go
 * on from any point.
 */
#ifndef HOST_SIM_PEER_H
#define HOST_SIM_PEER_H

#include "sim_instance.h"

/*
 * Let the other PALs of this program find it, which the policy knows by `rule`
 * and lets call those of the rules in `may_call`.  Returns 0, or PAL_ENOMEM:
 * HV_MAX_PALS are open.
 */
int sim_peer_add(struct sim *sim, uint32_t rule, uint64_t may_call);

/*
 * Answer what the last of the chain asks for in its mail: find the PAL, have it
 * run, as hv/core/pal_peer.c does.  The chain is afterwards as it was.
 */
void sim_peer_answer(struct sim_chain *chain);

/* Its end: nobody finds it any more; then, with its process, all calls end. */
void sim_peer_close(struct sim *sim);
void sim_peer_wait(struct sim *sim);

/* The last that is done with it, also in a child made by fork(). */
void sim_peer_forget(struct sim *sim);

#endif /* HOST_SIM_PEER_H */
