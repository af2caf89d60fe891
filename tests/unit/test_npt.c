/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/npt.h"

#include "abi/hypercall.h"
#include "fake_platform.h"
#include "fake_vendor.h"
#include "invariants.h"
#include "svm/svm.h"
#include "test.h"

#define PAGES		64u
#define RWX		(NPT_R | NPT_W | NPT_X)

static const struct npt_format *const formats[] = {
	&svm_npt_format, &svm_npt_amd_vi_format, &ept_like_format,
};

/* Each test runs for each of these. */
static const struct npt_format *format;
static int levels;

static struct page_list pages;
static struct npt npt;

static void for_each_shape(void (*test)(void))
{
	unsigned int i;

	for (i = 0; i < COUNT_OF(formats); i++) {
		format = formats[i];
		for (levels = 4; levels <= 5; levels++)
			test();
	}
}

static void setup(size_t count)
{
	size_t i;

	fake_memory_reset(NULL);
	pages = (struct page_list){ 0 };
	for (i = 0; i < count; i++)
		pages_put(&pages, fake_ram(MIB + i * PAGE_SIZE));
	CHECK_EQ(npt_init(&npt, format, levels, &pages), HV_OK);
}

static struct gpa_range range_of(uint64_t base, uint64_t size)
{
	struct gpa_range range = { gpa(0), 0 };

	CHECK(gpa_range_make(base, size, &range));
	return range;
}

static void map(uint64_t base, uint64_t size, int level, uint64_t to,
		unsigned int access)
{
	CHECK_EQ(npt_prepare(&npt, range_of(base, size), level), HV_OK);
	npt_set(&npt, range_of(base, size), level, hpa(to), access);
}

/* UINT64_MAX: nothing is there. */
static uint64_t where(uint64_t at, unsigned int *access)
{
	hpa_t to = hpa(42);

	return npt_translate(&npt, gpa(at), &to, access) ? to.v : UINT64_MAX;
}

static void maps_what_it_was_told_here(void)
{
	unsigned int access = 0;

	setup(PAGES);
	CHECK_EQ(where(0x1ff000, NULL), UINT64_MAX);
	map(0x1ff000, 0x2000, NPT_4K, 0x80000000, NPT_R | NPT_X);
	CHECK_EQ(where(0x1ff000, &access), 0x80000000);
	CHECK_EQ(access, NPT_R | NPT_X);
	CHECK_EQ(where(0x200abc, NULL), 0x80001abc);
	CHECK_EQ(where(0x201000, NULL), UINT64_MAX);
	CHECK_EQ(where(0x1fefff, NULL), UINT64_MAX);
	map(0x1ff000, 0x1000, NPT_4K, 0, 0);
	CHECK_EQ(where(0x1ff123, NULL), UINT64_MAX);
	CHECK_EQ(where(0x200000, NULL), 0x80001000);
}

static void maps_what_it_was_told(void)
{
	for_each_shape(maps_what_it_was_told_here);
}

static void access_survives_the_format_here(void)
{
	static const unsigned int all[] = {
		NPT_R, NPT_R | NPT_W, NPT_R | NPT_X, RWX,
	};
	unsigned int i, access;

	setup(PAGES);
	for (i = 0; i < COUNT_OF(all); i++) {
		map(0x1000, 0x1000, NPT_4K, 0x5000, all[i]);
		CHECK_EQ(where(0x1000, &access), 0x5000);
		CHECK_EQ(access, all[i]);
		map(BLOCK_SIZE, BLOCK_SIZE, NPT_2M, BLOCK_SIZE, all[i]);
		CHECK_EQ(where(BLOCK_SIZE, &access), BLOCK_SIZE);
		CHECK_EQ(access, all[i]);
	}
}

static void access_survives_the_format(void)
{
	for_each_shape(access_survives_the_format_here);
}

static void no_table_is_needed_to_read_here(void)
{
	setup(1);
	CHECK_EQ(where(0, NULL), UINT64_MAX);
	CHECK_EQ(where(PAL_SPACE_END, NULL), UINT64_MAX);
	CHECK_EQ(pages.count, 0);
}

static void no_table_is_needed_to_read(void)
{
	for_each_shape(no_table_is_needed_to_read_here);
}

static void large_pages_take_few_tables_here(void)
{
	setup(PAGES);
	map(0, 512 * GIB, NPT_1G, 0, RWX);
	CHECK_EQ(pages.count, PAGES - (unsigned int)levels + 2);
	CHECK_EQ(where(511 * GIB + 12345, NULL), 511 * GIB + 12345);
	map(512 * GIB, GIB, NPT_2M, 4 * GIB, RWX);
	CHECK_EQ(pages.count, PAGES - (unsigned int)levels);
	CHECK_EQ(where(512 * GIB + 0x212345, NULL), 4 * GIB + 0x212345);
}

static void large_pages_take_few_tables(void)
{
	for_each_shape(large_pages_take_few_tables_here);
}

/* Of a 1 GiB page mapped to 8 GiB, with odd access. */
static bool is_as_before(uint64_t at)
{
	unsigned int access = 0;

	return where(at, &access) == 8 * GIB + at &&
	       access == (NPT_R | NPT_X);
}

