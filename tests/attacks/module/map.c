// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * ioremap() is not among the ways: for RAM it first asks its books, then the
 * direct map's attributes are changed with instructions that nothing catches.
 * Page tables of our own with the same bits are what it would make.
 */
#include "map.h"

#include <linux/highmem.h>
#include <linux/io.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "attack.h"

static pgprot_t protection(unsigned int way)
{
	static const unsigned long bits[ATTACK_WAYS] = {
		[ATTACK_MAP_WC] = _PAGE_PWT,	/* as Linux sets the PAT */
		[ATTACK_MAP_UC_MINUS] = _PAGE_PCD,
		[ATTACK_MAP_UC] = _PAGE_PCD | _PAGE_PWT,
		[ATTACK_MAP_WT] = _PAGE_PAT | _PAGE_PCD | _PAGE_PWT,
	};

	return __pgprot(pgprot_val(PAGE_KERNEL) | bits[way]);
}

static void *map_own(unsigned int way, u64 base, unsigned int count)
{
	struct page **pages = kvmalloc_array(count, sizeof(*pages), GFP_KERNEL);
	unsigned int i;
	void *at;

	if (!pages)
		return NULL;
	for (i = 0; i < count; i++)
		pages[i] = pfn_to_page((base >> PAGE_SHIFT) + i);
	at = vmap(pages, count, VM_MAP, protection(way));
	kvfree(pages);
	return at;
}

void *map_pages(unsigned int way, u64 base, unsigned int count)
{
	switch ((enum attack_way)way) {
	case ATTACK_DIRECT_MAP:
	case ATTACK_COPY_NOFAULT:
		return phys_to_virt(base);
	case ATTACK_KMAP:
		return kmap(pfn_to_page(base >> PAGE_SHIFT));
	case ATTACK_MEMREMAP:
		return memremap(base, (u64)count << PAGE_SHIFT, MEMREMAP_WB);
	case ATTACK_MAP_WB:
	case ATTACK_MAP_WC:
	case ATTACK_MAP_WT:
	case ATTACK_MAP_UC_MINUS:
	case ATTACK_MAP_UC:
		return map_own(way, base, count);
	case ATTACK_WAYS:
		break;
	}
	return NULL;
}

void unmap_pages(unsigned int way, void *at)
{
	if (way == ATTACK_MEMREMAP)
		memunmap(at);
	else if (way >= ATTACK_MAP_WB)
		vunmap(at);
}
