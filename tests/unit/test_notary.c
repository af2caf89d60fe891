/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/notary.h"

#include <string.h>

#include "fake_notary.h"
#include "invariants.h"
#include "test.h"

static void the_notary_starts_in_pieces(void)
{
	setup_unstarted();
	CHECK_EQ(os_call(cpu, HC_NOTARY_START, 0, 0, 0), HV_EAGAIN);
	CHECK_EQ(pal_state(notary()), PAL_LOADING);
	CHECK(invariants_hold(hv));
	CHECK_EQ(fake_notary_start(cpu), HV_OK);
	check_notary();
	CHECK_EQ(fake_notary_start(cpu), HV_OK);
	check_notary();
	CHECK(invariants_hold(hv));
}

static void the_notary_starts_after_the_launch(void)
{
	hv = fake_machine(&fake_default);
	cpu = hv->cpus[0];
	fake_give_blocks(hv, 1, 1);
	CHECK_EQ(fake_notary_start(cpu), HV_EPERM);
	CHECK(!notary());
	CHECK_EQ(hv->owner.free_pages, BLOCK_PAGES);
}

static void the_notary_waits_for_flushes(void)
{
	setup_unstarted();
	CHECK_EQ(os_call(cpu, HC_POOL_REMOVE, BLOCK_SIZE, 0, 0), HV_OK);
	CHECK_EQ(os_call(cpu, HC_NOTARY_START, 0, 0, 0), HV_ENOMEM);
	CHECK_EQ(os_call(cpu, HC_POOL_ADD, BLOCK_SIZE, 0, 0), HV_OK);
	CHECK_EQ(os_call(cpu, HC_NOTARY_START, 0, 0, 0), HV_EAGAIN);
	CHECK(!notary());
	fake_give_blocks(hv, 10, 1);
	CHECK_EQ(fake_notary_start(cpu), HV_OK);
}

static void limit_pool(uint64_t spare)
{
	hpa_t page;

	setup_unstarted();
	while (hv->owner.free_pages > spare)
		CHECK_EQ(owner_page_get(&hv->owner, HV_MAX_PALS - 1, &page),
			 HV_OK);
}

static void finish_with_more_memory(void)
{
	fake_give_blocks(hv, 10, 1);
	CHECK_EQ(fake_notary_start(cpu), HV_OK);
	check_notary();
}

static void give_up_starting(uint64_t spare)
{
	unsigned int tries;
	int64_t status = HV_EAGAIN;

	for (tries = 0; tries < TRIES_MAX && status == HV_EAGAIN; tries++)
		status = os_call(cpu, HC_UNLOAD, 0, 0, 0);
	CHECK_EQ(status, HV_EPERM);		/* the pool has its block */
	CHECK(!notary());
	CHECK_EQ(hv->owner.free_pages, spare);
	CHECK(invariants_hold(hv));
}

static void each_allocation_of_the_start_may_fail(void)
{
	int64_t status = HV_ENOMEM;
	uint64_t spare;

	for (spare = 0; status; spare++) {
		limit_pool(spare);
		status = fake_notary_start(cpu);
		CHECK(status == HV_OK || status == HV_ENOMEM);
		CHECK(invariants_hold_quickly(hv));
		if (status)
			finish_with_more_memory();
		limit_pool(spare);
		CHECK_EQ(fake_notary_start(cpu), status);
		give_up_starting(spare);
	}
	CHECK(spare > hv->notary.image->image_size / PAGE_SIZE);
}


static void the_policy_is_given_once_before_the_launch(void)
{
	setup_policy(5);
	CHECK_EQ(give_policy(OS_LIST, POLICY_SIZE_MAX), HV_OK);
	CHECK_EQ(hv->notary.policy_size, POLICY_SIZE_MAX);
	CHECK_EQ(hv->notary.policy_flags, 5);
	CHECK_EQ(give_policy(OS_LIST, sizeof(struct policy_header)), HV_EPERM);
	CHECK_EQ(hv->notary.policy_size, POLICY_SIZE_MAX);
	setup_policy(5);
	CHECK_EQ(os_call(cpu, HC_LAUNCHED, 0, 0, 0), HV_OK);
	CHECK_EQ(give_policy(OS_LIST, POLICY_SIZE_MAX), HV_EPERM);
	CHECK_EQ(hv->notary.policy_size, 0);
}

