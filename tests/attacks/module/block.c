// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/* Keeps the blocks that were handed out; the one state of this module. */
#include "block.h"

#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "probe.h"

#define BLOCK_ORDER	get_order(ATTACK_BLOCK_SIZE)

struct block {
	struct list_head node;
	struct page *pages;
};

static LIST_HEAD(blocks);
static DEFINE_MUTEX(blocks_mutex);

int block_allocate(struct attack_block *answer)
{
	struct block *block = kmalloc(sizeof(*block), GFP_KERNEL);

	if (!block)
		return -ENOMEM;
	block->pages = alloc_pages(GFP_KERNEL, BLOCK_ORDER);
	if (!block->pages) {
		kfree(block);
		return -ENOMEM;
	}
	memset64(page_address(block->pages), ATTACK_MARKER,
		 ATTACK_BLOCK_SIZE / 8);
	mutex_lock(&blocks_mutex);
	list_add(&block->node, &blocks);
	mutex_unlock(&blocks_mutex);
	answer->address = page_to_phys(block->pages);
	return 0;
}

void block_free_all(void)
{
	struct block *block, *next;
	u64 value;

	mutex_lock(&blocks_mutex);
	list_for_each_entry_safe(block, next, &blocks, node) {
		if (probe_read(page_address(block->pages), &value) ==
		    ATTACK_WORKED)
			__free_pages(block->pages, BLOCK_ORDER);
		list_del(&block->node);
		kfree(block);
	}
	mutex_unlock(&blocks_mutex);
}
