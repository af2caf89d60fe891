/* SPDX-License-Identifier: BSD-2-Clause */
/* core/owner.c against a model that is too simple to be wrong. */
#include <string.h>

#include "abi/hypercall.h"
#include "core/owner.h"
#include "fake_platform.h"
#include "test.h"

#define STEPS		60000u
#define SEEDS		4u
#define MODEL_BLOCKS	32u		/* those in low memory */
#define MODEL_PALS	5u

struct model_block {
	bool is_ram, is_hv, in_pool, is_usable;
	uint64_t epoch;
	unsigned int windows;
	int pal[BLOCK_PAGES];		/* -1: free */
	bool was_used[BLOCK_PAGES];	/* so it must be zero when free */
};

static struct owner owner;
static struct model_block model[MODEL_BLOCKS];
static uint64_t passed, epoch, seed;

static unsigned int pick(unsigned int count)
{
	return (unsigned int)(fake_random(&seed) % count);
}

static void setup(void)
{
	struct hv_launch launch;
	unsigned int i;

	fake_memory_reset(&launch);
	memset(&owner, 0, sizeof(owner));
	memset(model, 0, sizeof(model));
	passed = epoch = 0;
	owner_init(&owner, &launch, fake_ram(FAKE_HV_BASE));
	for (i = 0; i < MODEL_BLOCKS; i++) {
		model[i].is_ram = i >= 1 && i <= 30;
		model[i].is_hv = i == 8 || i == 9;
		memset(model[i].pal, -1, sizeof(model[i].pal));
		memset(fake_ram(i * BLOCK_SIZE + BLOCK_SIZE - PAGE_SIZE), 0xa5,
		       i == 9 ? 0 : PAGE_SIZE);
	}
}

static bool is_free(const struct model_block *block)
{
	unsigned int i;

	for (i = 0; i < BLOCK_PAGES; i++)
		if (block->pal[i] >= 0)
			return false;
	return true;
}

static void add_block(unsigned int i)
{
	struct model_block *block = &model[i];
	int err = owner_pool_add_check(&owner, i * BLOCK_SIZE);
	int wanted = HV_OK;

	if (!block->is_ram)
		wanted = HV_EINVAL;
	else if (block->is_hv || block->in_pool)
		wanted = HV_EPERM;
	else if (block->windows)
		wanted = HV_EBUSY;
	CHECK_EQ(err, wanted);
	if (err)
		return;
	owner_pool_add(&owner, hpa(i * BLOCK_SIZE), ++epoch);
	block->in_pool = true;
	block->is_usable = false;
	block->epoch = epoch;
	memset(block->was_used, 0, sizeof(block->was_used));
}

static void remove_block(unsigned int i)
{
	struct model_block *block = &model[i];
	int err = owner_pool_remove_check(&owner, i * BLOCK_SIZE);

	CHECK_EQ(err, !block->in_pool ? HV_ENOENT :
		      is_free(block) ? HV_OK : HV_EBUSY);
	if (err)
		return;
	owner_pool_remove(&owner, hpa(i * BLOCK_SIZE));
	block->in_pool = false;
}

static void pass_epoch(void)
{
	unsigned int i;

	passed += pick(3);
	if (passed > epoch)
		passed = epoch;
	owner_epoch_passed(&owner, passed);
	for (i = 0; i < MODEL_BLOCKS; i++)
		if (model[i].in_pool && model[i].epoch <= passed)
			model[i].is_usable = true;
}

static uint64_t count_free(bool usable_only)
{
	uint64_t count = 0;
	unsigned int i, page;

	for (i = 0; i < MODEL_BLOCKS; i++) {
		if (!model[i].in_pool || (usable_only && !model[i].is_usable))
			continue;
		for (page = 0; page < BLOCK_PAGES; page++)
			count += model[i].pal[page] < 0;
	}
	return count;
}