static void anybody_may_know_what_the_policy_forbids(void)
{
	setup_policy(POLICY_CERTIFIED | POLICY_FORBID_UNLOAD);
	CHECK_EQ(os_call(cpu, HC_INFO, 0, 0, 0), HV_OK);
	CHECK_EQ(cpu->os_regs.rcx, 0);
	CHECK_EQ(give_policy(OS_LIST, POLICY_SIZE_MAX), HV_OK);
	CHECK_EQ(os_call(cpu, HC_INFO, 0, 0, 0), HV_OK);
	CHECK_EQ(cpu->os_regs.rcx,
		 HV_FEATURE_POLICY |
			 (POLICY_CERTIFIED | POLICY_FORBID_UNLOAD)
				 << HV_FEATURE_POLICY_SHIFT);
}

static void check_policy_copy(uint64_t size)
{
	uint64_t i;

	for (i = 0; i * PAGE_SIZE < size; i++) {
		void *copy = hpa_to_ptr(hv->notary.policy[i]);

		CHECK(!memcmp(copy, fake_ram(OS_POLICY(i)), PAGE_SIZE));
		memset(fake_ram(OS_POLICY(i)), 0, PAGE_SIZE);
		CHECK_EQ(((uint8_t *)copy)[PAGE_SIZE - 1], 0xa0 + i);
	}
}

static void a_policy_may_have_any_size_within_bounds(void)
{
	static const struct {
		uint64_t size;
		int64_t status;
	} rows[] = {
		{ 0, HV_EINVAL },
		{ sizeof(struct policy_header) - 1, HV_EINVAL },
		{ sizeof(struct policy_header), HV_OK },
		{ PAGE_SIZE, HV_OK },
		{ PAGE_SIZE + 1, HV_OK },
		{ POLICY_SIZE_MAX, HV_OK },
		{ POLICY_SIZE_MAX + 1, HV_EINVAL },
		{ UINT64_C(1) << 32 | 100, HV_EINVAL },
		{ UINT64_MAX, HV_EINVAL },
	};
	unsigned int i;

	for (i = 0; i < COUNT_OF(rows); i++) {
		setup_policy(0);
		CHECK_EQ(give_policy(OS_LIST, rows[i].size), rows[i].status);
		CHECK_EQ(hv->notary.policy_size,
			 rows[i].status ? 0 : rows[i].size);
		if (!rows[i].status)
			check_policy_copy(rows[i].size);
	}
}

static void a_policy_that_cannot_be_read_costs_nothing(void)
{
	static const uint64_t hostile[] = {
		FAKE_HV_BASE, FAKE_APIC_BASE, FAKE_LOW_HOLE, UINT64_MAX,
		UINT64_C(1) << 63, OS_POLICY(0) + 8,
	};
	uint64_t *list, pages;
	unsigned int i;

	setup_policy(POLICY_FORBID_UNLOAD);
	list = fake_ram(OS_LIST);
	pages = hv->pages.count;
	for (i = 0; i < COUNT_OF(hostile); i++) {
		if (hostile[i] != OS_POLICY(0) + 8)
			CHECK_EQ(give_policy(hostile[i], PAGE_SIZE), HV_EINVAL);
		list[2] = hostile[i];
		CHECK_EQ(give_policy(OS_LIST, POLICY_SIZE_MAX), HV_EINVAL);
		CHECK_EQ(hv->pages.count, pages);
		CHECK_EQ(hv->notary.policy_flags, 0);
	}
	/* The list's own end is the end of its page. */
	CHECK_EQ(give_policy(OS_LIST + PAGE_SIZE - 8, 2 * PAGE_SIZE),
		 HV_EINVAL);
	list[2] = OS_POLICY(2);
	CHECK_EQ(give_policy(OS_LIST, POLICY_SIZE_MAX), HV_OK);
	check_policy_copy(POLICY_SIZE_MAX);
}

