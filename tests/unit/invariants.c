/* SPDX-License-Identifier: BSD-2-Clause */
#include "invariants.h"

#include <stdio.h>
#include <string.h>

#include "core/debug.h"
#include "fake_platform.h"

#define ENTRY_ADDRESS	UINT64_C(0x000ffffffffff000)
#define WINDOWS_MASK	0x3fffu		/* of an OS block's word: owner.c */
#define BLOCKS		((FAKE_HIGH_BASE + FAKE_HIGH_SIZE) >> BLOCK_SHIFT)

struct walk {
	const struct npt *npt;
	void (*leaf)(void *arg, const struct leaf *leaf);
	void (*table)(void *arg, hpa_t table);
	void *arg;
};

struct check {
	struct hv *hv;
	struct pal *pal;
	bool is_good;
	uint64_t pool[POOL_BLOCKS_MAX];	/* the blocks that it has */
	unsigned int pool_count;
	uint16_t windows[BLOCKS];	/* window pages in each block */
	/* Each page that a PAL's table leads to, or is made of. */
	uint8_t used[(FAKE_LOW_SIZE + FAKE_HIGH_SIZE) >> PAGE_SHIFT];
};

static void walk_table(const struct walk *walk, hpa_t table, uint64_t base,
		       int level)
{
	const uint64_t *entries = hpa_to_ptr(table);
	const struct npt_format *format = walk->npt->fmt;
	unsigned int i;

	if (walk->table)
		walk->table(walk->arg, table);
	for (i = 0; i < 512; i++) {
		uint64_t size = PAGE_SIZE << (9 * level);
		struct leaf leaf = {
			.at = base + i * size,
			.size = size,
			.to = hpa(entries[i] & ENTRY_ADDRESS),
		};

		if (!(entries[i] & format->present))
			continue;
		if (level > 0 && !(entries[i] & format->large)) {
			walk_table(walk, leaf.to, leaf.at, level - 1);
			continue;
		}
		leaf.access = format->access(entries[i]);
		walk->leaf(walk->arg, &leaf);
	}
}

void for_each_leaf(const struct npt *npt,
		   void (*call)(void *arg, const struct leaf *leaf), void *arg)
{
	const struct walk walk = { .npt = npt, .leaf = call, .arg = arg };

	walk_table(&walk, npt->root, 0, npt->levels - 1);
}

static void claim(struct check *check, bool is_true, const char *text,
		  uint64_t at)
{
	if (!is_true) {
		printf("# invariant: %s (0x%llx)\n", text,
		       (unsigned long long)at);
		check->is_good = false;
	}
}

static bool overlaps(const struct leaf *leaf, uint64_t base, uint64_t size)
{
	return leaf->at < base + size && base < leaf->at + leaf->size;
}

static void check_os_leaf(void *arg, const struct leaf *leaf)
{
	struct check *check = arg;
	const struct hv *hv = check->hv;
	unsigned int i;

	claim(check, leaf->to.v == leaf->at, "the OS's table is no identity",
	      leaf->at);
	claim(check, !overlaps(leaf, FAKE_HV_BASE, FAKE_HV_SIZE),
	      "the OS's table maps the hypervisor", leaf->at);
	for (i = 0; i < check->pool_count; i++)
		claim(check, !overlaps(leaf, check->pool[i], BLOCK_SIZE),
		      "the OS's table maps the pool", leaf->at);
	if (!hv->has_apic_guard)
		return;
	if (overlaps(leaf, hv->apic_base, 0x100000))
		claim(check, leaf->at == hv->apic_base &&
			     leaf->size == PAGE_SIZE && leaf->access == NPT_R,
		      "the OS may write to the APIC", leaf->at);
}

static uint8_t *used(struct check *check, uint64_t page)
{
	if (page >= FAKE_HIGH_BASE)
		page = page - FAKE_HIGH_BASE + FAKE_LOW_SIZE;
	return &check->used[page >> PAGE_SHIFT];
}

