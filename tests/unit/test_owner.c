/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/owner.h"

#include <string.h>

#include "abi/hypercall.h"
#include "fake_platform.h"
#include "test.h"

#define PARTIAL_LOW	UINT64_C(0)		/* with a hole */
#define PARTIAL_END	(62 * MIB)
#define PARTIAL_HIGH	(FAKE_HIGH_BASE + 4 * MIB)
#define BLOCK(i)	((i) * BLOCK_SIZE)
#define LAST_PAGE	(UINT64_MAX & ~(PAGE_SIZE - 1))

static struct owner owner;
static struct hv_launch launch;

static void setup(void)
{
	memset(&owner, 0, sizeof(owner));
	fake_memory_reset(&launch);
	owner_init(&owner, &launch, fake_ram(FAKE_HV_BASE));
}

/* A usable block. */
static void add(uint64_t base)
{
	CHECK_EQ(owner_pool_add_check(&owner, base), HV_OK);
	owner_pool_add(&owner, hpa(base), 1);
	owner_epoch_passed(&owner, 1);
}

static void the_table_covers_all_ram(void)
{
	setup();
	CHECK_EQ(owner.block_count, (FAKE_HIGH_END + BLOCK_SIZE - 1) /
				    BLOCK_SIZE);
	CHECK_EQ(owner_table_pages(&launch), 2);
	launch.ram_count = 1;
	launch.ram[0].size = 3 * MIB;
	CHECK_EQ(owner_table_pages(&launch), 1);
	owner_init(&owner, &launch, fake_ram(FAKE_HV_BASE));
	CHECK_EQ(owner.block_count, (FAKE_HV_BASE + FAKE_HV_SIZE) / BLOCK_SIZE);
}

static void blocks_start_with_their_owner(void)
{
	setup();
	CHECK_EQ(owner_block_state(&owner, hpa(PARTIAL_LOW)), OWNER_NOT_RAM);
	CHECK_EQ(owner_block_state(&owner, hpa(BLOCK(1))), OWNER_OS);
	CHECK_EQ(owner_block_state(&owner, hpa(FAKE_HV_BASE)), OWNER_HV);
	CHECK_EQ(owner_block_state(&owner, hpa(FAKE_HV_BASE + BLOCK_SIZE)),
		 OWNER_HV);
	CHECK_EQ(owner_block_state(&owner, hpa(FAKE_HV_BASE + FAKE_HV_SIZE)),
		 OWNER_OS);
	CHECK_EQ(owner_block_state(&owner, hpa(PARTIAL_END)), OWNER_NOT_RAM);
	CHECK_EQ(owner_block_state(&owner, hpa(GIB)), OWNER_NOT_RAM);
	CHECK_EQ(owner_block_state(&owner, hpa(FAKE_HIGH_BASE)), OWNER_OS);
	CHECK_EQ(owner_block_state(&owner, hpa(PARTIAL_HIGH)), OWNER_NOT_RAM);
	CHECK_EQ(owner_block_state(&owner, hpa(LAST_PAGE)), OWNER_NOT_RAM);
}

static void only_ram_that_is_the_os_s_is_an_os_page(void)
{
	static const uint64_t good[] = {
		0, FAKE_LOW_HOLE - PAGE_SIZE, MIB, BLOCK(1), BLOCK(5) + 0x5000,
		FAKE_LOW_END / PAGE_SIZE * PAGE_SIZE - PAGE_SIZE,
		FAKE_HIGH_BASE, FAKE_HIGH_END - PAGE_SIZE,
	};
	static const uint64_t bad[] = {
		FAKE_LOW_HOLE, MIB - PAGE_SIZE,
		FAKE_HV_BASE, FAKE_HV_BASE + FAKE_HV_SIZE - PAGE_SIZE,
		FAKE_LOW_END / PAGE_SIZE * PAGE_SIZE,	/* partly */
		64 * MIB, FAKE_APIC_BASE, FAKE_HIGH_BASE - PAGE_SIZE,
		FAKE_HIGH_END, UINT64_C(1) << 46, UINT64_C(1) << 52,
		UINT64_C(1) << 63, LAST_PAGE, LAST_PAGE - PAGE_SIZE,
	};
	unsigned int i;

	setup();
	for (i = 0; i < COUNT_OF(good); i++)
		if (!owner_is_os_page(&owner, hpa(good[i])))
			printf("# good %u\n", i), test_is_good = false;
	for (i = 0; i < COUNT_OF(bad); i++)
		if (owner_is_os_page(&owner, hpa(bad[i])))
			printf("# bad %u\n", i), test_is_good = false;
	add(BLOCK(1));
	CHECK(!owner_is_os_page(&owner, hpa(BLOCK(1))));
	CHECK(owner_is_os_page(&owner, hpa(BLOCK(2))));
}

