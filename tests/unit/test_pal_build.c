/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/pal_build.h"

#include <string.h>

#include "fake_machine.h"
#include "invariants.h"
#include "svm/svm.h"
#include "test.h"

#define LAST_PAGE	(UINT64_MAX & ~(PAGE_SIZE - 1))

/* Pages that are not the OS's RAM, and how they are called. */
static const uint64_t hostile[] = {
	BLOCK_SIZE,			/* the pool, see setup() */
	BLOCK_SIZE + 511 * PAGE_SIZE,
	FAKE_HV_BASE,
	FAKE_HV_BASE + FAKE_HV_SIZE - PAGE_SIZE,
	FAKE_APIC_BASE,
	FAKE_LOW_HOLE,
	64 * MIB,
	FAKE_HIGH_END,
	FAKE_PHYSICAL_END,
	UINT64_C(1) << 52,
	UINT64_C(1) << 63,
	LAST_PAGE,
};

static struct pal_image_header header;
static struct hv *hv;
static struct cpu *cpu;
static uint64_t handle;

static void setup_shape(const struct npt_format *format, int levels)
{
	struct fake_options options = fake_default;

	options.format = format;
	options.levels = levels;
	hv = fake_launched(&options);
	cpu = hv->cpus[0];
	fake_give_blocks(hv, 1, 1);
	fake_header(&header);
	handle = 0;
}

static void setup(void)
{
	setup_shape(&svm_npt_format, 4);
}

static struct pal *pal(void)
{
	return pal_find(hv, handle);
}

/* The byte that the PAL sees at this address; -1 if nothing. */
static int seen(uint64_t at, unsigned int *access)
{
	hpa_t to;

	if (!npt_translate(&pal()->npt, gpa(at), &to, access))
		return -1;
	return *(uint8_t *)fake_ram(to.v);
}

static void check_page(uint64_t at, int byte, unsigned int access)
{
	unsigned int is = 0;

	CHECK_EQ(seen(at, &is), byte);
	CHECK_EQ(seen(at + PAGE_SIZE - 1, NULL), byte);
	CHECK_EQ(is, access);
}

static void check_image(void)
{
	const unsigned int rw = NPT_R | NPT_W;
	const uint64_t data = PAL_IMAGE_BASE + 0x200000;
	unsigned int i;

	for (i = 0; i < 3; i++)
		check_page(PAL_IMAGE_BASE + i * PAGE_SIZE, 0x10 + (int)i,
			   NPT_R | NPT_X);
	check_page(PAL_IMAGE_BASE + 0x3000, 0x13, NPT_R);
	check_page(data, 0x14, rw);
	check_page(data + 0x1000, 0x15, rw);
	for (i = 2; i < 5; i++)
		check_page(data + i * PAGE_SIZE, 0, rw);
	for (i = 0; i < 2; i++) {
		check_page(PAL_STACK_TOP(i) - 0x1000, 0, rw);
		check_page(PAL_STACK_TOP(i) - 0x2000, 0, rw);
		CHECK_EQ(seen(PAL_STACK_TOP(i) - 0x2001, NULL), -1);
	}
	CHECK_EQ(seen(PAL_STACK_TOP(2) - 1, NULL), -1);
	CHECK_EQ(seen(0, NULL), -1);
	CHECK_EQ(seen(PAL_IMAGE_BASE - 1, NULL), -1);
	CHECK_EQ(seen(PAL_IMAGE_BASE + 0x4000, NULL), -1);
	CHECK_EQ(seen(data + 0x5000, NULL), -1);
	CHECK_EQ(seen(PAL_WINDOW_BASE + 3 * PAGE_SIZE, NULL), -1);
	CHECK_EQ(seen(PAL_TABLE_GPA + PAL_TABLE_PAGES * PAGE_SIZE, NULL), -1);
}

static void a_pal_sees_its_image_and_nothing_else(void)
{
	static const struct npt_format *const formats[] = {
		&svm_npt_format, &ept_like_format,
	};
	unsigned int shape;

	for (shape = 0; shape < 4; shape++) {
		setup_shape(formats[shape & 1], shape & 2 ? 5 : 4);
		memset(fake_ram(OS_WINDOW(2)), 0x99, PAGE_SIZE);
		handle = fake_pal_make(cpu, 3);
		CHECK(handle);
		check_image();
		check_page(PAL_WINDOW_BASE + 2 * PAGE_SIZE, 0x99,
			   NPT_R | NPT_W);
		CHECK_EQ(pal()->thread_count, 2);
		CHECK(invariants_hold(hv));
	}
}

