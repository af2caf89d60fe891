/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who owns each page of RAM.  The one place where this is known.
 *
 * RAM is counted in 2 MiB blocks.  A block is the OS's, the hypervisor's, or
 * in the pool; a pool block's 4 KiB pages are free or belong to one PAL.  What
 * is not wholly RAM (the block at the end of memory, say) stays the OS's.
 *
 * Invariants (core/debug.h checks them in debug builds and in the host tests):
 *  1. A block is in one state; a pool block has exactly one slot.
 *  2. The OS's nested table maps a block of RAM if and only if it is the OS's.
 *  3. A page of a pool block has at most one PAL.
 *  4. Only pages of blocks that are the OS's are windows; such a block cannot
 *     leave the OS.
 *  5. Free pages that were ever a PAL's hold zeros.
 *
 * All functions need hv->lock, but owner_init() (before there are other CPUs).
 */
#ifndef CORE_OWNER_H
#define CORE_OWNER_H

#include <stdatomic.h>

#include "abi/launch.h"
#include "core/addr.h"
#include "core/pages.h"

#define BLOCK_PAGES		(1u << TABLE_SHIFT)

enum owner_state { OWNER_NOT_RAM, OWNER_OS, OWNER_HV, OWNER_POOL };

/* Values of pool_block.owner[] that are no PAL's. */
#define OWNER_PAGE_CLEAN	0u	/* free, zeroed */
#define OWNER_PAGE_DIRTY	0xffffu	/* free, as the OS left it */

struct pool_block {
	hpa_t base;
	uint64_t epoch;		/* usable once every CPU has flushed for it */
	uint32_t free_count;	/* pages without a PAL */
	uint32_t hint;		/* no free page lies below */
	bool in_use;		/* this slot holds a block */
	bool usable;		/* every CPU has passed `epoch` */
	/* OWNER_PAGE_*, else the number of a PAL plus 1. */
	uint16_t owner[BLOCK_PAGES];
};

struct owner {
	uint16_t *blocks;	/* for each 2 MiB of physical address space */
	uint64_t block_count;	/* blocks below the end of RAM */
	uint32_t pool_count;
	uint32_t pool_hint;	/* where the last free page was found */
	uint64_t free_pages;
	uint32_t ram_count;
	struct hv_ram_range ram[HV_LAUNCH_RAM_MAX];
	struct pool_block pool[POOL_BLOCKS_MAX];
};

/* Pages needed for the table of a machine with this RAM. */
uint64_t owner_table_pages(const struct hv_launch *launch);

/*
 * Make every whole block of RAM the OS's, and those of [memory, +size) and the
 * device table the hypervisor's.  `table` is zeroed memory of
 * owner_table_pages() pages.
 */
void owner_init(struct owner *owner, const struct hv_launch *launch,
		void *table);

/* Is this page RAM that the OS may touch?  (Device memory is not RAM.) */
bool owner_is_os_page(const struct owner *owner, hpa_t page);

/* Could this block be had by the pool?  HV_OK or the error of HC_POOL_ADD. */
int owner_pool_add_check(const struct owner *owner, uint64_t base);

/* Does the block hold no PAL page?  HV_OK or the error of HC_POOL_REMOVE. */
int owner_pool_remove_check(const struct owner *owner, uint64_t base);

/* Move a checked block; the caller has changed, or changes, the page tables. */
void owner_pool_add(struct owner *owner, hpa_t base, uint64_t epoch);
void owner_pool_remove(struct owner *owner, hpa_t base);

/* Blocks whose epoch is not above this have been flushed everywhere. */
void owner_epoch_passed(struct owner *owner, uint64_t epoch);

/*
 * Take a zeroed page for a PAL.  HV_ENOMEM: none is left.  HV_EAGAIN: there
 * are some, but not every CPU has flushed yet.
 */
int owner_page_get(struct owner *owner, unsigned int pal, hpa_t *page);

/* Would that many calls of owner_page_get() succeed?  HV_OK or their error. */
int owner_pages_check(const struct owner *owner, uint64_t count);

/* Wipe and free one page of a PAL. */
void owner_page_put(struct owner *owner, hpa_t page);

/*
 * Wipe and free up to `budget` pages of a PAL, going on at *cursor (0 at
 * first).  True when none is left.
 */
bool owner_pages_wipe(struct owner *owner, unsigned int pal, uint64_t *cursor,
		      unsigned int budget);

/* Zero all of the pool, whoever has it: the end of the machine. */
void owner_wipe_pool(const struct owner *owner);

/* Make a page of the OS a window once more, or once less. */
int owner_window_get(struct owner *owner, hpa_t page);
void owner_window_put(struct owner *owner, hpa_t page);

/* Whose is this block?  (What is not wholly RAM is OWNER_NOT_RAM.) */
enum owner_state owner_block_state(const struct owner *owner, hpa_t at);

/* Which PAL has this page: its number, or -1.  For checks and tests. */
int owner_of_page(const struct owner *owner, hpa_t page);

#endif