static void only_whole_free_blocks_of_the_os_can_be_given(void)
{
	setup();
	CHECK_EQ(owner_pool_add_check(&owner, BLOCK(1)), HV_OK);
	CHECK_EQ(owner_pool_add_check(&owner, BLOCK(1) + 1), HV_EINVAL);
	CHECK_EQ(owner_pool_add_check(&owner, BLOCK(1) + PAGE_SIZE), HV_EINVAL);
	CHECK_EQ(owner_pool_add_check(&owner, PARTIAL_LOW), HV_EINVAL);
	CHECK_EQ(owner_pool_add_check(&owner, PARTIAL_END), HV_EINVAL);
	CHECK_EQ(owner_pool_add_check(&owner, PARTIAL_HIGH), HV_EINVAL);
	CHECK_EQ(owner_pool_add_check(&owner, 2 * GIB), HV_EINVAL);
	CHECK_EQ(owner_pool_add_check(&owner, UINT64_MAX & ~(BLOCK_SIZE - 1)),
		 HV_EINVAL);
	CHECK_EQ(owner_pool_add_check(&owner, FAKE_HV_BASE), HV_EPERM);
	add(BLOCK(1));
	CHECK_EQ(owner_pool_add_check(&owner, BLOCK(1)), HV_EPERM);
	CHECK_EQ(owner_window_get(&owner, hpa(BLOCK(2) + PAGE_SIZE)), HV_OK);
	CHECK_EQ(owner_pool_add_check(&owner, BLOCK(2)), HV_EBUSY);
	owner_window_put(&owner, hpa(BLOCK(2) + PAGE_SIZE));
	CHECK_EQ(owner_pool_add_check(&owner, BLOCK(2)), HV_OK);
	owner.pool_count = POOL_BLOCKS_MAX;
	CHECK_EQ(owner_pool_add_check(&owner, BLOCK(2)), HV_ENOMEM);
}

static void only_unused_blocks_come_back(void)
{
	hpa_t page;

	setup();
	CHECK_EQ(owner_pool_remove_check(&owner, BLOCK(1)), HV_ENOENT);
	CHECK_EQ(owner_pool_remove_check(&owner, FAKE_HV_BASE), HV_ENOENT);
	CHECK_EQ(owner_pool_remove_check(&owner, UINT64_MAX), HV_ENOENT);
	add(BLOCK(1));
	CHECK_EQ(owner_pool_remove_check(&owner, BLOCK(1) + PAGE_SIZE),
		 HV_ENOENT);
	CHECK_EQ(owner_page_get(&owner, 3, &page), HV_OK);
	CHECK_EQ(owner_pool_remove_check(&owner, BLOCK(1)), HV_EBUSY);
	owner_page_put(&owner, page);
	CHECK_EQ(owner_pool_remove_check(&owner, BLOCK(1)), HV_OK);
	owner_pool_remove(&owner, hpa(BLOCK(1)));
	CHECK_EQ(owner_block_state(&owner, hpa(BLOCK(1))), OWNER_OS);
	CHECK_EQ(owner.free_pages, 0);
	CHECK_EQ(owner.pool_count, 0);
	CHECK_EQ(owner_page_get(&owner, 3, &page), HV_ENOMEM);
}