/* Every address below PAL_SPACE_END means itself, and nothing above exists. */
static void the_guest_s_own_tables_are_an_identity(void)
{
	const uint64_t *root, *level2;
	unsigned int i, j;

	setup();
	root = hpa_to_ptr(hv->pal_tables[0]);
	level2 = hpa_to_ptr(hv->pal_tables[1]);
	CHECK_EQ(root[0], (PAL_TABLE_GPA + PAGE_SIZE) | 0x27);
	for (i = 1; i < 512; i++)
		CHECK_EQ(root[i], 0);
	for (i = 0; i < 512; i++)
		CHECK_EQ(level2[i], i < 4 ? (PAL_TABLE_GPA +
					     (2 + i) * PAGE_SIZE) | 0x27 : 0);
	for (i = 0; i < 4; i++) {
		const uint64_t *level1 = hpa_to_ptr(hv->pal_tables[2 + i]);

		for (j = 0; j < 512; j++)
			CHECK_EQ(level1[j], (i * GIB + j * BLOCK_SIZE) | 0xe7);
	}
}

static void a_bad_header_is_refused_with_its_reason(void)
{
	setup();
	header.thread_count = 0;
	CHECK_EQ(fake_create(cpu, &header, &handle), HV_EIMAGE);
	CHECK_EQ(cpu->os_regs.rdx, PAL_IMAGE_BAD_THREADS);
	CHECK_EQ(pal_live_count(hv), 0);
	CHECK_EQ(hv->owner.free_pages, BLOCK_PAGES);
	CHECK(invariants_hold(hv));
}

static void a_header_must_be_a_page_of_the_os(void)
{
	unsigned int i;

	setup();
	fake_write_image(&header);
	for (i = 0; i < COUNT_OF(hostile); i++)
		CHECK_EQ(os_call(cpu, HC_PAL_CREATE, hostile[i], FAKE_CR3, 0),
			 HV_EINVAL);
	CHECK_EQ(os_call(cpu, HC_PAL_CREATE, OS_HEADER + 8, FAKE_CR3, 0),
		 HV_EINVAL);
	CHECK_EQ(hv->owner.free_pages, BLOCK_PAGES);
}

static void pals_are_made_between_launch_and_unload_only(void)
{
	hv = fake_machine(&fake_default);
	cpu = hv->cpus[0];
	fake_header(&header);
	fake_give_blocks(hv, 1, 1);
	CHECK_EQ(fake_create(cpu, &header, &handle), HV_EPERM);
	CHECK_EQ(os_call(cpu, HC_LAUNCHED, 0, 0, 0), HV_OK);
	CHECK_EQ(fake_create(cpu, &header, &handle), HV_OK);
	CHECK_EQ(fake_destroy(cpu, handle), HV_OK);
	CHECK_EQ(os_call(cpu, HC_POOL_REMOVE, BLOCK_SIZE, 0, 0), HV_OK);
	CHECK_EQ(os_call(cpu, HC_UNLOAD, 0, 0, 0), HV_OK);
	fake_give_blocks(hv, 1, 1);
	CHECK_EQ(fake_create(cpu, &header, &handle), HV_EPERM);
}

static void there_is_room_for_256_pals(void)
{
	unsigned int i;
	uint64_t one = 0;

	setup();
	fake_give_blocks(hv, 10, 8);
	for (i = 0; i < HV_MAX_PALS; i++)
		CHECK_EQ(fake_create(cpu, &header, &handle), HV_OK);
	CHECK_EQ(fake_create(cpu, &header, &one), HV_ENOMEM);
	CHECK(invariants_hold(hv));
	CHECK_EQ(fake_destroy(cpu, handle), HV_OK);
	CHECK_EQ(fake_create(cpu, &header, &one), HV_OK);
	CHECK(one != handle && PAL_HANDLE_SLOT(one) == PAL_HANDLE_SLOT(handle));
}

static void more_pages_than_the_image_has_are_refused(void)
{
	setup();
	CHECK_EQ(fake_create(cpu, &header, &handle), HV_OK);
	CHECK_EQ(fake_load(cpu, handle, FAKE_IMAGE_PAGES - 1), HV_OK);
	CHECK_EQ(os_call(cpu, HC_PAL_START, handle, 0, 0), HV_EINVAL);
	fake_write_list(OS_IMAGE(5), 2);
	CHECK_EQ(os_call(cpu, HC_PAL_LOAD, handle, OS_LIST, 2), HV_EINVAL);
	CHECK_EQ(cpu->os_regs.rdx, 1);
	CHECK_EQ(os_call(cpu, HC_PAL_LOAD, handle, OS_LIST, 1), HV_EINVAL);
	CHECK_EQ(cpu->os_regs.rdx, 0);
	CHECK_EQ(fake_start(cpu, handle), HV_OK);
	check_image();
	CHECK(invariants_hold(hv));
}

