/* SPDX-License-Identifier: BSD-2-Clause */
#include "history.h"

#include <stdio.h>
#include <string.h>

#include "fake_iommu.h"
#include "fake_machine.h"

#define BLOCKS	((FAKE_HIGH_BASE + FAKE_HIGH_SIZE) >> BLOCK_SHIFT)

struct block_history {
	bool is_pool;
	bool was_a_pal_s[BLOCK_PAGES];
	/* Before the step in which it left the OS; what the IOMMU must reach. */
	unsigned int flushes[FAKE_CPUS];
	uint64_t epoch;
};

static struct block_history history[BLOCKS];
static unsigned int flushes_before[FAKE_CPUS];

static bool is_broken(const char *text, uint64_t at)
{
	printf("# history: %s (0x%llx)\n", text, (unsigned long long)at);
	return false;
}

static void enter_pool(struct block_history *block)
{
	memset(block, 0, sizeof(*block));
	block->is_pool = true;
	block->epoch = fake_iommu.asked_epoch;
	memcpy(block->flushes, flushes_before, sizeof(flushes_before));
}

static void note_flushes(struct hv *hv)
{
	unsigned int id;

	for (id = 0; id < hv->cpu_count; id++)
		flushes_before[id] = fake_os(hv->cpus[id])->flush_count;
}

static bool all_have_flushed(struct hv *hv, const struct block_history *block)
{
	unsigned int id;

	for (id = 0; id < hv->cpu_count; id++)
		if (fake_os(hv->cpus[id])->flush_count == block->flushes[id])
			return false;
	return !fake_iommu.is_on || fake_iommu.passed_epoch >= block->epoch;
}

static bool is_use_good(struct hv *hv, struct block_history *block,
			uint64_t base)
{
	unsigned int i;

	for (i = 0; i < BLOCK_PAGES; i++) {
		hpa_t page = hpa(base + i * PAGE_SIZE);

		if (owner_of_page(&hv->owner, page) < 0)
			continue;
		if (!block->was_a_pal_s[i] && !all_have_flushed(hv, block))
			return is_broken("a page is had too early", page.v);
		block->was_a_pal_s[i] = true;
	}
	return true;
}

static bool is_return_good(struct block_history *block, uint64_t base)
{
	unsigned int i;

	block->is_pool = false;
	for (i = 0; i < BLOCK_PAGES; i++)
		if (block->was_a_pal_s[i] &&
		    !fake_is_zero(base + i * PAGE_SIZE))
			return is_broken("the OS has a page that is not wiped",
					 base + i * PAGE_SIZE);
	return true;
}

/* Blocks that the pool has by now are taken to be flushed everywhere. */
void history_begin(struct hv *hv)
{
	memset(history, 0, sizeof(history));
	memset(flushes_before, 0xff, sizeof(flushes_before));
	history_is_good(hv);
}

bool history_is_good(struct hv *hv)
{
	uint64_t i;

	for (i = 0; i < hv->owner.block_count; i++) {
		uint64_t base = i << BLOCK_SHIFT;
		bool is_pool = owner_block_state(&hv->owner, hpa(base)) ==
			       OWNER_POOL;

		if (history[i].is_pool && !is_pool) {
			if (!is_return_good(&history[i], base))
				return false;
		} else if (is_pool) {
			if (!history[i].is_pool)
				enter_pool(&history[i]);
			if (!is_use_good(hv, &history[i], base))
				return false;
		}
	}
	note_flushes(hv);
	return true;
}