static void a_policy_needs_memory(void)
{
	setup_policy(0);
	while (hv->pages.count > NOTARY_POLICY_PAGES - 1)
		pages_get(&hv->pages);
	CHECK_EQ(give_policy(OS_LIST, POLICY_SIZE_MAX), HV_ENOMEM);
	CHECK_EQ(hv->notary.policy_size, 0);
}

static void a_policy_can_forbid_unloading(void)
{
	setup_policy(POLICY_FORBID_UNLOAD);
	CHECK_EQ(give_policy(OS_LIST, POLICY_SIZE_MAX), HV_OK);
	CHECK_EQ(os_call(cpu, HC_LAUNCHED, 0, 0, 0), HV_OK);
	fake_give_blocks(hv, 1, 1);
	CHECK_EQ(fake_notary_start(cpu), HV_OK);
	CHECK_EQ(os_call(cpu, HC_UNLOAD, 0, 0, 0), HV_EPERM);
	CHECK_EQ(os_call(cpu, HC_UNLOAD, HC_UNLOAD_FORCE, 0, 0), HV_EPERM);
	CHECK_EQ(os_call(cpu, HC_CPU_LEAVE, 0, 0, 0), HV_EPERM);
	CHECK_EQ(hv->phase, HV_RUNNING);
	check_notary();
}

static void before_a_reset_all_is_wiped_but_nobody_leaves(void)
{
	int64_t status = HV_EAGAIN;

	setup_policy(POLICY_FORBID_UNLOAD);
	CHECK_EQ(give_policy(OS_LIST, POLICY_SIZE_MAX), HV_OK);
	CHECK_EQ(os_call(cpu, HC_LAUNCHED, 0, 0, 0), HV_OK);
	fake_give_blocks(hv, 1, 1);
	CHECK_EQ(fake_notary_start(cpu), HV_OK);
	CHECK(fake_pal_make(cpu, 40));
	CHECK_EQ(os_call(cpu, HC_UNLOAD, HC_UNLOAD_STAY, 0, 0), HV_EBUSY);
	while (status == HV_EAGAIN)
		status = os_call(cpu, HC_UNLOAD,
				 HC_UNLOAD_FORCE | HC_UNLOAD_STAY, 0, 0);
	CHECK_EQ(status, HV_OK);
	CHECK_EQ(hv->owner.free_pages, BLOCK_PAGES);
	CHECK(invariants_hold(hv));
	CHECK_EQ(os_call(cpu, HC_POOL_REMOVE, BLOCK_SIZE, 0, 0), HV_OK);
	CHECK_EQ(os_call(cpu, HC_UNLOAD, 0, 0, 0), HV_EPERM);
	CHECK_EQ(os_call(cpu, HC_CPU_LEAVE, 0, 0, 0), HV_EPERM);
}

static void what_is_no_policy_forbids_nothing(void)
{
	setup_policy(POLICY_FORBID_UNLOAD);
	CHECK_EQ(give_policy(OS_LIST, PAGE_SIZE), HV_OK);	/* says other */
	CHECK_EQ(hv->notary.policy_flags, 0);
	setup_policy(POLICY_FORBID_UNLOAD);
	((struct policy_header *)fake_ram(OS_POLICY(0)))->magic ^= 1;
	CHECK_EQ(give_policy(OS_LIST, POLICY_SIZE_MAX), HV_OK);
	CHECK_EQ(hv->notary.policy_flags, 0);
}

static int64_t sign(uint64_t which, uint64_t page)
{
	return os_call(cpu, HC_PAL_SIGNATURE, which, page, 0);
}

static void a_signature_is_given_once_while_loading(void)
{
	setup_judging();
	memset(fake_ram(OS_SIGNATURE), 0x51, PAGE_SIZE);
	CHECK_EQ(sign(handle, OS_SIGNATURE), HV_EINVAL);
	CHECK_EQ(sign(handle ^ 0x100, OS_SIGNATURE), HV_ENOENT);
	CHECK_EQ(fake_destroy(cpu, handle), HV_OK);
	CHECK_EQ(fake_create(cpu, &header, &handle), HV_OK);
	CHECK_EQ(sign(handle, OS_SIGNATURE + 8), HV_EINVAL);
	CHECK_EQ(sign(handle, FAKE_HV_BASE), HV_EINVAL);
	CHECK_EQ(sign(handle, BLOCK_SIZE), HV_EINVAL);
	CHECK_EQ(sign(handle, UINT64_MAX), HV_EINVAL);
	CHECK_EQ(*(uint8_t *)subject()->identity, 0);
	CHECK_EQ(sign(handle, OS_SIGNATURE), HV_OK);
	CHECK_EQ(*(uint8_t *)subject()->identity, 0x51);
	CHECK_EQ(sign(handle, OS_SIGNATURE), HV_EINVAL);
}


