/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Gives to the pool what is not Linux's, what it has already, what a PAL still
 * shares with Linux; takes back what is in use.
 */
#include <pal_host.h>
#include <stdlib.h>
#include "../system/case.h"
#include "abi/hypercall.h"
#include "common_pal.h"
#include "secret.h"

static struct attack_refused protected;

static int64_t add(uint64_t block)
{
	return hostile_call(HC_POOL_ADD, block, 0, 0, NULL);
}

static int64_t take_back(uint64_t block)
{
	return hostile_call(HC_POOL_REMOVE, block, 0, 0, NULL);
}

static int read_first(uint64_t block, uint64_t *value)
{
	struct attack_word order = {.address = block};

	CHECK_EQ(hostile_order(ATTACK_READ, &order), 0);
	*value = order.value;
	return order.result;
}

static void a_block_can_be_given_and_had_back(void)
{
	uint64_t block = hostile_block(), value;

	CHECK_EQ(read_first(block, &value), ATTACK_WORKED);
	CHECK_EQ(value, ATTACK_MARKER);
	CHECK_EQ(add(block), HV_OK);
	hostile_flush_all();
	CHECK_EQ(read_first(block, &value), 13);
	CHECK_EQ(take_back(block), HV_OK);
	CHECK_EQ(read_first(block, &value), ATTACK_WORKED);
	CHECK_EQ(value, ATTACK_MARKER);
}

/* A PAL's pages were in it, among them that of its header, the first. */
static void a_block_that_a_pal_had_comes_back_wiped(void)
{
	uint64_t block = hostile_block();
	struct attack_sweep order = {.base = block, .size = HOSTILE_BLOCK};
	struct hostile_pal evil, filling;

	if (hostile_was_before_linux())
		case_skip("it was there before Linux, and stays");
	CHECK_EQ(system("pal disable >/dev/null && "
			"pal enable --serial 0x3f8 >/dev/null"),
		 0);
	if (case_has_failed() || !hostile_pal_prepare(&evil) ||
	    !hostile_pal_fill_pool(&filling))
		return;
	CHECK_EQ(add(block), HV_OK);
	hostile_flush_all();
	CHECK_EQ(hostile_call(HC_PAL_CREATE, evil.block, evil.block, 0,
			      &evil.handle),
		 HV_OK);
	CHECK_EQ(take_back(block), HV_EBUSY);
	hostile_pal_destroy(&evil);
	CHECK_EQ(take_back(block), HV_OK);
	CHECK_EQ(hostile_order(ATTACK_SWEEP, &order), 0);
	CHECK_EQ(order.worked_count, HOSTILE_BLOCK / HOSTILE_PAGE);
	CHECK_EQ(order.first_value, 0);
	hostile_pal_destroy(&filling);
}

static void a_block_is_not_given_twice(void)
{
	uint64_t block = hostile_block();

	CHECK_EQ(add(block), HV_OK);
	CHECK_EQ(add(block), HV_EPERM);
	hostile_flush_all();
	CHECK_EQ(add(block), HV_EPERM);
	CHECK_EQ(take_back(block), HV_OK);
	CHECK_EQ(take_back(block), HV_ENOENT);
}

/* A PAL's pool and the hypervisor's own. */
static bool find_protected(void)
{
	static struct pal *victim;
	const char *why;

	if (pal_open(SECRET_IMAGE, &victim)) {
		case_fail("%s", pal_error_text());
		return false;
	}
	why = hostile_find_protected(&protected);
	if (why)
		case_fail("%s", why);
	return !why;
}

static void protected_memory_is_not_given(void)
{
	if (!find_protected())
		return;
	for (uint64_t i = 0; i < protected.range_count; i++)
		for (uint64_t at = 0; at < protected.ranges[i].size;
		     at += HOSTILE_BLOCK)
			CHECK_EQ(add(protected.ranges[i].base + at), HV_EPERM);
}

static void what_is_no_block_of_ram_is_not_given(void)
{
	static const uint64_t blocks[] = {
		0, 0x80000000, 0xb0000000, 0xfec00000, 0xfee00000, 0xffe00000,
		UINT64_C(1) << 32, UINT64_C(1) << 40, UINT64_C(1) << 51,
		UINT64_C(1) << 52, UINT64_C(1) << 63, ~UINT64_C(0x1fffff),
	};

	for (unsigned int i = 0; i < sizeof(blocks) / 8; i++)
		CHECK_EQ(add(blocks[i]), HV_EINVAL);
}

static void an_unaligned_block_is_not_given(void)
{
	uint64_t block = hostile_block();

	CHECK_EQ(add(block + 1), HV_EINVAL);
	CHECK_EQ(add(block + HOSTILE_PAGE), HV_EINVAL);
	CHECK_EQ(add(block + HOSTILE_BLOCK / 2), HV_EINVAL);
	CHECK_EQ(add(~UINT64_C(0)), HV_EINVAL);
}

static void a_block_with_a_window_is_not_given(void)
{
	uint64_t shared = hostile_block(), taken;
	struct hostile_pal evil;

	if (!hostile_pal_prepare(&evil))
		return;
	REQUIRE(hostile_pal_create(&evil) == HV_OK);
	hostile_pal_list(&evil, HOSTILE_LIST)[0] = shared + 77 * HOSTILE_PAGE;
	CHECK_EQ(hostile_call(HC_PAL_WINDOW, evil.handle,
			      hostile_pal_page(&evil, HOSTILE_LIST), 1, &taken),
		 HV_OK);
	CHECK_EQ(add(shared), HV_EBUSY);
	hostile_pal_destroy(&evil);
	CHECK_EQ(add(shared), HV_OK);
	CHECK_EQ(take_back(shared), HV_OK);
}

static void a_block_in_use_is_not_taken_back(void)
{
	unsigned int busy_count = 0;

	if (!find_protected())
		return;
	for (uint64_t i = 0; i < protected.range_count; i++) {
		for (uint64_t at = 0; at < protected.ranges[i].size;
		     at += HOSTILE_BLOCK) {
			uint64_t block = protected.ranges[i].base + at;
			int64_t status = take_back(block);

			busy_count += status == HV_EBUSY;
			if (status == HV_OK) /* a free one: put it back */
				CHECK_EQ(add(block), HV_OK);
			else if (status != HV_ENOENT)
				CHECK_EQ(status, HV_EBUSY);
		}
	}
	hostile_flush_all();
	CHECK(busy_count > 0);
}

static void what_was_never_given_is_not_taken_back(void)
{
	uint64_t block = hostile_block();

	CHECK_EQ(take_back(block), HV_ENOENT);
	CHECK_EQ(take_back(block + HOSTILE_PAGE), HV_ENOENT);
	CHECK_EQ(take_back(0xfee00000), HV_ENOENT);
	CHECK_EQ(take_back(~UINT64_C(0x1fffff)), HV_ENOENT);
}

int main(int argc, char **argv)
{
	case_begin(argc, argv);
	RUN(a_block_can_be_given_and_had_back);
	RUN(a_block_that_a_pal_had_comes_back_wiped);
	RUN(a_block_is_not_given_twice);
	RUN(protected_memory_is_not_given);
	RUN(what_is_no_block_of_ram_is_not_given);
	RUN(an_unaligned_block_is_not_given);
	RUN(a_block_with_a_window_is_not_given);
	RUN(a_block_in_use_is_not_taken_back);
	RUN(what_was_never_given_is_not_taken_back);
	return case_end();
}
