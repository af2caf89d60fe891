// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * What image.c and pool.c both do with the struct pages of what they give away.
 */
#include "pages.h"

#include <linux/mm.h>
#include <linux/page-flags.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

void *pages_map_executable(struct page *first, unsigned int count)
{
	struct page **pages = kvmalloc_array(count, sizeof(*pages), GFP_KERNEL);
	unsigned int i;
	void *alias;

	if (!pages)
		return NULL;
	for (i = 0; i < count; i++)
		pages[i] = first + i;
	alias = vmap(pages, count, VM_MAP, PAGE_KERNEL_EXEC);
	kvfree(pages);
	return alias;
}

void pages_set_offline(struct page *first, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		__SetPageOffline(first + i);
}

void pages_clear_offline(struct page *first, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		__ClearPageOffline(first + i);
}
