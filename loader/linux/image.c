// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Knows how to get contiguous executable memory from a stock kernel.  The
 * pages are marked offline while they are the hypervisor's, so that
 * /proc/kcore, hibernation and dump tools leave them alone.
 */
#define pr_fmt(fmt) "palisade: " fmt

#include "image.h"

#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "abi/hypercall.h"
#include "pages.h"

#define IMAGE_ORDER	get_order(HV_MEMORY_SIZE)
#define IMAGE_PAGES	(HV_MEMORY_SIZE >> PAGE_SHIFT)

static int allocate(struct image *image)
{
	image->pages = alloc_pages(GFP_KERNEL | __GFP_ZERO | __GFP_NOWARN |
				   __GFP_RETRY_MAYFAIL, IMAGE_ORDER);
	if (!image->pages) {
		pr_err("no %u MiB of contiguous memory; free some (echo 3 >/proc/sys/vm/drop_caches; echo 1 >/proc/sys/vm/compact_memory) or launch sooner after boot\n",
		       HV_MEMORY_SIZE >> 20);
		return -ENOMEM;
	}
	image->alias = pages_map_executable(image->pages, IMAGE_PAGES);
	if (!image->alias) {
		__free_pages(image->pages, IMAGE_ORDER);
		return -ENOMEM;
	}
	pages_set_offline(image->pages, IMAGE_PAGES);
	dma_prepare(&image->dma);
	return 0;
}

static int check_header(struct image *image, u64 size)
{
	const struct hv_image_header *header = image->alias;

	if (header->magic != HV_IMAGE_MAGIC) {
		pr_err("the file is not a Palisade hypervisor image\n");
		return -ENOEXEC;
	}
	if (header->launch_version != HV_LAUNCH_VERSION ||
	    header->abi_version != HV_ABI_VERSION) {
		pr_err("the image has launch version %u and ABI version %u, this module %u and %u; install both from the same build\n",
		       header->launch_version, header->abi_version,
		       HV_LAUNCH_VERSION, HV_ABI_VERSION);
		return -ENOEXEC;
	}
	if (header->image_size != size || header->init_offset >= size ||
	    header->enter_offset >= size) {
		pr_err("the image is truncated or damaged: it says %llu bytes, there are %llu\n",
		       header->image_size, size);
		return -ENOEXEC;
	}
	image->init_offset = header->init_offset;
	image->enter_offset = header->enter_offset;
	return 0;
}

int image_place(struct image *image, u64 address, u64 size)
{
	int err;

	if (size < sizeof(struct hv_image_header) || size > HV_MEMORY_SIZE) {
		pr_err("an image of %llu bytes cannot be one of the hypervisor\n",
		       size);
		return -ENOEXEC;
	}
	err = allocate(image);
	if (err)
		return err;
	if (copy_from_user(image->alias, u64_to_user_ptr(address), size))
		err = -EFAULT;
	else
		err = check_header(image, size);
	if (err)
		image_free(image);
	return err;
}

u64 image_physical(const struct image *image)
{
	return page_to_phys(image->pages);
}

void image_free(struct image *image)
{
	memzero_explicit(image->alias, HV_MEMORY_SIZE);
	vunmap(image->alias);
	dma_free(&image->dma);
	pages_clear_offline(image->pages, IMAGE_PAGES);
	__free_pages(image->pages, IMAGE_ORDER);
	image->pages = NULL;
	image->alias = NULL;
}