static void get_pages(unsigned int pal, unsigned int count)
{
	int check = owner_pages_check(&owner, count);

	CHECK_EQ(check, count_free(false) < count ? HV_ENOMEM :
			count_free(true) < count ? HV_EAGAIN : HV_OK);
	for (; count > 0; count--) {
		int wanted = count_free(true) > 0 ? HV_OK :
			     count_free(false) > 0 ? HV_EAGAIN : HV_ENOMEM;
		unsigned int block, number;
		hpa_t page;
		int err = owner_page_get(&owner, pal, &page);

		CHECK_EQ(err, wanted);
		CHECK(!err || check);
		if (err)
			return;
		block = (unsigned int)(page.v / BLOCK_SIZE);
		number = page.v / PAGE_SIZE % BLOCK_PAGES;
		CHECK(is_page_aligned(page.v) && block < MODEL_BLOCKS);
		CHECK(model[block].in_pool && model[block].is_usable);
		CHECK(model[block].pal[number] < 0);
		CHECK(fake_is_zero(page.v));
		memset(fake_ram(page.v), 0x77, PAGE_SIZE);
		model[block].pal[number] = (int)pal;
		model[block].was_used[number] = true;
	}
}

static void put_page(unsigned int i, unsigned int number)
{
	hpa_t page = hpa(i * BLOCK_SIZE + number * PAGE_SIZE);

	CHECK_EQ(owner_of_page(&owner, page), model[i].in_pool ?
					      model[i].pal[number] : -1);
	if (owner_of_page(&owner, page) < 0)
		return;
	owner_page_put(&owner, page);
	model[i].pal[number] = -1;
	CHECK(fake_is_zero(page.v));
}

static void wipe(unsigned int pal)
{
	uint64_t cursor = 0;
	unsigned int i, page;

	while (!owner_pages_wipe(&owner, pal, &cursor, 1 + pick(600)))
		;
	for (i = 0; i < MODEL_BLOCKS; i++)
		for (page = 0; page < BLOCK_PAGES; page++)
			if (model[i].pal[page] == (int)pal)
				model[i].pal[page] = -1;
}

static void get_window(unsigned int i)
{
	struct model_block *block = &model[i];
	int err = owner_window_get(&owner, hpa(i * BLOCK_SIZE + 0x5000));
	bool is_partial = i == 0;

	CHECK_EQ(err, is_partial || (block->is_ram && !block->is_hv &&
				     !block->in_pool) ? HV_OK : HV_EPERM);
	if (!err)
		block->windows++;
}

static void put_window(unsigned int i)
{
	if (!model[i].windows)
		return;
	owner_window_put(&owner, hpa(i * BLOCK_SIZE + 0x5000));
	model[i].windows--;
}

/* Every page that was a PAL's and is free holds zeros; states agree. */
static void compare(bool look_at_pages)
{
	unsigned int i, page;
	uint32_t blocks = 0;

	CHECK_EQ(owner.free_pages, count_free(false));
	for (i = 0; i < MODEL_BLOCKS; i++) {
		enum owner_state wanted = OWNER_NOT_RAM;

		blocks += model[i].in_pool;
		if (model[i].is_ram)
			wanted = model[i].is_hv ? OWNER_HV :
				 model[i].in_pool ? OWNER_POOL : OWNER_OS;
		CHECK_EQ(owner_block_state(&owner, hpa(i * BLOCK_SIZE)), wanted);
		for (page = 0; look_at_pages && page < BLOCK_PAGES; page++)
			if (model[i].in_pool && model[i].pal[page] < 0 &&
			    model[i].was_used[page])
				CHECK(fake_is_zero(i * BLOCK_SIZE +
						   page * PAGE_SIZE));
	}
	CHECK_EQ(owner.pool_count, blocks);
}

static void step(void)
{
	unsigned int block = pick(MODEL_BLOCKS);

	switch (pick(16)) {
	case 0:
		add_block(block);
		break;
	case 1:
		remove_block(block);
		break;
	case 2:
		pass_epoch();
		break;
	case 3:
		wipe(pick(MODEL_PALS));
		break;
	case 4:
	case 5:
		get_window(block);
		break;
	case 6:
	case 7:
	case 8:
		put_window(block);
		break;
	case 9:
	case 10:
	case 11:
		put_page(block, pick(BLOCK_PAGES));
		break;
	default:
		get_pages(pick(MODEL_PALS), 1 + pick(8) * pick(8));
		break;
	}
}

static void random_operations_agree_with_the_model(void)
{
	unsigned int i, j;

	for (i = 0; i < SEEDS; i++) {
		seed = i;
		setup();
		for (j = 0; j < STEPS / SEEDS && test_is_good; j++) {
			step();
			if (j % 16 == 0)
				compare(j % 2048 == 0);
		}
	}
}

TESTS(
	RUN(random_operations_agree_with_the_model);
)
