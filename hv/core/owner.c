/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A block's word has its state in the two top bits and, below, how many window
 * pages an OS block has or which slot of pool[] a pool block has.
 */
#include "core/owner.h"

#include "abi/hypercall.h"
#include "core/platform.h"
#include "lib/assert.h"
#include "lib/string.h"

#define STATE_SHIFT	14
#define STATE_NOT_RAM	(OWNER_NOT_RAM << STATE_SHIFT)
#define STATE_OS	(OWNER_OS << STATE_SHIFT)
#define STATE_HV	(OWNER_HV << STATE_SHIFT)
#define STATE_POOL	(OWNER_POOL << STATE_SHIFT)
#define STATE_MASK	0xc000u
#define VALUE_MASK	0x3fffu

/* Table entries looked at count too, a little, against a wiping budget. */
#define SCAN_PER_PAGE	256u

static uint64_t end_of_ram(const struct hv_launch *launch)
{
	uint64_t end = launch->memory_pa + launch->memory_size;
	uint32_t i;

	if (launch->device_table + HV_DEVICE_TABLE_SIZE > end)
		end = launch->device_table + HV_DEVICE_TABLE_SIZE;
	for (i = 0; i < launch->ram_count; i++)
		if (launch->ram[i].base + launch->ram[i].size > end)
			end = launch->ram[i].base + launch->ram[i].size;
	return end;
}

uint64_t owner_table_pages(const struct hv_launch *launch)
{
	uint64_t blocks = (end_of_ram(launch) + BLOCK_SIZE - 1) >> BLOCK_SHIFT;

	return (blocks * sizeof(uint16_t) + PAGE_SIZE - 1) >> PAGE_SHIFT;
}

static void mark_os(struct owner *owner, const struct hv_ram_range *ram)
{
	uint64_t first = (ram->base + BLOCK_SIZE - 1) >> BLOCK_SHIFT;
	uint64_t end = (ram->base + ram->size) >> BLOCK_SHIFT;

	for (; first < end; first++)
		owner->blocks[first] = STATE_OS;
}

void owner_init(struct owner *owner, const struct hv_launch *launch,
		void *table)
{
	uint64_t done;
	uint32_t i;

	owner->blocks = table;
	owner->ram_count = launch->ram_count;
	memcpy(owner->ram, launch->ram, sizeof(owner->ram));
	owner->block_count = (end_of_ram(launch) + BLOCK_SIZE - 1) >>
			     BLOCK_SHIFT;
	for (i = 0; i < launch->ram_count; i++)
		mark_os(owner, &launch->ram[i]);
	for (done = 0; done < launch->memory_size; done += BLOCK_SIZE)
		owner->blocks[(launch->memory_pa + done) >> BLOCK_SHIFT] =
			STATE_HV;
	if (launch->device_table)
		owner->blocks[launch->device_table >> BLOCK_SHIFT] = STATE_HV;
}

static unsigned int block_word(const struct owner *owner, hpa_t at)
{
	uint64_t number = at.v >> BLOCK_SHIFT;

	return number < owner->block_count ? owner->blocks[number] :
					     STATE_NOT_RAM;
}

static unsigned int block_state(const struct owner *owner, hpa_t at)
{
	return block_word(owner, at) & STATE_MASK;
}

/* The pool's record of the block that holds `at`, or NULL. */
static const struct pool_block *find_block(const struct owner *owner, hpa_t at)
{
	unsigned int word = block_word(owner, at);

	if ((word & STATE_MASK) != STATE_POOL)
		return NULL;
	return &owner->pool[word & VALUE_MASK];
}

/* Is this page, of a block that is not wholly RAM, in RAM all the same? */
static bool is_ram(const struct owner *owner, hpa_t page)
{
	uint32_t i;

	for (i = 0; i < owner->ram_count; i++) {
		const struct hv_ram_range *ram = &owner->ram[i];

		if (page.v >= ram->base && ram->size >= PAGE_SIZE &&
		    page.v - ram->base <= ram->size - PAGE_SIZE)
			return true;
	}
	return false;
}

