// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Pinning is long-term: migration, swap and fork leave these pages alone.
 */
#include "window.h"

#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "abi/pal_image.h"

static bool is_good_range(u64 address, u64 size)
{
	return PAGE_ALIGNED(address) && PAGE_ALIGNED(size) &&
	       size <= PAL_WINDOW_END - PAL_WINDOW_BASE &&
	       access_ok(u64_to_user_ptr(address), size);
}

/* Fill in window->pages; window->count tells how many are pinned. */
static int pin_all(struct window *window, u64 address, unsigned long count)
{
	long pinned;

	while (window->count < count) {
		if (fatal_signal_pending(current))
			return -EINTR;
		pinned = pin_user_pages_fast(address +
					     window->count * PAGE_SIZE,
					     count - window->count,
					     FOLL_WRITE | FOLL_LONGTERM,
					     window->pages + window->count);
		if (pinned <= 0)
			return pinned ? pinned : -EFAULT;
		window->count += pinned;
		cond_resched();
	}
	return 0;
}

static void unpin_pages(struct window *window)
{
	unpin_user_pages_dirty_lock(window->pages, window->count, true);
	kvfree(window->pages);
	*window = (struct window){};
}

static int pin_pages(struct window *window, u64 address, unsigned long count)
{
	int err;

	window->pages = kvcalloc(count, sizeof(*window->pages),
				 GFP_KERNEL_ACCOUNT);
	if (!window->pages)
		return -ENOMEM;
	err = pin_all(window, address, count);
	if (err)
		unpin_pages(window);
	return err;
}

int window_pin(struct window *window, u64 address, u64 size)
{
	unsigned long count = size >> PAGE_SHIFT;
	int err;

	*window = (struct window){};
	if (!is_good_range(address, size))
		return -EINVAL;
	if (!count)
		return 0;
	err = account_locked_vm(current->mm, count, true);
	if (err)
		return err;
	err = pin_pages(window, address, count);
	if (err)
		account_locked_vm(current->mm, count, false);
	return err;
}

void window_unpin(struct window *window, struct mm_struct *mm)
{
	unsigned long count = window->count;

	if (!count)
		return;
	unpin_pages(window);
	account_locked_vm(mm, count, false);
}
