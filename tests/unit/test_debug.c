/* SPDX-License-Identifier: BSD-2-Clause */
/* core/debug.c finds what is broken. */
#include "core/debug.h"

#include <string.h>

#include "fake_machine.h"
#include "test.h"

#define BLOCK	1u

static struct hv *hv;

static struct pool_block *setup(void)
{
	hv = fake_launched(&fake_default);
	fake_give_blocks(hv, BLOCK, 1);
	CHECK(!debug_broken_invariant(hv));
	return &hv->owner.pool[0];
}

static bool finds(const char *wanted)
{
	const char *broken = debug_broken_invariant(hv);

	return broken && !strcmp(broken, wanted);
}

static void it_finds_a_page_that_is_not_wiped(void)
{
	struct pool_block *block = setup();

	block->owner[7] = OWNER_PAGE_CLEAN;
	CHECK(!debug_broken_invariant(hv));
	*(char *)fake_ram(block->base.v + 7 * PAGE_SIZE + 99) = 1;
	CHECK(finds("a wiped page is not zero"));
}

static void it_finds_a_pool_that_is_miscounted(void)
{
	setup();
	hv->owner.free_pages--;
	CHECK(finds("the pool is miscounted"));
	hv->owner.free_pages++;
	hv->owner.pool_count++;
	CHECK(finds("the pool is miscounted"));
}

TESTS(
	RUN(it_finds_a_page_that_is_not_wiped);
	RUN(it_finds_a_pool_that_is_miscounted);
)