static void check_private(struct check *check, uint64_t page)
{
	int slot = (int)pal_slot(check->hv, check->pal);

	claim(check, owner_of_page(&check->hv->owner, hpa(page)) == slot,
	      "a PAL has a page that is not its own", page);
	claim(check, !*used(check, page), "a page is in two places", page);
	*used(check, page) = 1;
}

static void check_window(struct check *check, const struct leaf *leaf)
{
	claim(check, owner_is_os_page(&check->hv->owner, leaf->to),
	      "a window is not the OS's", leaf->to.v);
	claim(check, leaf->access == (NPT_R | NPT_W),
	      "a window's access is wrong", leaf->at);
	if (owner_block_state(&check->hv->owner, leaf->to) == OWNER_OS)
		check->windows[leaf->to.v >> BLOCK_SHIFT]++;
}

/* The notary's window shows its subject's pages, and the policy. */
static void check_shown(struct check *check, const struct leaf *leaf)
{
	const struct hv *hv = check->hv;
	const struct pal *subject = hv->notary.subject;
	uint64_t i = (leaf->at - PAL_WINDOW_BASE) >> PAGE_SHIFT;
	bool is_policy = hv->notary.entry == NOTARY_JUDGE && i > 0;

	claim(check, hv->notary.is_in_call && i < hv->notary.shown,
	      "the notary sees a page too many", leaf->at);
	if (is_policy)
		claim(check, leaf->to.v == hv->notary.policy[i - 1].v,
		      "the notary sees another policy", leaf->at);
	else
		claim(check, subject && owner_of_page(&hv->owner, leaf->to) ==
					(int)pal_slot(hv, subject),
		      "the notary sees what is not its subject's", leaf->at);
	claim(check, leaf->access == NPT_R ||
		     (subject && leaf->to.v == ptr_to_hpa(subject->identity).v),
	      "the notary may write to what it judges", leaf->at);
}

static bool is_caller_page(const struct pal *pal, const struct leaf *leaf)
{
	uint64_t i = (leaf->at - PAL_CALLER_BASE) >> PAGE_SHIFT;

	return leaf->at >= PAL_CALLER_BASE && i < pal->thread_count &&
	       leaf->to.v == ptr_to_hpa(pal->threads[i]->caller_identity).v;
}

static bool is_identity_page(const struct pal *pal, const struct leaf *leaf)
{
	return leaf->at == PAL_IDENTITY_BASE &&
	       leaf->to.v == ptr_to_hpa(pal->identity).v;
}

/* What lies above the window: who the PAL is, who calls it, with what. */
static void check_peer_leaf(struct check *check, const struct leaf *leaf)
{
	const struct pal *pal = check->pal;
	uint64_t size = pal->header->thread_count * pal->header->arg_size;

	if (leaf->at < PAL_PEER_BASE)
		claim(check, leaf->access == NPT_R &&
			     (is_identity_page(pal, leaf) ||
			      is_caller_page(pal, leaf)),
		      "a page between window and peer area", leaf->at);
	else
		claim(check, pal->flags & PAL_FLAG_PEER &&
			     leaf->access == (NPT_R | NPT_W) &&
			     leaf->at < PAL_PEER_BASE + size,
		      "a page too many in the peer area", leaf->at);
	check_private(check, leaf->to.v);
}

static void check_pal_leaf(void *arg, const struct leaf *leaf)
{
	struct check *check = arg;

	claim(check, leaf->size == PAGE_SIZE, "a PAL has a large page",
	      leaf->at);
	claim(check, !(leaf->access & NPT_W) || !(leaf->access & NPT_X),
	      "a page can be written and executed", leaf->at);
	if (leaf->at >= PAL_TABLE_GPA) {
		uint64_t i = (leaf->at - PAL_TABLE_GPA) >> PAGE_SHIFT;

		claim(check, i < PAL_TABLE_PAGES &&
			     leaf->to.v == check->hv->pal_tables[i].v,
		      "a PAL's guest tables are wrong", leaf->at);
	} else if (leaf->at >= PAL_WINDOW_END) {
		check_peer_leaf(check, leaf);
	} else if (leaf->at >= PAL_WINDOW_BASE && check->pal->is_own) {
		check_shown(check, leaf);
	} else if (leaf->at >= PAL_WINDOW_BASE) {
		claim(check, leaf->at - PAL_WINDOW_BASE <
			     check->pal->window_size, "a window too many",
		      leaf->at);
		check_window(check, leaf);
	} else {
		claim(check, leaf->at >= PAL_IMAGE_BASE,
		      "a page below the image", leaf->at);
		check_private(check, leaf->to.v);
	}
}