static void a_block_waits_for_its_epoch(void)
{
	hpa_t page = hpa(42);

	setup();
	CHECK_EQ(owner_page_get(&owner, 0, &page), HV_ENOMEM);
	CHECK_EQ(owner_pages_check(&owner, 1), HV_ENOMEM);
	CHECK_EQ(owner_pages_check(&owner, 0), HV_OK);
	owner_pool_add(&owner, hpa(BLOCK(3)), 5);
	CHECK_EQ(owner_page_get(&owner, 0, &page), HV_EAGAIN);
	CHECK_EQ(owner_pages_check(&owner, 1), HV_EAGAIN);
	CHECK_EQ(owner_pages_check(&owner, BLOCK_PAGES + 1), HV_ENOMEM);
	owner_epoch_passed(&owner, 4);
	CHECK_EQ(owner_page_get(&owner, 0, &page), HV_EAGAIN);
	CHECK_EQ(page.v, 42);
	owner_epoch_passed(&owner, 5);
	CHECK_EQ(owner_page_get(&owner, 0, &page), HV_OK);
	CHECK_EQ(owner_of_page(&owner, page), 0);
	CHECK_EQ(owner_pages_check(&owner, BLOCK_PAGES - 1), HV_OK);
	owner_pool_add(&owner, hpa(BLOCK(4)), 6);
	CHECK_EQ(owner_pages_check(&owner, BLOCK_PAGES), HV_EAGAIN);
}

static void a_pal_never_sees_what_was_there(void)
{
	hpa_t page;

	setup();
	memset(fake_ram(BLOCK(1)), 0xaa, BLOCK_SIZE);
	add(BLOCK(1));
	CHECK_EQ(owner_page_get(&owner, 1, &page), HV_OK);
	CHECK(fake_is_zero(page.v));
	memset(fake_ram(page.v), 0xbb, PAGE_SIZE);
	owner_page_put(&owner, page);
	CHECK(fake_is_zero(page.v));
	CHECK_EQ(owner_of_page(&owner, page), -1);
}

/* Also the last page, and with pages of another PAL between. */
static void wiping_finds_every_page_of_one_pal(void)
{
	uint64_t cursor = 0;
	unsigned int i, steps;
	hpa_t page;

	setup();
	add(BLOCK(2));
	add(FAKE_HIGH_BASE);
	for (i = 0; i < 2 * BLOCK_PAGES; i++) {
		CHECK_EQ(owner_page_get(&owner, 1 + i % 2 * 254, &page), HV_OK);
		memset(fake_ram(page.v), (int)(1 + i % 2), PAGE_SIZE);
	}
	CHECK_EQ(owner_page_get(&owner, 1, &page), HV_ENOMEM);
	for (steps = 1; !owner_pages_wipe(&owner, 255, &cursor, 16); steps++)
		CHECK(steps < 1000);
	CHECK(steps >= BLOCK_PAGES / 16);
	CHECK_EQ(owner.free_pages, BLOCK_PAGES);
	for (i = 0; i < BLOCK_PAGES; i++) {
		uint64_t at = BLOCK(2) + i * PAGE_SIZE;
		int who = owner_of_page(&owner, hpa(at));

		CHECK(who == (i % 2 ? -1 : 1));
		CHECK(fake_is_zero(at) == (who == -1));
	}
}

static void one_step_of_wiping_is_bounded(void)
{
	uint64_t cursor = 0;
	hpa_t page;
	unsigned int i;

	setup();
	add(BLOCK(2));
	for (i = 0; i < 100; i++)
		owner_page_get(&owner, 9, &page);
	CHECK(!owner_pages_wipe(&owner, 9, &cursor, 32));
	CHECK(owner.free_pages >= BLOCK_PAGES - 100 + 31);
	CHECK(owner.free_pages <= BLOCK_PAGES - 100 + 33);
	CHECK(owner_pages_wipe(&owner, 9, &cursor, UINT32_MAX));
	CHECK_EQ(owner.free_pages, BLOCK_PAGES);
}

