// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * A block goes back to Linux only when the hypervisor says so; one that it
 * keeps stays on the list, and is lost if the hypervisor is.
 */
#define pr_fmt(fmt) "palisade: " fmt

#include "pool.h"

#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/io.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "hypercall.h"
#include "pages.h"

#define POOL_BLOCK_SIZE	0x200000
#define POOL_BLOCK_ORDER	get_order(POOL_BLOCK_SIZE)
#define POOL_BLOCK_PAGES	(POOL_BLOCK_SIZE >> PAGE_SHIFT)
#define SPARE_PAGES	POOL_BLOCK_PAGES
#define REMOVE_TRIES	10000

static unsigned int pool_max_mib;
module_param(pool_max_mib, uint, 0644);
MODULE_PARM_DESC(pool_max_mib,
		 "most memory for PALs, in MiB (0: a quarter of RAM)");

struct pool_block {
	struct list_head node;
	struct page *pages;
};

static DEFINE_MUTEX(pool_mutex);
static LIST_HEAD(blocks);
static unsigned long block_count;

static unsigned long block_limit(void)
{
	unsigned int mib = READ_ONCE(pool_max_mib);

	if (mib)
		return mib / (POOL_BLOCK_SIZE >> 20);
	return max(totalram_pages() / 4 / POOL_BLOCK_PAGES, 1UL);
}

static struct pool_block *block_allocate(void)
{
	struct pool_block *block = kmalloc(sizeof(*block), GFP_KERNEL);

	if (!block)
		return NULL;
	block->pages = alloc_pages(GFP_KERNEL | __GFP_NOWARN |
				   __GFP_RETRY_MAYFAIL, POOL_BLOCK_ORDER);
	if (!block->pages) {
		kfree(block);
		return NULL;
	}
	pages_set_offline(block->pages, POOL_BLOCK_PAGES);
	return block;
}

static void block_free(struct pool_block *block)
{
	pages_clear_offline(block->pages, POOL_BLOCK_PAGES);
	__free_pages(block->pages, POOL_BLOCK_ORDER);
	kfree(block);
}

/* HV_EPERM says that we do not own it: then Linux must never touch it. */
static void block_discard(struct pool_block *block, int status)
{
	if (status != HV_EPERM) {
		block_free(block);
		return;
	}
	pr_err("the block at %pa is not ours to give; it is lost until reboot\n",
	       &(phys_addr_t){ page_to_phys(block->pages) });
	kfree(block);
}

static int add_block(void)
{
	struct pool_block *block;
	int status;

	if (block_count >= block_limit()) {
		pr_warn_ratelimited("the pool has its %lu blocks; raise pool_max_mib\n",
				    block_count);
		return -ENOMEM;
	}
	block = block_allocate();
	if (!block)
		return -ENOMEM;
	status = hypercall(HC_POOL_ADD, page_to_phys(block->pages), 0,
			   0).status;
	if (status) {
		block_discard(block, status);
		return hypercall_errno(status);
	}
	list_add(&block->node, &blocks);
	block_count++;
	hypercall_flush_all();
	return 0;
}

/* Returns whether the block is Linux's again. */
static bool block_take_back(struct pool_block *block)
{
	int status, tries = 0;

	do {
		status = hypercall(HC_POOL_REMOVE, page_to_phys(block->pages),
				   0, 0).status;
		cond_resched();
	} while (status == HV_EAGAIN && tries++ < REMOVE_TRIES);
	if (status)
		return false;
	list_del(&block->node);
	block_count--;
	block_free(block);
	return true;
}

static u64 free_page_count(struct hv_memory_info *info)
{
	if (hypercall(HC_MEMORY_INFO, 0, virt_to_phys(info), 0).status)
		return 0;
	return info->pool_free_pages;
}

/* Two who want more at once need only one block. */
static int grow(struct hv_memory_info *info)
{
	return free_page_count(info) < POOL_BLOCK_PAGES ? add_block() : 0;
}

int pool_grow(void)
{
	void *info = (void *)get_zeroed_page(GFP_KERNEL);
	int err;

	if (!info)
		return -ENOMEM;
	mutex_lock(&pool_mutex);
	err = grow(info);
	mutex_unlock(&pool_mutex);
	free_page((unsigned long)info);
	return err;
}

static void shrink(struct hv_memory_info *info)
{
	struct pool_block *block, *next;
	u64 free = free_page_count(info);

	list_for_each_entry_safe(block, next, &blocks, node) {
		if (free < SPARE_PAGES + POOL_BLOCK_PAGES)
			return;
		if (block_take_back(block))
			free -= POOL_BLOCK_PAGES;
	}
}

void pool_shrink(void)
{
	void *info = (void *)get_zeroed_page(GFP_KERNEL);

	if (!info)
		return;
	mutex_lock(&pool_mutex);
	shrink(info);
	mutex_unlock(&pool_mutex);
	free_page((unsigned long)info);
}

unsigned int pool_empty(void)
{
	struct pool_block *block, *next;
	unsigned int kept = 0;

	mutex_lock(&pool_mutex);
	list_for_each_entry_safe(block, next, &blocks, node)
		if (!block_take_back(block))
			kept++;
	mutex_unlock(&pool_mutex);
	return kept;
}
