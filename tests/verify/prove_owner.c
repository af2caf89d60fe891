/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * core/owner.c: from every state in which the invariants of core/owner.h hold,
 * every operation leads to such a state again.  So they hold after any number
 * of operations, in any order.  Besides, for a page that CBMC may choose: when
 * a PAL gets it, it was nobody's before, is zero, and is of a usable block;
 * when nobody has it any more, it is zero.
 */
#include "abi/hypercall.h"
#include "machine.h"

#include "core/owner.h"

#define BLOCKS		3u
#define PALS		2u
#define WORD_STATE(w)	((w) >> 14)
#define WORD_VALUE(w)	((w) & 0x3fffu)

static struct owner owner;
static uint16_t words[BLOCKS];

static bool has_good_word(unsigned int i)
{
	unsigned int value = WORD_VALUE(words[i]);

	switch (WORD_STATE(words[i])) {
	case OWNER_OS:
		return true;
	case OWNER_POOL:
		return value < POOL_BLOCKS_MAX && owner.pool[value].in_use &&
		       owner.pool[value].base.v == i * BLOCK_SIZE;
	default:
		return value == 0;
	}
}

static bool is_free(const struct pool_block *block, unsigned int page)
{
	return block->owner[page] == OWNER_PAGE_CLEAN ||
	       block->owner[page] == OWNER_PAGE_DIRTY;
}

static bool is_good_slot(unsigned int slot)
{
	const struct pool_block *block = &owner.pool[slot];
	uint64_t i = block->base.v >> BLOCK_SHIFT;
	unsigned int page, free_count = 0;

	if (!block->in_use)
		return !block->usable;
	if (i >= BLOCKS || block->base.v != i * BLOCK_SIZE ||
	    words[i] != (OWNER_POOL << 14 | slot))
		return false;
	for (page = 0; page < BLOCK_PAGES; page++) {
		if (is_free(block, page) && page < block->hint)
			return false;
		if (!is_free(block, page) &&
		    (block->owner[page] > PALS || !block->usable))
			return false;
		if (block->owner[page] == OWNER_PAGE_CLEAN &&
		    !is_zero[i * BLOCK_PAGES + page])
			return false;
		free_count += is_free(block, page);
	}
	return block->free_count == free_count;
}

static bool is_good(void)
{
	uint64_t free_pages = 0;
	unsigned int i, pool_count = 0;

	for (i = 0; i < BLOCKS; i++)
		if (!has_good_word(i))
			return false;
	for (i = 0; i < POOL_BLOCKS_MAX; i++) {
		if (!is_good_slot(i))
			return false;
		if (owner.pool[i].in_use) {
			pool_count++;
			free_pages += owner.pool[i].free_count;
		}
	}
	return owner.pool_count == pool_count &&
	       owner.free_pages == free_pages;
}

/* Any state in which the invariants hold. */
static void begin(void)
{
	unsigned int i, page;

	owner.blocks = words;
	owner.block_count = BLOCKS;
	owner.pool_count = any_below(POOL_BLOCKS_MAX + 1);
	owner.pool_hint = any_below(POOL_BLOCKS_MAX);
	owner.free_pages = any();
	for (i = 0; i < BLOCKS; i++)
		words[i] = (uint16_t)any();
	for (i = 0; i < PAGE_COUNT; i++)
		is_zero[i] = any_bool();
	for (i = 0; i < POOL_BLOCKS_MAX; i++) {
		struct pool_block *block = &owner.pool[i];

		block->base = hpa(any());
		block->epoch = any();
		block->free_count = any_below(BLOCK_PAGES + 1);
		block->hint = any_below(BLOCK_PAGES + 1);
		block->in_use = any_bool();
		block->usable = any_bool();
		for (page = 0; page < BLOCK_PAGES; page++)
			block->owner[page] = (uint16_t)any();
	}
	GIVEN(is_good());
}

static bool is_os(hpa_t page)
{
	return owner_block_state(&owner, page) == OWNER_OS;
}

static void add(hpa_t page)
{
	uint64_t base = any();
	bool was_here = page.v - base < BLOCK_SIZE, was_os = is_os(page);

	if (owner_pool_add_check(&owner, base))
		return;
	CLAIM(!was_here || was_os, "only the OS's blocks enter the pool");
	CLAIM(!WORD_VALUE(words[base >> BLOCK_SHIFT]),
	      "no window enters the pool");
	owner_pool_add(&owner, hpa(base), any());
	CLAIM(is_os(page) == (was_os && !was_here),
	      "what enters the pool, and no more, leaves the OS");
}

