// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * The life of a PAL.  Its window is unpinned only after the hypervisor has
 * said that the PAL is gone, or when the hypervisor itself is.
 */
#define pr_fmt(fmt) "palisade: " fmt

#include "pal.h"

#include <linux/err.h>
#include <linux/mm.h>
#include <linux/pid.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "hypercall.h"
#include "launch.h"
#include "pal_load.h"
#include "pool.h"
#include "request.h"

static LIST_HEAD(pals);
static DEFINE_SPINLOCK(pals_lock);

static struct pal *pal_allocate(void)
{
	struct pal *pal = kzalloc(sizeof(*pal), GFP_KERNEL_ACCOUNT);

	if (!pal)
		return NULL;
	pal->generation = launch_generation();
	pal->mm = current->mm;
	mmgrab(pal->mm);
	pal->opener = get_pid(task_tgid(current));
	spin_lock(&pals_lock);
	list_add(&pal->node, &pals);
	spin_unlock(&pals_lock);
	return pal;
}

static void pal_free(struct pal *pal)
{
	spin_lock(&pals_lock);
	list_del(&pal->node);
	spin_unlock(&pals_lock);
	window_unpin(&pal->window, pal->mm);
	mmdrop(pal->mm);
	put_pid(pal->opener);
	kfree(pal);
}

static void shrink_pool(u64 generation)
{
	if (launch_use(generation))
		return;
	pool_shrink();
	launch_unuse();
}

/* Returns whether the hypervisor has let go of all that the PAL had. */
static bool destroy(struct pal *pal)
{
	struct request request;
	int err;

	if (!pal->is_made)
		return true;
	request_begin(&request, pal->generation);
	err = request_make_always(&request, HC_PAL_DESTROY, pal->handle, 0, 0);
	return !err || err == -ENODEV || err == -ENOENT;
}

void pal_end(struct pal *pal)
{
	u64 generation = pal->generation;

	if (!destroy(pal)) {
		pr_err("PAL %llx does not end; its window stays pinned until reboot\n",
		       pal->handle);
		return;
	}
	pal_free(pal);
	shrink_pool(generation);
}

struct pal *pal_make(struct palisade_create *args)
{
	struct pal *pal;
	int err;

	if (!current->mm)
		return ERR_PTR(-EINVAL);
	if (!launch_generation())
		return ERR_PTR(-ENODEV);
	pal = pal_allocate();
	if (!pal)
		return ERR_PTR(-ENOMEM);
	err = pal_load(pal, args);
	if (err) {
		pal_end(pal);
		return ERR_PTR(err);
	}
	args->handle = pal->handle;
	args->thread_count = pal->thread_count;
	return pal;
}

u32 pal_opener(u64 handle)
{
	u64 generation = launch_generation();
	struct pal *pal;
	u32 pid = 0;

	spin_lock(&pals_lock);
	list_for_each_entry(pal, &pals, node) {
		if (!smp_load_acquire(&pal->is_made) ||
		    pal->generation != generation || pal->handle != handle)
			continue;
		pid = pid_vnr(pal->opener);
		break;
	}
	spin_unlock(&pals_lock);
	return pid;
}