static void hostile_pages_are_not_loaded(void)
{
	uint64_t *list = fake_ram(OS_LIST);
	unsigned int i;

	setup();
	CHECK_EQ(fake_create(cpu, &header, &handle), HV_OK);
	list[0] = OS_IMAGE(0);
	CHECK_EQ(os_call(cpu, HC_PAL_LOAD, handle, OS_LIST, 1), HV_OK);
	for (i = 0; i < COUNT_OF(hostile); i++) {
		list[0] = hostile[i];
		CHECK_EQ(os_call(cpu, HC_PAL_LOAD, handle, OS_LIST, 1),
			 HV_EINVAL);
		CHECK_EQ(cpu->os_regs.rdx, 0);
	}
	list[0] = OS_IMAGE(1) + 1;
	CHECK_EQ(os_call(cpu, HC_PAL_LOAD, handle, OS_LIST, 1), HV_EINVAL);
	/* In the middle: what was taken by then stays. */
	list[0] = OS_IMAGE(1);
	list[1] = FAKE_HV_BASE;
	CHECK_EQ(os_call(cpu, HC_PAL_LOAD, handle, OS_LIST, 2), HV_EINVAL);
	CHECK_EQ(cpu->os_regs.rdx, 1);
	for (i = 2; i < FAKE_IMAGE_PAGES; i++) {
		list[0] = OS_IMAGE(i);
		CHECK_EQ(os_call(cpu, HC_PAL_LOAD, handle, OS_LIST, 1), HV_OK);
	}
	CHECK_EQ(fake_start(cpu, handle), HV_OK);
	check_image();
	CHECK(invariants_hold(hv));
}

static void hostile_pages_are_no_windows(void)
{
	uint64_t *list = fake_ram(OS_LIST);
	unsigned int i;

	setup();
	CHECK_EQ(fake_create(cpu, &header, &handle), HV_OK);
	for (i = 0; i < COUNT_OF(hostile); i++) {
		list[0] = hostile[i];
		CHECK_EQ(os_call(cpu, HC_PAL_WINDOW, handle, OS_LIST, 1),
			 HV_EPERM);
	}
	list[0] = OS_WINDOW(0) + 8;
	CHECK_EQ(os_call(cpu, HC_PAL_WINDOW, handle, OS_LIST, 1), HV_EINVAL);
	list[0] = OS_WINDOW(0);
	list[1] = ptr_to_hpa(pal()->header).v;
	CHECK_EQ(os_call(cpu, HC_PAL_WINDOW, handle, OS_LIST, 2), HV_EPERM);
	CHECK_EQ(cpu->os_regs.rdx, 1);
	CHECK_EQ(pal()->window_size, PAGE_SIZE);
	CHECK(invariants_hold(hv));
}

static void a_bad_list_is_refused(void)
{
	static const uint64_t numbers[] = { HC_PAL_LOAD, HC_PAL_WINDOW };
	unsigned int i, j;

	setup();
	CHECK_EQ(fake_create(cpu, &header, &handle), HV_OK);
	for (i = 0; i < COUNT_OF(numbers); i++) {
		uint64_t number = numbers[i];

		fake_write_list(OS_WINDOW(0), HC_LIST_MAX);
		for (j = 0; j < COUNT_OF(hostile); j++)
			CHECK_EQ(os_call(cpu, number, handle, hostile[j], 1),
				 HV_EINVAL);
		CHECK_EQ(os_call(cpu, number, handle, OS_LIST + 8, 1),
			 HV_EINVAL);
		CHECK_EQ(os_call(cpu, number, handle, OS_LIST, 0), HV_EINVAL);
		CHECK_EQ(os_call(cpu, number, handle, OS_LIST, HC_LIST_MAX + 1),
			 HV_EINVAL);
		CHECK_EQ(os_call(cpu, number, handle, OS_LIST, UINT64_MAX),
			 HV_EINVAL);
		CHECK_EQ(os_call(cpu, number, handle + 0x100, OS_LIST, 1),
			 HV_ENOENT);
	}
	CHECK_EQ(pal()->window_size, 0);
}