static void check_handle_names_nothing(uint64_t which)
{
	static const uint64_t numbers[] = {
		HC_PAL_LOAD, HC_PAL_WINDOW, HC_PAL_START, HC_PAL_SIGNATURE,
		HC_PAL_JUDGE, HC_PAL_DESTROY,
	};
	unsigned int i;

	CHECK(!pal_find(hv, which));
	for (i = 0; i < COUNT_OF(numbers); i++)
		CHECK_EQ(os_call(cpu, numbers[i], which, OS_LIST, 1),
			 HV_ENOENT);
	CHECK_EQ(user_call_all(cpu, which, 0), HV_ENOENT);
}

static void check_no_handle_names_it(void)
{
	unsigned int slot;
	uint64_t generation;

	fake_write_list(OS_WINDOW(0), 1);
	for (slot = 0; slot < HV_MAX_PALS; slot++) {
		for (generation = 0; generation < 4; generation++)
			check_handle_names_nothing(PAL_HANDLE(generation,
							      slot));
		check_handle_names_nothing(PAL_HANDLE(UINT32_MAX, slot));
		CHECK_EQ(os_call(cpu, HC_PAL_INFO, slot, OS_PAGE(4), 0),
			 HV_ENOENT);
	}
}

static void the_os_cannot_name_the_notary(void)
{
	const struct hv_memory_info *info;
	static const uint64_t spaces[] = {
		FAKE_CR3, UINT64_MAX, UINT64_C(0xffffffffff000), 0,
	};
	unsigned int i;

	setup_judging();
	CHECK_EQ(fake_destroy(cpu, handle), HV_OK);
	for (i = 0; i < COUNT_OF(spaces); i++) {
		fake_os(cpu)->regs[GUEST_CR3] = spaces[i];
		check_no_handle_names_it();
	}
	CHECK_EQ(os_call(cpu, HC_MEMORY_INFO, 0, OS_PAGE(4), 0), HV_OK);
	info = fake_ram(OS_PAGE(4));
	CHECK_EQ(info->pal_count, 0);
	check_notary();
}

static void the_notary_s_slot_is_a_pal_s_after_it(void)
{
	setup_unstarted();
	expect_good_answers();
	limit_pool(10);
	CHECK_EQ(fake_notary_start(cpu), HV_ENOMEM);
	CHECK(!notary());
	fake_give_blocks(hv, 10, 1);
	handle = fake_pal_make(cpu, 1);
	CHECK_EQ(PAL_HANDLE_SLOT(handle), 0);
	CHECK(subject() && !subject()->is_own);
	PLAY(answering);
	entry_in_call = NOTARY_BEGIN;
	CHECK_EQ(user_call_all(cpu, handle, 0), HV_OK);
}

TESTS(
	RUN(the_notary_starts_in_pieces);
	RUN(the_notary_starts_after_the_launch);
	RUN(the_notary_waits_for_flushes);
	RUN(each_allocation_of_the_start_may_fail);
	RUN(the_policy_is_given_once_before_the_launch);
	RUN(anybody_may_know_what_the_policy_forbids);
	RUN(a_policy_may_have_any_size_within_bounds);
	RUN(a_policy_that_cannot_be_read_costs_nothing);
	RUN(a_policy_needs_memory);
	RUN(a_policy_can_forbid_unloading);
	RUN(before_a_reset_all_is_wiped_but_nobody_leaves);
	RUN(what_is_no_policy_forbids_nothing);
	RUN(a_signature_is_given_once_while_loading);
	RUN(the_os_cannot_name_the_notary);
	RUN(the_notary_s_slot_is_a_pal_s_after_it);
)