bool owner_is_os_page(const struct owner *owner, hpa_t page)
{
	unsigned int state = block_state(owner, page);

	return state == STATE_OS ||
	       (state == STATE_NOT_RAM && is_ram(owner, page));
}

int owner_pool_add_check(const struct owner *owner, uint64_t base)
{
	unsigned int word;

	if (base & (BLOCK_SIZE - 1))
		return HV_EINVAL;
	word = block_word(owner, hpa(base));
	if ((word & STATE_MASK) == STATE_NOT_RAM)
		return HV_EINVAL;
	if ((word & STATE_MASK) != STATE_OS)
		return HV_EPERM;
	if (word & VALUE_MASK)
		return HV_EBUSY;
	if (owner->pool_count == POOL_BLOCKS_MAX)
		return HV_ENOMEM;
	return HV_OK;
}

int owner_pool_remove_check(const struct owner *owner, uint64_t base)
{
	const struct pool_block *block;

	if (base & (BLOCK_SIZE - 1))
		return HV_ENOENT;
	block = find_block(owner, hpa(base));
	if (!block)
		return HV_ENOENT;
	return block->free_count == BLOCK_PAGES ? HV_OK : HV_EBUSY;
}

void owner_pool_add(struct owner *owner, hpa_t base, uint64_t epoch)
{
	unsigned int slot = 0;
	unsigned int i;

	while (owner->pool[slot].in_use)
		slot++;
	ASSERT(slot < POOL_BLOCKS_MAX);
	owner->pool[slot].base = base;
	owner->pool[slot].epoch = epoch;
	owner->pool[slot].free_count = BLOCK_PAGES;
	owner->pool[slot].hint = 0;
	owner->pool[slot].in_use = true;
	owner->pool[slot].usable = false;
	for (i = 0; i < BLOCK_PAGES; i++)
		owner->pool[slot].owner[i] = OWNER_PAGE_DIRTY;
	owner->blocks[base.v >> BLOCK_SHIFT] = (uint16_t)(STATE_POOL | slot);
	owner->pool_count++;
	owner->free_pages += BLOCK_PAGES;
}

void owner_pool_remove(struct owner *owner, hpa_t base)
{
	unsigned int slot = block_word(owner, base) & VALUE_MASK;

	ASSERT(owner->pool[slot].free_count == BLOCK_PAGES);
	owner->pool[slot].in_use = false;
	owner->pool[slot].usable = false;
	owner->blocks[base.v >> BLOCK_SHIFT] = STATE_OS;
	owner->pool_count--;
	owner->free_pages -= BLOCK_PAGES;
}

void owner_epoch_passed(struct owner *owner, uint64_t epoch)
{
	unsigned int slot;

	for (slot = 0; slot < POOL_BLOCKS_MAX; slot++)
		if (owner->pool[slot].in_use &&
		    owner->pool[slot].epoch <= epoch)
			owner->pool[slot].usable = true;
}

static bool is_free(const struct pool_block *block, unsigned int page)
{
	return block->owner[page] == OWNER_PAGE_CLEAN ||
	       block->owner[page] == OWNER_PAGE_DIRTY;
}

static hpa_t take_page(struct owner *owner, struct pool_block *block,
		       unsigned int pal)
{
	unsigned int page = block->hint;
	hpa_t at;

	while (!is_free(block, page))
		page++;
	ASSERT(page < BLOCK_PAGES);
	at = hpa_add(block->base, page * PAGE_SIZE);
	if (block->owner[page] == OWNER_PAGE_DIRTY)
		memset(hpa_to_ptr(at), 0, PAGE_SIZE);
	block->owner[page] = (uint16_t)(pal + 1);
	block->hint = page + 1;
	block->free_count--;
	owner->free_pages--;
	return at;
}

int owner_page_get(struct owner *owner, unsigned int pal, hpa_t *page)
{
	unsigned int i;

	if (owner->free_pages == 0)
		return HV_ENOMEM;
	for (i = 0; i < POOL_BLOCKS_MAX; i++) {
		unsigned int slot = (owner->pool_hint + i) % POOL_BLOCKS_MAX;
		struct pool_block *block = &owner->pool[slot];

		if (!block->in_use || !block->usable || !block->free_count)
			continue;
		owner->pool_hint = slot;
		*page = take_page(owner, block, pal);
		return HV_OK;
	}
	return HV_EAGAIN;
}

