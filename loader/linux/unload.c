// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Unloading waits for PALs to be wiped and for their threads to come off the
 * CPUs, which the nudge of a flush on each CPU makes them do.
 */
#define pr_fmt(fmt) "palisade: " fmt

#include "unload.h"

#include <linux/errno.h>
#include <linux/printk.h>

#include "hypercall.h"
#include "patience.h"
#include "pool.h"

static int take_pool_back(void)
{
	unsigned int left = pool_empty();

	if (!left)
		return 0;
	pr_err("the hypervisor does not give back %u blocks of its pool\n",
	       left);
	return -EBUSY;
}

int unload_prepare(u64 mode, int *hv_status)
{
	struct patience patience;
	bool is_pool_empty = false;
	int err;

	patience_begin(&patience);
	for (;;) {
		*hv_status = hypercall(HC_UNLOAD, mode, 0, 0).status;
		if (*hv_status == HV_EPERM && !is_pool_empty)
			err = take_pool_back();
		else if (*hv_status == HV_EAGAIN)
			err = 0;
		else
			return hypercall_errno(*hv_status);
		is_pool_empty = *hv_status == HV_EPERM;
		if (!err)
			err = patience_wait(&patience);
		if (err)
			return err;
	}
}
