/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Making the hypervisor ready to be left.
 */
#ifndef LOADER_UNLOAD_H
#define LOADER_UNLOAD_H

#include <linux/types.h>

/*
 * HC_UNLOAD with `mode` (of HC_UNLOAD_*) until it succeeds, taking the pool
 * back when only that is in the way.  The caller holds the launch lock for
 * writing.  *hv_status is the hypervisor's last answer.
 * Returns 0, -EBUSY when PALs live, -EPERM when the policy forbids it, or what
 * else stopped it; then the hypervisor goes on.
 */
int unload_prepare(u64 mode, int *hv_status);

#endif /* LOADER_UNLOAD_H */