static void take_back(hpa_t page)
{
	uint64_t base = any();
	bool was_here = page.v - base < BLOCK_SIZE;
	int had = owner_of_page(&owner, page);

	if (owner_pool_remove_check(&owner, base))
		return;
	CLAIM(!was_here || had < 0, "no PAL's page goes back to the OS");
	owner_pool_remove(&owner, hpa(base));
	CLAIM(!was_here || is_os(page), "what is given back is the OS's");
}

static void get_page(hpa_t page)
{
	unsigned int pal = any_below(PALS);
	int had = owner_of_page(&owner, page);
	hpa_t got = hpa(UINT64_MAX);
	int checked = owner_pages_check(&owner, 1);

	CLAIM(owner_page_get(&owner, pal, &got) == checked,
	      "a check says what getting would");
	if (checked) {
		CLAIM(got.v == UINT64_MAX, "on failure nothing is had");
		return;
	}
	CLAIM(is_page_aligned(got.v) && got.v < BLOCKS * BLOCK_SIZE,
	      "a page is memory");
	if (got.v == page.v) {
		CLAIM(had < 0, "a page that is had was nobody's");
		CLAIM(is_zero[page.v >> PAGE_SHIFT], "a new page is zero");
		had = (int)pal;
		is_zero[page.v >> PAGE_SHIFT] = false;	/* it is used */
	}
	CLAIM(owner_of_page(&owner, page) == had, "others keep their pages");
}

static void put_page(hpa_t page)
{
	hpa_t put = hpa(any_below(PAGE_COUNT) * PAGE_SIZE);
	int had = owner_of_page(&owner, page);

	GIVEN(owner_of_page(&owner, put) >= 0);
	owner_page_put(&owner, put);
	if (put.v == page.v) {
		CLAIM(is_zero[page.v >> PAGE_SHIFT], "a freed page is zero");
		had = -1;
	}
	CLAIM(owner_of_page(&owner, page) == had, "others keep their pages");
}

#define CURSOR_END (POOL_BLOCKS_MAX * BLOCK_PAGES)

/* One call of many: what lies before the cursor is done. */
static void wipe(hpa_t page)
{
	unsigned int pal = any_below(PALS), at = any_below(CURSOR_END);
	const struct pool_block *block = &owner.pool[at / BLOCK_PAGES];
	const uint16_t *entry = &block->owner[at % BLOCK_PAGES];
	int had = owner_of_page(&owner, page), has;
	uint64_t cursor = any_below(CURSOR_END + 1), begun = cursor;
	bool is_over;

	GIVEN(at >= cursor || !block->in_use || *entry != pal + 1);
	is_over = owner_pages_wipe(&owner, pal, &cursor, any_below(3));
	has = owner_of_page(&owner, page);
	CLAIM(has == had || (has < 0 && had == (int)pal),
	      "only the PAL's own pages are wiped");
	CLAIM(has == had || is_zero[page.v >> PAGE_SHIFT],
	      "a wiped page is zero");
	CLAIM(cursor >= begun && cursor <= CURSOR_END,
	      "the cursor goes on, to the end");
	CLAIM(at >= cursor || !block->in_use || *entry != pal + 1,
	      "before the cursor none is left");
	CLAIM(is_over == (cursor == CURSOR_END), "over is at the end");
}

static void change_window(hpa_t page)
{
	hpa_t window = hpa(any_below(PAGE_COUNT) * PAGE_SIZE);
	bool was_os = is_os(page);

	if (any_bool()) {
		if (owner_window_get(&owner, window))
			return;
		CLAIM(owner_is_os_page(&owner, window),
		      "a window is the OS's");
	} else {
		GIVEN(owner_is_os_page(&owner, window));
		GIVEN(WORD_VALUE(words[window.v >> BLOCK_SHIFT]));
		owner_window_put(&owner, window);
	}
	CLAIM(is_os(page) == was_os, "a window changes no owner");
}

void prove(void)
{
	hpa_t page = hpa(any_below(BLOCKS * BLOCK_PAGES) * PAGE_SIZE);

	begin();
	switch (VERIFY_OPERATION) {
	case 0:
		add(page);
		break;
	case 1:
		take_back(page);
		break;
	case 2:
		get_page(page);
		break;
	case 3:
		put_page(page);
		break;
	case 4:
		wipe(page);
		break;
	case 5:
		change_window(page);
		break;
	case 6:
		owner_epoch_passed(&owner, any());
		break;
	}
	CLAIM(is_good(), "the invariants hold again");
}