static void splits_keep_translations_here(void)
{
	uint64_t at;

	setup(PAGES);
	map(0, GIB, NPT_1G, 8 * GIB, NPT_R | NPT_X);
	CHECK_EQ(npt_prepare(&npt, range_of(0x12345000, 0x1000), NPT_4K),
		 HV_OK);
	for (at = 0; at < GIB; at += 0x1ff800)
		CHECK(is_as_before(at));
	for (at = 0x12200000; at < 0x12400000; at += PAGE_SIZE)
		CHECK(is_as_before(at));
	npt_set(&npt, range_of(0x12345000, 0x1000), NPT_4K, hpa(0), 0);
	CHECK_EQ(where(0x12345678, NULL), UINT64_MAX);
	CHECK(is_as_before(0x12344fff) && is_as_before(0x12346000));
	CHECK(is_as_before(0x121fffff) && is_as_before(0x12400000));
}

static void splits_keep_translations(void)
{
	for_each_shape(splits_keep_translations_here);
}

static void count_leaf(void *arg, const struct leaf *leaf)
{
	uint64_t *mapped = arg;

	*mapped += leaf->size;
}

/* Fail the 1st, 2nd, 3rd... allocation: no failure changes a translation. */
static void prepare_fails_cleanly_here(void)
{
	const struct gpa_range across = range_of(0x3ffff000, 0x2000);
	/* Two levels below the last common one, the common ones, the root. */
	size_t needed = 1 + (size_t)(levels - 3) + 4;
	size_t count;

	for (count = 1; count < 12; count++) {
		uint64_t mapped = 0;
		int err;

		setup(count);
		err = npt_prepare(&npt, across, NPT_4K);
		CHECK_EQ(err, count >= needed ? HV_OK : HV_ENOMEM);
		CHECK_EQ(where(0x3ffff000, NULL), UINT64_MAX);
		for_each_leaf(&npt, count_leaf, &mapped);
		CHECK_EQ(mapped, 0);
		while (pages.count < 8)
			pages_put(&pages, fake_ram(2 * MIB +
						   pages.count * PAGE_SIZE));
		CHECK_EQ(npt_prepare(&npt, across, NPT_4K), HV_OK);
		CHECK_EQ(pages.count, count >= needed && count - needed > 8 ?
				      count - needed : pages.count);
	}
}

static void prepare_fails_cleanly(void)
{
	for_each_shape(prepare_fails_cleanly_here);
}

static void a_failed_split_keeps_the_large_page_here(void)
{
	size_t spare;

	for (spare = 0; spare < 2; spare++) {
		uint64_t mapped = 0;

		setup((size_t)levels - 2 + spare);
		map(0, GIB, NPT_1G, 8 * GIB, NPT_R | NPT_X);
		CHECK_EQ(pages.count, spare);
		CHECK_EQ(npt_prepare(&npt, range_of(0x1000, 0x1000), NPT_4K),
			 HV_ENOMEM);
		CHECK(is_as_before(0) && is_as_before(0x1234));
		CHECK(is_as_before(GIB - 1));
		for_each_leaf(&npt, count_leaf, &mapped);
		CHECK_EQ(mapped, GIB);
	}
}

static void a_failed_split_keeps_the_large_page(void)
{
	for_each_shape(a_failed_split_keeps_the_large_page_here);
}

static void prepare_twice_takes_nothing_here(void)
{
	size_t left;

	setup(PAGES);
	map(0x7fffe000, 0x4000, NPT_4K, 0, RWX);
	left = pages.count;
	CHECK_EQ(npt_prepare(&npt, range_of(0x7fffe000, 0x4000), NPT_4K),
		 HV_OK);
	CHECK_EQ(pages.count, left);
	CHECK_EQ(where(0x7fffefff, NULL), 0xfff);
}

static void prepare_twice_takes_nothing(void)
{
	for_each_shape(prepare_twice_takes_nothing_here);
}

static void no_page_for_a_root_is_an_error(void)
{
	pages = (struct page_list){ 0 };
	CHECK_EQ(npt_init(&npt, &svm_npt_format, 4, &pages), HV_ENOMEM);
}

static void set_unprepared(void *arg)
{
	(void)arg;
	npt_set(&npt, range_of(0x1000, 0x1000), NPT_4K, hpa(0), NPT_R);
}

static void set_over_table(void *arg)
{
	(void)arg;
	npt_set(&npt, range_of(0, BLOCK_SIZE), NPT_2M, hpa(0), NPT_R);
}

static void set_without_prepare_is_our_bug_here(void)
{
	setup(PAGES);
	CHECK_EQ(fake_catch(set_unprepared, NULL), FAKE_ASSERTED);
	map(0x1000, 0x1000, NPT_4K, 0, NPT_R);
	CHECK_EQ(fake_catch(set_over_table, NULL), FAKE_ASSERTED);
}

static void set_without_prepare_is_our_bug(void)
{
	for_each_shape(set_without_prepare_is_our_bug_here);
}

TESTS(
	RUN(maps_what_it_was_told);
	RUN(access_survives_the_format);
	RUN(no_table_is_needed_to_read);
	RUN(large_pages_take_few_tables);
	RUN(splits_keep_translations);
	RUN(prepare_fails_cleanly);
	RUN(a_failed_split_keeps_the_large_page);
	RUN(prepare_twice_takes_nothing);
	RUN(no_page_for_a_root_is_an_error);
	RUN(set_without_prepare_is_our_bug);
)
