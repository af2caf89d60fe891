/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PALs that call PALs.
 *
 * A stay begins in one PAL's thread, the root.  When that calls a peer, a
 * thread of the peer runs in its place, and so on: a chain, kept in the root's
 * thread.  An interrupt suspends the whole chain, and the same root caller
 * takes it up again.  While the chain runs, each PAL of it is held
 * (pal_hold()); while it is suspended, none is, so any of them may be ended,
 * and its caller is told.  The threads of a suspended chain have the handle of
 * its root for a state.
 *
 * Who may call whom is the policy's word (abi/policy.h).  Arguments are copied
 * from the caller's private memory to the peer's; no memory is shared.
 */
#ifndef CORE_PAL_PEER_H
#define CORE_PAL_PEER_H

#include "core/cpu.h"
#include "core/pal.h"

/* Which thread of which PAL. */
struct pal_place {
	struct pal *pal;
	struct pal_thread *thread;
};

/*
 * Serve HC_PAL_CALL_PEER of *at, whose RIP is already behind it: *at becomes
 * the peer, at the start of its function; or the caller's RAX has the error.
 * If that is HV_EBUSY because the notary has no thread free, *suspended becomes
 * the root of the chain that has been suspended in it for longest, if any is.
 */
void pal_peer_call(struct cpu *cpu, struct pal_place root,
		   struct pal_place *at, uint64_t *suspended);

/* Is there somebody in the chain to whom *at returns? */
bool pal_peer_is_called(struct pal_place root, struct pal_place at);

/*
 * The peer at *at has come to its end: with HV_OK and `result`, or with an
 * error.  *at becomes its caller.
 */
void pal_peer_end(struct cpu *cpu, struct pal_place root, struct pal_place *at,
		  int status, uint64_t result);

/* Let go of the PALs of the chain, and take them up again. */
void pal_peer_suspend(struct hv *hv, struct pal_place root);
struct pal_place pal_peer_resume(struct cpu *cpu, struct pal_place root);

/*
 * Have a suspended chain, as its caller would who goes on with it, and hold its
 * root's PAL; pal_peer_resume() may follow.  Suspend it again and let go.
 * HV_EBUSY, HV_EDEAD, HV_ENOENT: it has gone on, or is ending.
 */
int pal_peer_take_over(struct hv *hv, uint64_t handle, struct pal_place *root);
void pal_peer_put_back(struct hv *hv, struct pal_place root);

/* The root's PAL is being wiped: its peers' threads become free. */
void pal_peer_abandon(struct hv *hv, struct pal_place root);

#endif