static void only_ram_of_the_os_is_a_window(void)
{
	setup();
	add(BLOCK(1));
	CHECK_EQ(owner_window_get(&owner, hpa(BLOCK(1))), HV_EPERM);
	CHECK_EQ(owner_window_get(&owner, hpa(FAKE_HV_BASE)), HV_EPERM);
	CHECK_EQ(owner_window_get(&owner, hpa(FAKE_APIC_BASE)), HV_EPERM);
	CHECK_EQ(owner_window_get(&owner, hpa(LAST_PAGE)), HV_EPERM);
	/* A block that cannot leave the OS counts nothing. */
	CHECK_EQ(owner_window_get(&owner, hpa(PARTIAL_END)), HV_OK);
	owner_window_put(&owner, hpa(PARTIAL_END));
}

static void a_block_s_windows_are_counted_to_the_end(void)
{
	unsigned int i;

	setup();
	for (i = 0; i < 0x3fff; i++)
		if (owner_window_get(&owner, hpa(BLOCK(7))) != HV_OK)
			break;
	CHECK_EQ(i, 0x3fff);
	CHECK_EQ(owner_window_get(&owner, hpa(BLOCK(7))), HV_EBUSY);
	CHECK_EQ(owner_block_state(&owner, hpa(BLOCK(7))), OWNER_OS);
	for (; i > 0; i--) {
		CHECK_EQ(owner_pool_add_check(&owner, BLOCK(7)), HV_EBUSY);
		owner_window_put(&owner, hpa(BLOCK(7)));
	}
	CHECK_EQ(owner_pool_add_check(&owner, BLOCK(7)), HV_OK);
}

static void put_window(void *arg)
{
	owner_window_put(&owner, hpa(*(uint64_t *)arg));
}

static void put_page(void *arg)
{
	owner_page_put(&owner, hpa(*(uint64_t *)arg));
}

static void remove_block(void *arg)
{
	owner_pool_remove(&owner, hpa(*(uint64_t *)arg));
}

static void the_device_table_is_the_hypervisor_s(void)
{
	setup();
	launch.device_table = BLOCK(3);
	owner_init(&owner, &launch, fake_ram(FAKE_HV_BASE));
	CHECK_EQ(owner_block_state(&owner, hpa(BLOCK(3))), OWNER_HV);
	CHECK_EQ(owner_block_state(&owner, hpa(BLOCK(4))), OWNER_OS);
}

static void giving_back_twice_is_our_bug(void)
{
	uint64_t at = BLOCK(1);
	hpa_t page;

	setup();
	CHECK_EQ(fake_catch(put_window, &at), FAKE_ASSERTED);
	add(BLOCK(1));
	CHECK_EQ(fake_catch(put_window, &at), FAKE_ASSERTED);
	CHECK_EQ(fake_catch(put_page, &at), FAKE_ASSERTED);
	owner_page_get(&owner, 0, &page);
	CHECK_EQ(fake_catch(remove_block, &at), FAKE_ASSERTED);
}

TESTS(
	RUN(the_table_covers_all_ram);
	RUN(blocks_start_with_their_owner);
	RUN(only_ram_that_is_the_os_s_is_an_os_page);
	RUN(only_whole_free_blocks_of_the_os_can_be_given);
	RUN(only_unused_blocks_come_back);
	RUN(a_block_waits_for_its_epoch);
	RUN(a_pal_never_sees_what_was_there);
	RUN(wiping_finds_every_page_of_one_pal);
	RUN(one_step_of_wiping_is_bounded);
	RUN(only_ram_of_the_os_is_a_window);
	RUN(a_block_s_windows_are_counted_to_the_end);
	RUN(the_device_table_is_the_hypervisor_s);
	RUN(giving_back_twice_is_our_bug);
)
