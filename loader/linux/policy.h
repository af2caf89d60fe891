/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The owner's policy on its way to the hypervisor, and the notary that goes by
 * it.  The policy is only carried here, never read.
 */
#ifndef LOADER_POLICY_H
#define LOADER_POLICY_H

#include <linux/types.h>

#include "abi/ioctl.h"

struct policy {
	u64 size;			/* bytes; 0: none */
	u8 *bytes;			/* whole pages */
};

/* Copy it from the caller; 0 is also returned when there is none. */
int policy_copy(struct policy *policy, const struct palisade_launch *args);
void policy_free(struct policy *policy);

/* Give it to the hypervisor, before HC_LAUNCHED. */
int policy_give(const struct policy *policy, int *hv_status);

/*
 * Start the notary, after HC_LAUNCHED.  The caller holds the launch lock; the
 * pool grows as needed.
 */
int notary_start(int *hv_status);

#endif /* LOADER_POLICY_H */
