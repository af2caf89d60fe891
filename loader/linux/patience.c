// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * The first tries come at once, since work cut in pieces answers HV_EAGAIN
 * for each; a nudge and a short sleep follow every NUDGE_INTERVAL tries.
 */
#define pr_fmt(fmt) "palisade: " fmt

#include "patience.h"

#include <linux/delay.h>
#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/printk.h>
#include <linux/sched.h>

#include "hypercall.h"

#define PATIENCE	(60 * HZ)
#define NUDGE_INTERVAL	64
#define NAP_MIN_US	50
#define NAP_MAX_US	200

void patience_begin(struct patience *patience)
{
	patience->deadline = jiffies + PATIENCE;
	patience->tries = 0;
}

int patience_wait(struct patience *patience)
{
	if (time_after(jiffies, patience->deadline)) {
		pr_err("the hypervisor was asked %u times and is not ready; see \"pal status\"\n",
		       patience->tries);
		return -ETIMEDOUT;
	}
	if (++patience->tries % NUDGE_INTERVAL == 0) {
		hypercall_flush_all();
		usleep_range(NAP_MIN_US, NAP_MAX_US);
	}
	cond_resched();
	return 0;
}