static void wipe_page(struct owner *owner, struct pool_block *block,
		      unsigned int page)
{
	memset(hpa_to_ptr(hpa_add(block->base, page * PAGE_SIZE)), 0,
	       PAGE_SIZE);
	block->owner[page] = OWNER_PAGE_CLEAN;
	if (page < block->hint)
		block->hint = page;
	block->free_count++;
	owner->free_pages++;
}

int owner_pages_check(const struct owner *owner, uint64_t count)
{
	uint64_t usable = 0;
	unsigned int slot;

	if (owner->free_pages < count)
		return HV_ENOMEM;
	for (slot = 0; slot < POOL_BLOCKS_MAX; slot++)
		if (owner->pool[slot].in_use && owner->pool[slot].usable)
			usable += owner->pool[slot].free_count;
	return usable < count ? HV_EAGAIN : HV_OK;
}

void owner_page_put(struct owner *owner, hpa_t page)
{
	unsigned int slot = block_word(owner, page) & VALUE_MASK;
	struct pool_block *block = &owner->pool[slot];

	ASSERT(owner_of_page(owner, page) >= 0);
	wipe_page(owner, block,
		  (unsigned int)((page.v - block->base.v) >> PAGE_SHIFT));
}

bool owner_pages_wipe(struct owner *owner, unsigned int pal, uint64_t *cursor,
		      unsigned int budget)
{
	uint64_t left = (uint64_t)budget * SCAN_PER_PAGE;

	for (; *cursor < (uint64_t)POOL_BLOCKS_MAX * BLOCK_PAGES; ++*cursor) {
		struct pool_block *block = &owner->pool[*cursor / BLOCK_PAGES];
		unsigned int page = *cursor % BLOCK_PAGES;
		uint64_t cost = 1;

		if (!block->in_use || block->free_count == BLOCK_PAGES) {
			*cursor |= BLOCK_PAGES - 1;	/* to its last page */
		} else if (block->owner[page] == pal + 1) {
			wipe_page(owner, block, page);
			cost = SCAN_PER_PAGE;
		}
		if (left < cost)
			return false;
		left -= cost;
	}
	return true;
}

void owner_wipe_pool(const struct owner *owner)
{
	unsigned int i;

	for (i = 0; i < POOL_BLOCKS_MAX; i++)
		if (owner->pool[i].in_use)
			memset(hpa_to_ptr(owner->pool[i].base), 0, BLOCK_SIZE);
}

int owner_window_get(struct owner *owner, hpa_t page)
{
	uint16_t *word;

	if (!owner_is_os_page(owner, page))
		return HV_EPERM;
	if (block_state(owner, page) == STATE_NOT_RAM)
		return HV_OK;		/* cannot leave the OS anyway */
	word = &owner->blocks[page.v >> BLOCK_SHIFT];
	if ((*word & VALUE_MASK) == VALUE_MASK)
		return HV_EBUSY;
	++*word;
	return HV_OK;
}

void owner_window_put(struct owner *owner, hpa_t page)
{
	uint16_t *word;

	ASSERT(owner_is_os_page(owner, page));
	if (block_state(owner, page) == STATE_NOT_RAM)
		return;
	word = &owner->blocks[page.v >> BLOCK_SHIFT];
	ASSERT(*word & VALUE_MASK);
	--*word;
}

enum owner_state owner_block_state(const struct owner *owner, hpa_t at)
{
	return (enum owner_state)(block_word(owner, at) >> STATE_SHIFT);
}

int owner_of_page(const struct owner *owner, hpa_t page)
{
	const struct pool_block *block = find_block(owner, page);
	unsigned int number;

	if (!block)
		return -1;
	number = (unsigned int)((page.v - block->base.v) >> PAGE_SHIFT);
	return is_free(block, number) ? -1 : block->owner[number] - 1;
}
