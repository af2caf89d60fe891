/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/debug.h"

static bool is_identity(const struct hv *hv, hpa_t block)
{
	unsigned int access;
	hpa_t to;

	return npt_translate(&hv->os_npt, gpa(block.v), &to, &access) &&
	       to.v == block.v && access == (NPT_R | NPT_W | NPT_X);
}

static const char *check_block(const struct hv *hv, hpa_t block)
{
	enum owner_state state = owner_block_state(&hv->owner, block);
	hpa_t to;

	switch (state) {
	case OWNER_NOT_RAM:
		return NULL;
	case OWNER_OS:
		return is_identity(hv, block) ? NULL :
			"a block of the OS is not its own in its table";
	case OWNER_HV:
	case OWNER_POOL:
		return npt_translate(&hv->os_npt, gpa(block.v), &to, NULL) ?
			"the OS's table maps what is not the OS's" : NULL;
	}
	return "a block has no state";
}

static bool is_zero(hpa_t page)
{
	const uint64_t *words = hpa_to_ptr(page);
	unsigned int i;

	for (i = 0; i < PAGE_SIZE / sizeof(*words); i++)
		if (words[i])
			return false;
	return true;
}

static const char *check_page(const struct hv *hv,
			      const struct pool_block *block, unsigned int page,
			      uint32_t *free_count)
{
	hpa_t at = hpa_add(block->base, page * PAGE_SIZE);
	int pal = owner_of_page(&hv->owner, at);

	if (pal >= 0)
		return pal < HV_MAX_PALS ? NULL : "a page of no PAL's";
	++*free_count;
	if (block->owner[page] == OWNER_PAGE_CLEAN && !is_zero(at))
		return "a wiped page is not zero";
	return NULL;
}

static const char *check_pool_block(const struct hv *hv,
				    const struct pool_block *block)
{
	uint32_t free_count = 0;
	unsigned int page;

	if (owner_block_state(&hv->owner, block->base) != OWNER_POOL)
		return "a block in the pool's table is not the pool's";
	for (page = 0; page < BLOCK_PAGES; page++) {
		const char *broken = check_page(hv, block, page, &free_count);

		if (broken)
			return broken;
	}
	return free_count == block->free_count ? NULL :
		"a block's free pages are miscounted";
}

static const char *check_pool(const struct hv *hv)
{
	uint64_t free_pages = 0;
	uint32_t count = 0;
	unsigned int slot;

	for (slot = 0; slot < POOL_BLOCKS_MAX; slot++) {
		const struct pool_block *block = &hv->owner.pool[slot];
		const char *broken;

		if (!block->in_use)
			continue;
		broken = check_pool_block(hv, block);
		if (broken)
			return broken;
		free_pages += block->free_count;
		count++;
	}
	if (count != hv->owner.pool_count ||
	    free_pages != hv->owner.free_pages)
		return "the pool is miscounted";
	return NULL;
}

const char *debug_broken_invariant(const struct hv *hv)
{
	uint64_t i;

	for (i = 0; i < hv->owner.block_count; i++) {
		const char *broken = check_block(hv, hpa(i << BLOCK_SHIFT));

		if (broken)
			return broken;
	}
	return check_pool(hv);
}