static void check_pal_table(void *arg, hpa_t table)
{
	check_private(arg, table.v);
}

static void check_pal(struct check *check, struct pal *pal)
{
	const struct walk walk = {
		.npt = &pal->npt,
		.leaf = check_pal_leaf,
		.table = check_pal_table,
		.arg = check,
	};
	uint32_t i;

	check->pal = pal;
	walk_table(&walk, pal->npt.root, 0, pal->npt.levels - 1);
	check_private(check, ptr_to_hpa(pal->header).v);
	for (i = 0; i < pal->thread_count; i++)
		check_private(check, ptr_to_hpa(pal->threads[i]).v);
}

static bool is_built(const struct pal *pal)
{
	enum hv_pal_state state = pal_state(pal);

	return state == PAL_LOADING || state == PAL_WAITING ||
	       state == PAL_READY;
}

/* Windows of PALs that are being wiped are still counted, but not seen here. */
static void check_windows(struct check *check, bool is_wiping)
{
	const struct owner *owner = &check->hv->owner;
	uint64_t i;

	for (i = 0; i < owner->block_count; i++) {
		unsigned int counted = owner->blocks[i] & WINDOWS_MASK;

		if (owner_block_state(owner, hpa(i << BLOCK_SHIFT)) != OWNER_OS)
			continue;
		claim(check, is_wiping ? counted >= check->windows[i] :
					 counted == check->windows[i],
		      "a block's windows are miscounted", i << BLOCK_SHIFT);
	}
}

static void check_counts(struct check *check)
{
	const struct owner *owner = &check->hv->owner;
	uint64_t free_pages = 0;
	uint32_t blocks = 0;
	unsigned int slot, page;

	for (slot = 0; slot < POOL_BLOCKS_MAX; slot++) {
		const struct pool_block *block = &owner->pool[slot];

		if (!block->in_use)
			continue;
		check->pool[check->pool_count++] = block->base.v;
		blocks++;
		free_pages += block->free_count;
		claim(check, owner_block_state(owner, block->base) ==
			     OWNER_POOL, "a slot without a block", slot);
		for (page = 0; page < block->hint && page < BLOCK_PAGES; page++)
			claim(check, block->owner[page] != OWNER_PAGE_CLEAN &&
				     block->owner[page] != OWNER_PAGE_DIRTY,
			      "a free page lies below the hint", page);
	}
	claim(check, blocks == owner->pool_count &&
		     free_pages == owner->free_pages, "the pool is miscounted",
	      blocks);
}

bool invariants_hold_quickly(struct hv *hv)
{
	static struct check check;
	bool is_wiping = false;
	unsigned int slot;

	memset(&check, 0, sizeof(check));
	check.hv = hv;
	check.is_good = true;
	check_counts(&check);
	for_each_leaf(&hv->os_npt, check_os_leaf, &check);
	for (slot = 0; slot < HV_MAX_PALS; slot++) {
		if (is_built(&hv->pals[slot]))
			check_pal(&check, &hv->pals[slot]);
		is_wiping |= pal_state(&hv->pals[slot]) == PAL_DYING;
	}
	check_windows(&check, is_wiping);
	return check.is_good;
}

bool invariants_hold(struct hv *hv)
{
	const char *broken = debug_broken_invariant(hv);

	if (broken)
		printf("# invariant: %s\n", broken);
	return invariants_hold_quickly(hv) && !broken;
}
