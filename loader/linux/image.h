/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/*
 * The hypervisor's memory: one contiguous allocation that begins with its
 * image, mapped writable and executable at `alias`.  And what belongs to it.
 */
#ifndef LOADER_IMAGE_H
#define LOADER_IMAGE_H

#include <linux/types.h>

#include "abi/launch.h"
#include "dma.h"

struct image {
	struct page *pages;
	void *alias;
	struct dma dma;
	u64 init_offset;
	u64 enter_offset;
};

/*
 * Place the image of `size` bytes at user address `address`; may sleep for as
 * long as user memory does.
 * Returns 0, -ENOEXEC (not an image for this module), -EFAULT, or -ENOMEM.
 */
int image_place(struct image *image, u64 address, u64 size);

u64 image_physical(const struct image *image);

/* Wipe and free; no CPU may be under the hypervisor. */
void image_free(struct image *image);

#endif /* LOADER_IMAGE_H */
