/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The notary: the PAL that the hypervisor brings itself and asks about every
 * new PAL (abi/notary.h).
 *
 * It judges one subject at a time, in calls that are short and preemptible like
 * any PAL's.  Who comes meanwhile with another does a step for the one before
 * it, so that no process can hold up the others by being slow.  The subject's
 * pages are shown in the notary's window, read-only; nothing else can change
 * them, since a PAL that is not judged does not run.
 */
#ifndef CORE_NOTARY_H
#define CORE_NOTARY_H

#include "abi/notary.h"
#include "abi/policy.h"
#include "abi/root.h"
#include "core/pal.h"

#define NOTARY_POLICY_PAGES	(POLICY_SIZE_MAX / PAGE_SIZE)

struct notary {
	const struct pal_image_header *image;	/* embedded; header first */
	struct pal *pal;		/* NULL until it is being made */
	struct hv_root root;		/* until it is handed to the notary */
	uint32_t root_kind;		/* of the one that it was handed */
	hpa_t policy[NOTARY_POLICY_PAGES];
	uint32_t policy_size;		/* bytes; 0: none was given */
	uint32_t policy_flags;
	struct pal *subject;		/* NULL: nobody is being judged */
	uint32_t entry;			/* the call in progress, or the next */
	uint32_t part;			/* where measuring stands: segment */
	uint64_t part_offset;
	uint32_t shown;			/* pages that the window shows */
	uint64_t in_size;		/* of the call in progress */
	bool is_in_call;		/* begun, not yet returned */
	bool is_running;		/* some CPU is in it */
};

/*
 * Copy the policy: `size` bytes in pages that `list` names.  Before the launch
 * is complete, once.  Needs hv->lock.  HV_EPERM, HV_EINVAL, HV_ENOMEM.
 */
int notary_take_policy(struct cpu *cpu, gpa_t list, uint64_t size);

/* HC_NOTARY_START: see abi/hypercall.h.  Needs hv->lock. */
int notary_start(struct hv *hv);

/*
 * HC_PAL_JUDGE: a step of judging the PAL of this handle.  *reason is set with
 * HV_EREFUSED.  Without hv->lock.
 */
int notary_judge(struct cpu *cpu, uint64_t handle, uint64_t *reason);

/*
 * The PAL of this handle is to be ended: make the notary let go of it.
 * HV_EAGAIN: not yet, call again.  HV_OK: it has, or never had it.  Without
 * hv->lock.
 */
int notary_let_go(struct cpu *cpu, uint64_t handle);

/* The handle of the current subject, or 0.  Without hv->lock. */
uint64_t notary_subject(struct hv *hv);

/* The notary has the sealing root, or nobody shall have it any more. */
void notary_forget_root(struct hv *hv);

/* A step of ending the notary itself; HV_EAGAIN: call again.  Needs hv->lock. */
int notary_end(struct hv *hv);

#endif
