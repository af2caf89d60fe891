/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Loads a PAL from, and gives it windows of, memory that is not Linux's to
 * give.  A window of the hypervisor or of another PAL would let this one write
 * there.
 */
#include <pal_host.h>
#include "../system/case.h"
#include "abi/hypercall.h"
#include "common_pal.h"
#include "secret.h"

static struct hostile_pal evil;
static struct attack_refused protected;

/* Not protected, and yet not pages of Linux's RAM. */
static const uint64_t not_pages[] = {
	0xfee00000, 0xfec00000, 0xfed00000, 0xa0000, 0xb8000, 0xb0000000,
	0xfffff000, UINT64_C(1) << 40, UINT64_C(1) << 51, UINT64_C(1) << 52,
	UINT64_C(1) << 63, ~UINT64_C(0xfff), ~UINT64_C(0),
};

/* A victim, and a PAL of ours that is being loaded. */
static bool prepare(void)
{
	static struct pal *victim;
	const char *why;

	if (pal_open(SECRET_IMAGE, &victim)) {
		case_fail("%s", pal_error_text());
		return false;
	}
	if (!hostile_pal_prepare(&evil))
		return false;
	CHECK_EQ(hostile_pal_create(&evil), HV_OK);
	why = hostile_find_protected(&protected);
	if (why)
		case_fail("%s", why);
	return !case_has_failed();
}

static int64_t give(uint64_t number, uint64_t page, uint64_t *taken)
{
	hostile_pal_list(&evil, HOSTILE_LIST)[0] = page;
	*taken = ~UINT64_C(0);
	return hostile_call(number, evil.handle,
			    hostile_pal_page(&evil, HOSTILE_LIST), 1, taken);
}

static void page_is_refused(uint64_t number, uint64_t page)
{
	uint64_t taken;
	int64_t status = give(number, page, &taken);

	if (status != HV_EPERM && status != HV_EINVAL)
		case_fail("page 0x%llx: status %lld", (unsigned long long)page,
			  (long long)status);
	CHECK_EQ(taken, 0);
}

static void all_are_refused(uint64_t number)
{
	uint64_t own = hostile_block(), taken;

	for (uint64_t i = 0; i < protected.range_count; i++)
		for (uint64_t at = 0; at < protected.ranges[i].size;
		     at += HOSTILE_PAGE)
			page_is_refused(number, protected.ranges[i].base + at);
	for (unsigned int i = 0; i < sizeof(not_pages) / 8; i++)
		page_is_refused(number, not_pages[i]);
	page_is_refused(number, own + 1);
	page_is_refused(number, own + 0x800);
	CHECK_EQ(give(number, own, &taken), HV_OK); /* so a good one is taken */
	CHECK_EQ(taken, 1);
}

static void a_window_of_what_is_not_linuxs_is_refused(void)
{
	if (!prepare())
		return;
	all_are_refused(HC_PAL_WINDOW);
	hostile_pal_destroy(&evil);
}

static void an_image_page_that_is_not_linuxs_is_refused(void)
{
	if (!prepare())
		return;
	all_are_refused(HC_PAL_LOAD);
	hostile_pal_destroy(&evil);
}

static void a_bad_page_ends_the_list(void)
{
	uint64_t *list, taken = 0, own;

	if (!prepare())
		return;
	own = hostile_block();
	list = hostile_pal_list(&evil, HOSTILE_LIST);
	for (unsigned int i = 0; i < 4; i++)
		list[i] = own + i * HOSTILE_PAGE;
	list[2] = protected.ranges[0].base;
	CHECK_EQ(hostile_call(HC_PAL_WINDOW, evil.handle,
			      hostile_pal_page(&evil, HOSTILE_LIST), 4, &taken),
		 HV_EPERM);
	CHECK_EQ(taken, 2);
	hostile_pal_destroy(&evil);
}

static void list_is_refused(uint64_t list)
{
	uint64_t taken = ~UINT64_C(0);

	CHECK_EQ(hostile_call(HC_PAL_WINDOW, evil.handle, list, 1, &taken),
		 HV_EINVAL);
	CHECK_EQ(taken, 0);
	CHECK_EQ(hostile_call(HC_PAL_LOAD, evil.handle, list, 1, &taken),
		 HV_EINVAL);
}

static void a_list_that_is_not_linuxs_is_refused(void)
{
	if (!prepare())
		return;
	for (uint64_t i = 0; i < protected.range_count; i++)
		for (uint64_t at = 0; at < protected.ranges[i].size;
		     at += HOSTILE_PAGE)
			list_is_refused(protected.ranges[i].base + at);
	for (unsigned int i = 0; i < sizeof(not_pages) / 8; i++)
		list_is_refused(not_pages[i]);
	list_is_refused(hostile_pal_page(&evil, HOSTILE_LIST) + 8);
	hostile_pal_destroy(&evil);
}

static void a_list_of_no_or_too_many_pages_is_refused(void)
{
	static const uint64_t counts[] = {
		0,		  HC_LIST_MAX + 1,     UINT64_C(1) << 32,
		UINT64_C(1) << 61, (UINT64_C(1) << 61) + 1, ~UINT64_C(0),
	};
	uint64_t taken;

	if (!prepare())
		return;
	for (unsigned int i = 0; i < sizeof(counts) / 8; i++)
		CHECK_EQ(hostile_call(HC_PAL_WINDOW, evil.handle,
				      hostile_pal_page(&evil, HOSTILE_LIST),
				      counts[i], &taken),
			 HV_EINVAL);
	hostile_pal_destroy(&evil);
}

static void header_is_refused(uint64_t header)
{
	uint64_t handle;
	int64_t status = hostile_call(HC_PAL_CREATE, header, evil.block, 0,
				      &handle);

	if (status != HV_EINVAL)
		case_fail("header 0x%llx: status %lld",
			  (unsigned long long)header, (long long)status);
}

static void a_header_that_is_not_linuxs_is_refused(void)
{
	if (!prepare())
		return;
	for (uint64_t i = 0; i < protected.range_count; i++)
		for (uint64_t at = 0; at < protected.ranges[i].size;
		     at += HOSTILE_PAGE)
			header_is_refused(protected.ranges[i].base + at);
	for (unsigned int i = 0; i < sizeof(not_pages) / 8; i++)
		header_is_refused(not_pages[i]);
	header_is_refused(evil.block + 0x10);
	hostile_pal_destroy(&evil);
}

int main(int argc, char **argv)
{
	case_begin(argc, argv);
	RUN(a_window_of_what_is_not_linuxs_is_refused);
	RUN(an_image_page_that_is_not_linuxs_is_refused);
	RUN(a_bad_page_ends_the_list);
	RUN(a_list_that_is_not_linuxs_is_refused);
	RUN(a_list_of_no_or_too_many_pages_is_refused);
	RUN(a_header_that_is_not_linuxs_is_refused);
	return case_end();
}