static void one_call_moves_a_bounded_piece(void)
{
	setup();
	CHECK_EQ(fake_create(cpu, &header, &handle), HV_OK);
	fake_write_list(OS_WINDOW(0), HC_LIST_MAX);
	CHECK_EQ(os_call(cpu, HC_PAL_WINDOW, handle, OS_LIST, HC_LIST_MAX),
		 HV_OK);
	CHECK_EQ(cpu->os_regs.rdx, 16);
	CHECK_EQ(pal()->window_size, 16 * PAGE_SIZE);
}

static void a_window_ends_at_its_range(void)
{
	unsigned int access = 0;
	hpa_t next = hpa(0);

	setup();
	CHECK_EQ(fake_create(cpu, &header, &handle), HV_OK);
	pal()->window_size = PAL_WINDOW_END - PAL_WINDOW_BASE - PAGE_SIZE;
	fake_write_list(OS_WINDOW(0), 2);
	CHECK_EQ(os_call(cpu, HC_PAL_WINDOW, handle, OS_LIST, 2), HV_EINVAL);
	CHECK_EQ(cpu->os_regs.rdx, 1);
	CHECK(npt_translate(&pal()->npt, gpa(PAL_WINDOW_END - 1),
			    &(hpa_t){ 0 }, NULL));
	/* The identity page is next. */
	CHECK(npt_translate(&pal()->npt, gpa(PAL_WINDOW_END), &next, &access));
	CHECK(next.v == ptr_to_hpa(pal()->identity).v && access == NPT_R);
}

static void a_started_pal_takes_no_more(void)
{
	setup();
	handle = fake_pal_make(cpu, 1);
	fake_write_list(OS_WINDOW(0), 1);
	CHECK_EQ(os_call(cpu, HC_PAL_WINDOW, handle, OS_LIST, 1), HV_EINVAL);
	CHECK_EQ(os_call(cpu, HC_PAL_LOAD, handle, OS_LIST, 1), HV_EINVAL);
	CHECK_EQ(os_call(cpu, HC_PAL_START, handle, 0, 0), HV_EINVAL);
	CHECK_EQ(os_call(cpu, HC_PAL_START, handle ^ 0x100, 0, 0), HV_ENOENT);
	CHECK_EQ(pal_state(pal()), PAL_READY);
}

static void no_image_page_comes_after_start_began(void)
{
	setup();
	header.stack_size = PAL_STACK_MAX / 4 & ~(PAGE_SIZE - 1);
	CHECK_EQ(fake_create(cpu, &header, &handle), HV_OK);
	CHECK_EQ(fake_load(cpu, handle, FAKE_IMAGE_PAGES), HV_OK);
	CHECK_EQ(os_call(cpu, HC_PAL_START, handle, 0, 0), HV_EAGAIN);
	fake_write_list(OS_IMAGE(0), 1);
	CHECK_EQ(os_call(cpu, HC_PAL_LOAD, handle, OS_LIST, 1), HV_EINVAL);
	CHECK_EQ(fake_start(cpu, handle), HV_OK);
}

static void what_the_os_changes_later_does_not_matter(void)
{
	setup();
	CHECK_EQ(fake_create(cpu, &header, &handle), HV_OK);
	memset(fake_ram(OS_HEADER), 0xff, PAGE_SIZE);
	CHECK_EQ(fake_load(cpu, handle, FAKE_IMAGE_PAGES), HV_OK);
	memset(fake_ram(OS_IMAGE(0)), 0xff, FAKE_IMAGE_PAGES * PAGE_SIZE);
	CHECK_EQ(fake_start(cpu, handle), HV_OK);
	check_image();
}

/* The pool has `spare` pages beside those that another PAL hoards. */
static void limit_pool(uint64_t spare)
{
	hpa_t page;

	setup();
	while (hv->owner.free_pages > spare)
		CHECK_EQ(owner_page_get(&hv->owner, HV_MAX_PALS - 1, &page),
			 HV_OK);
}

/* Each allocation fails once; after more pages come, all goes on. */
static void running_out_of_pages_only_delays(void)
{
	uint64_t spare;

	for (spare = 0; spare < 60; spare++) {
		int64_t status;

		limit_pool(spare);
		status = fake_create(cpu, &header, &handle);
		if (!status)
			status = fake_load(cpu, handle, FAKE_IMAGE_PAGES);
		if (!status)
			status = fake_window(cpu, handle, 3);
		if (!status)
			status = fake_start(cpu, handle);
		CHECK(status == HV_OK || status == HV_ENOMEM);
		CHECK(invariants_hold_quickly(hv));
		if (!status)
			break;
		if (handle) {
			CHECK_EQ(fake_destroy(cpu, handle), HV_OK);
			CHECK_EQ(hv->owner.free_pages, spare);
		}
		CHECK_EQ(pal_live_count(hv), 0);
	}
	CHECK(spare > 25 && spare < 60);
}

