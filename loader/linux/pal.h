/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * A PAL as this module knows it: what the hypervisor has, whose it is, and
 * which memory it shares.
 */
#ifndef LOADER_PAL_H
#define LOADER_PAL_H

#include <linux/list.h>
#include <linux/types.h>

#include "abi/ioctl.h"
#include "window.h"

struct pal {
	struct list_head node;		/* in the list of all PALs */
	u64 generation;			/* of the launch, see launch.h */
	bool is_made;			/* the hypervisor knows it */
	u64 handle;			/* of thread 0 */
	u32 thread_count;
	u32 slot;			/* where it was seen last */
	/*
	 * The address space that may call it.  Held until the PAL is gone:
	 * the hypervisor knows it by its CR3, which must not be reused.
	 */
	struct mm_struct *mm;
	struct pid *opener;
	struct window window;
};

/*
 * Make a PAL for the current process from args, and fill in its results.
 * Returns the PAL, or an ERR_PTR of PALISADE_CREATE with everything undone
 * and args->hv_status and hv_detail telling what the hypervisor said.
 */
struct pal *pal_make(struct palisade_create *args);

/* End it, wait until it is wiped, and give back what it had. */
void pal_end(struct pal *pal);

/* Whose the PAL with this handle is, in the caller's pid namespace, or 0. */
u32 pal_opener(u64 handle);

#endif /* LOADER_PAL_H */
