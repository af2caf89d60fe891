/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/addr.h"

#include "core/pages.h"
#include "fake_platform.h"
#include "test.h"

static void a_page_aligned_range_is_made(void)
{
	struct gpa_range range;

	CHECK(gpa_range_make(0x1000, 0x3000, &range));
	CHECK_EQ(range.base.v, 0x1000);
	CHECK_EQ(range.size, 0x3000);
	CHECK(gpa_range_make(0, UINT64_MAX & ~UINT64_C(0xfff), &range));
	CHECK(gpa_range_make(UINT64_MAX & ~UINT64_C(0x1fff), 0x1000, &range));
}

static void no_other_range_is_made(void)
{
	static const struct {
		uint64_t base, size;
	} bad[] = {
		{ 0, 0 }, { 0x1000, 0 },
		{ 0x800, 0x1000 }, { 0x1001, 0x1000 },
		{ 0x1000, 0x800 }, { 0x1000, 1 }, { 0x1000, 0x1fff },
		{ UINT64_MAX, 0x1000 }, { UINT64_MAX, UINT64_MAX },
		{ UINT64_MAX & ~UINT64_C(0xfff), 0x1000 },
		{ UINT64_MAX & ~UINT64_C(0xfff), 0x2000 },
		{ 0x1000, UINT64_MAX & ~UINT64_C(0xfff) },
	};
	unsigned int i;

	for (i = 0; i < COUNT_OF(bad); i++) {
		struct gpa_range range = { gpa(42), 43 };

		CHECK(!gpa_range_make(bad[i].base, bad[i].size, &range));
		CHECK(range.base.v == 42 && range.size == 43);
	}
}

static void an_address_is_in_its_page_and_its_block(void)
{
	CHECK_EQ(gpa_page(gpa(0x12345)).base.v, 0x12000);
	CHECK_EQ(gpa_page(gpa(0x12345)).size, PAGE_SIZE);
	CHECK_EQ(gpa_block(gpa(0x3fffff)).base.v, 0x200000);
	CHECK_EQ(gpa_block(gpa(0x3fffff)).size, BLOCK_SIZE);
	CHECK_EQ(os_gpa_to_hpa(gpa(0x12345)).v, 0x12345);
	CHECK_EQ(gpa_add(gpa(0x1000), 0x234).v, 0x1234);
	CHECK_EQ(hpa_add(hpa(0x1000), 0x234).v, 0x1234);
}

static void pages_come_back_zeroed(void)
{
	struct page_list list = { 0 };
	unsigned int i;

	fake_memory_reset(NULL);
	CHECK(!pages_get(&list));
	for (i = 0; i < 3; i++) {
		char *page = fake_ram(MIB + i * PAGE_SIZE);

		page[PAGE_SIZE - 1] = page[0] = page[100] = 'x';
		pages_put(&list, page);
		CHECK_EQ(list.count, i + 1);
	}
	for (i = 3; i > 0; i--) {
		void *page = pages_get(&list);

		CHECK(page && fake_is_zero(ptr_to_hpa(page).v));
		CHECK_EQ(list.count, i - 1);
	}
	CHECK(!pages_get(&list));
	CHECK_EQ(list.count, 0);
}

TESTS(
	RUN(a_page_aligned_range_is_made);
	RUN(no_other_range_is_made);
	RUN(an_address_is_in_its_page_and_its_block);
	RUN(pages_come_back_zeroed);
)
