/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * Memory of a process that stays in place while a PAL shares it.
 */
#ifndef LOADER_WINDOW_H
#define LOADER_WINDOW_H

#include <linux/types.h>

struct mm_struct;
struct page;

struct window {
	struct page **pages;
	unsigned long count;
};

/*
 * Pin the caller's memory and account it against RLIMIT_MEMLOCK.
 * Returns 0; -EINVAL: unaligned or larger than a PAL can see; -ENOMEM: over
 * the limit; -EFAULT: not ordinary writable memory of the caller; -EINTR.
 */
int window_pin(struct window *window, u64 address, u64 size);

/* Undo window_pin(); `mm` is that of its caller and need not be current. */
void window_unpin(struct window *window, struct mm_struct *mm);

#endif /* LOADER_WINDOW_H */