/* The same, but the loader tries again once there are more. */
static void a_step_that_failed_can_be_repeated(void)
{
	uint64_t spare;

	for (spare = 13; spare < 40; spare++) {
		uint64_t loaded = 0;

		limit_pool(spare);
		if (fake_create(cpu, &header, &handle))
			continue;
		while (loaded < FAKE_IMAGE_PAGES) {
			uint64_t left = FAKE_IMAGE_PAGES - loaded;
			int64_t status;

			fake_write_list(OS_IMAGE(loaded), left);
			status = os_call(cpu, HC_PAL_LOAD, handle, OS_LIST,
					 left);
			loaded += cpu->os_regs.rdx;
			if (status == HV_ENOMEM)
				fake_give_blocks(hv, 10, 1);
		}
		if (fake_window(cpu, handle, 1) == HV_ENOMEM) {
			fake_give_blocks(hv, 10, 1);
			CHECK_EQ(fake_window(cpu, handle, 1), HV_OK);
		}
		if (fake_start(cpu, handle) == HV_ENOMEM) {
			fake_give_blocks(hv, 11, 1);
			CHECK_EQ(fake_start(cpu, handle), HV_OK);
		}
		check_image();
		CHECK(invariants_hold_quickly(hv));
	}
}

/* However often it had to be repeated, a PAL has the pages that it needs. */
static void repeating_a_step_costs_no_pages(void)
{
	uint64_t wanted, spare;

	setup();
	header.flags = PAL_FLAG_PEER;
	CHECK_EQ(fake_create(cpu, &header, &handle), HV_OK);
	CHECK_EQ(fake_load(cpu, handle, FAKE_IMAGE_PAGES), HV_OK);
	CHECK_EQ(fake_start(cpu, handle), HV_OK);
	wanted = pal()->page_count;
	for (spare = wanted - 8; spare < wanted; spare++) {
		limit_pool(spare);
		header.flags = PAL_FLAG_PEER;
		CHECK_EQ(fake_create(cpu, &header, &handle), HV_OK);
		CHECK_EQ(fake_load(cpu, handle, FAKE_IMAGE_PAGES), HV_OK);
		CHECK_EQ(fake_start(cpu, handle), HV_ENOMEM);
		fake_give_blocks(hv, 10, 1);
		CHECK_EQ(fake_start(cpu, handle), HV_OK);
		CHECK_EQ(pal()->page_count, wanted);
		CHECK(invariants_hold_quickly(hv));
	}
}

static void pages_that_wait_for_a_flush_say_so(void)
{
	setup();
	CHECK_EQ(os_call(cpu, HC_POOL_REMOVE, BLOCK_SIZE, 0, 0), HV_OK);
	CHECK_EQ(fake_create(cpu, &header, &handle), HV_ENOMEM);
	CHECK_EQ(os_call(cpu, HC_POOL_ADD, BLOCK_SIZE, 0, 0), HV_OK);
	CHECK_EQ(fake_create(cpu, &header, &handle), HV_EAGAIN);
	CHECK_EQ(os_call(cpu, HC_FLUSH, 0, 0, 0), HV_OK);
	CHECK_EQ(fake_create(cpu, &header, &handle), HV_EAGAIN);
	CHECK_EQ(os_call(hv->cpus[1], HC_FLUSH, 0, 0, 0), HV_OK);
	CHECK_EQ(fake_create(cpu, &header, &handle), HV_OK);
}

TESTS(
	RUN(a_pal_sees_its_image_and_nothing_else);
	RUN(the_guest_s_own_tables_are_an_identity);
	RUN(a_bad_header_is_refused_with_its_reason);
	RUN(a_header_must_be_a_page_of_the_os);
	RUN(pals_are_made_between_launch_and_unload_only);
	RUN(there_is_room_for_256_pals);
	RUN(more_pages_than_the_image_has_are_refused);
	RUN(hostile_pages_are_not_loaded);
	RUN(hostile_pages_are_no_windows);
	RUN(a_bad_list_is_refused);
	RUN(one_call_moves_a_bounded_piece);
	RUN(a_window_ends_at_its_range);
	RUN(a_started_pal_takes_no_more);
	RUN(no_image_page_comes_after_start_began);
	RUN(what_the_os_changes_later_does_not_matter);
	RUN(running_out_of_pages_only_delays);
	RUN(a_step_that_failed_can_be_repeated);
	RUN(repeating_a_step_costs_no_pages);
	RUN(pages_that_wait_for_a_flush_say_so);
)
