// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * What image.c and pool.c both do with the struct pages of what they give away;
 * and how to get executable memory of a kernel that exports no function for it.
 */
#include "pages.h"

#include <linux/mm.h>
#include <linux/page-flags.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <asm/pgtable.h>

/* As if it were a device's, so that /proc/kcore does not read it. */
static void *map(struct page *first, unsigned int count)
{
	struct page **pages = kvmalloc_array(count, sizeof(*pages), GFP_KERNEL);
	unsigned int i;
	void *alias;

	if (!pages)
		return NULL;
	for (i = 0; i < count; i++)
		pages[i] = first + i;
	alias = vmap(pages, count, VM_IOREMAP, PAGE_KERNEL);
	kvfree(pages);
	return alias;
}

/*
 * vmap() sets the no-execute bit whatever it is asked for.  Nothing has used
 * the address yet; a translation that a CPU fetched ahead of that leads to a
 * spurious fault, which the kernel expects and takes back.
 */
static bool make_executable(void *alias, unsigned int count)
{
	unsigned long at = (unsigned long)alias;
	unsigned int level;
	pte_t *entry;

	for (; count--; at += PAGE_SIZE) {
		entry = lookup_address(at, &level);
		if (!entry || level != PG_LEVEL_4K)
			return false;
		set_pte(entry, pte_mkexec(*entry));
	}
	return true;
}

void *pages_map_executable(struct page *first, unsigned int count)
{
	void *alias = map(first, count);

	if (!alias || make_executable(alias, count))
		return alias;
	vunmap(alias);
	return NULL;
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
