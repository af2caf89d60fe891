/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/pal.h"

#include <string.h>

#include "fake_machine.h"
#include "invariants.h"
#include "test.h"

static struct hv *hv;
static struct cpu *cpu;
static uint64_t handle;

static void setup(uint64_t windows)
{
	hv = fake_launched(&fake_default);
	cpu = hv->cpus[0];
	fake_give_blocks(hv, 1, 1);
	handle = fake_pal_make(cpu, windows);
	CHECK(handle);
}

static struct pal *pal(void)
{
	return pal_find(hv, handle);
}

/* The hypervisor's own notes on the PAL: they must make sense. */
static bool is_thread(hpa_t page)
{
	uint32_t i;

	for (i = 0; i < pal()->thread_count; i++)
		if (ptr_to_hpa(pal()->threads[i]).v == page.v)
			return true;
	return false;
}

static void fill_private_memory(void)
{
	unsigned int i;

	for (i = 0; i < BLOCK_PAGES; i++) {
		uint64_t at = BLOCK_SIZE + i * PAGE_SIZE;
		hpa_t to;

		/* Not its nested tables: they would lead anywhere. */
		if (owner_of_page(&hv->owner, hpa(at)) >= 0 &&
		    !is_thread(hpa(at)) &&
		    (fake_is_zero(at) ||
		     (npt_translate(&pal()->npt, gpa(PAL_IMAGE_BASE), &to,
				    NULL) && to.v == at)))
			memset(fake_ram(at), 0x5e, PAGE_SIZE);
	}
}

static void every_page_is_wiped_at_the_end(void)
{
	unsigned int i;

	setup(3);
	fill_private_memory();
	memset(fake_ram(OS_WINDOW(1)), 0x11, PAGE_SIZE);
	CHECK_EQ(fake_destroy(cpu, handle), HV_OK);
	for (i = 0; i < BLOCK_PAGES; i++) {
		uint64_t at = BLOCK_SIZE + i * PAGE_SIZE;

		CHECK_EQ(owner_of_page(&hv->owner, hpa(at)), -1);
		CHECK(fake_is_zero(at));
	}
	CHECK(!fake_is_zero(OS_WINDOW(1)));
	CHECK_EQ(hv->owner.free_pages, BLOCK_PAGES);
	CHECK(invariants_hold(hv));
	CHECK_EQ(os_call(cpu, HC_POOL_REMOVE, BLOCK_SIZE, 0, 0), HV_OK);
}

static void windows_go_back_to_the_os(void)
{
	uint64_t block = OS_WINDOW(0) & ~(BLOCK_SIZE - 1);

	setup(100);
	CHECK_EQ(os_call(cpu, HC_POOL_ADD, block, 0, 0), HV_EBUSY);
	CHECK_EQ(os_call(cpu, HC_PAL_DESTROY, handle, 0, 0), HV_EAGAIN);
	CHECK_EQ(pal_state(pal()), PAL_DYING);
	CHECK(pal()->window_size > 0);
	CHECK(invariants_hold(hv));
	CHECK_EQ(fake_destroy(cpu, handle), HV_OK);
	CHECK_EQ(os_call(cpu, HC_POOL_ADD, block, 0, 0), HV_OK);
}

static void half_built_pals_can_be_destroyed(void)
{
	struct pal_image_header header;
	unsigned int step;

	for (step = 0; step < 4; step++) {
		setup(0);
		CHECK_EQ(fake_destroy(cpu, handle), HV_OK);
		fake_header(&header);
		header.stack_size = 0x80000;
		CHECK_EQ(fake_create(cpu, &header, &handle), HV_OK);
		if (step > 0)
			CHECK_EQ(fake_load(cpu, handle, 6), HV_OK);
		if (step > 1)
			CHECK_EQ(fake_window(cpu, handle, 50), HV_OK);
		if (step > 2)
			CHECK_EQ(os_call(cpu, HC_PAL_START, handle, 0, 0),
				 HV_EAGAIN);
		CHECK_EQ(pal_state(pal()), PAL_LOADING);
		CHECK(invariants_hold(hv));
		CHECK_EQ(fake_destroy(cpu, handle), HV_OK);
		CHECK_EQ(hv->owner.free_pages, BLOCK_PAGES);
		CHECK(invariants_hold(hv));
	}
}

static void an_old_handle_is_stale(void)
{
	uint64_t old;
	struct pal *entered;

	setup(0);
	old = handle;
	CHECK_EQ(fake_destroy(cpu, old), HV_OK);
	CHECK_EQ(os_call(cpu, HC_PAL_DESTROY, old, 0, 0), HV_ENOENT);
	CHECK_EQ(pal_enter(hv, old, FAKE_CR3, &entered), HV_ENOENT);
	handle = fake_pal_make(cpu, 0);
	CHECK(handle != old);
	CHECK_EQ(PAL_HANDLE_SLOT(handle), PAL_HANDLE_SLOT(old));
	CHECK(!pal_find(hv, old));
	CHECK_EQ(pal_enter(hv, old, FAKE_CR3, &entered), HV_ENOENT);
	CHECK_EQ(os_call(cpu, HC_PAL_DESTROY, old, 0, 0), HV_ENOENT);
	CHECK_EQ(pal_state(pal()), PAL_READY);
}

/* A generation that came back would make old handles and chains good again. */
static void no_generation_comes_back(void)
{
	setup(0);
	CHECK_EQ(fake_destroy(cpu, handle), HV_OK);
	atomic_store(&hv->pals[0].gate, PAL_GATE(UINT32_MAX - 1, PAL_FREE));
	handle = fake_pal_make(cpu, 0);
	CHECK_EQ(handle, PAL_HANDLE(UINT32_MAX, 0));
	CHECK_EQ(fake_destroy(cpu, handle), HV_OK);
	handle = fake_pal_make(cpu, 0);
	CHECK_EQ(handle, PAL_HANDLE(1, 1));	/* slot 0 is used up */
	CHECK(invariants_hold(hv));
}

static void made_up_handles_name_nothing(void)
{
	static const uint64_t made_up[] = {
		0, 1, UINT64_MAX, UINT64_C(1) << 32 | HV_MAX_PALS << 8,
		UINT64_C(1) << 32 | 0xffffff00, 0x100, UINT64_C(2) << 32,
		UINT64_C(1) << 63,
	};
	unsigned int i;

	setup(0);
	for (i = 0; i < COUNT_OF(made_up); i++) {
		CHECK(!pal_find(hv, made_up[i]));
		CHECK_EQ(os_call(cpu, HC_PAL_DESTROY, made_up[i], 0, 0),
			 HV_ENOENT);
	}
}

static void only_its_address_space_can_enter(void)
{
	static const uint64_t same[] = {
		FAKE_CR3, FAKE_CR3 | 0xfff, FAKE_CR3 | UINT64_C(1) << 63,
	};
	static const uint64_t other[] = {
		0, FAKE_CR3 ^ 0x1000, FAKE_CR3 + 0x2000, FAKE_CR3 | GIB,
		FAKE_CR3 | UINT64_C(1) << 51, UINT64_MAX,
	};
	struct pal *entered;
	unsigned int i;

	setup(0);
	for (i = 0; i < COUNT_OF(same); i++) {
		CHECK_EQ(pal_enter(hv, handle, same[i], &entered), HV_OK);
		CHECK(entered == pal());
		pal_exit(entered);
	}
	for (i = 0; i < COUNT_OF(other); i++)
		CHECK_EQ(pal_enter(hv, handle, other[i], &entered), HV_ENOENT);
	CHECK_EQ(PAL_GATE_INSIDE(pal()->gate), 0);
}

static void a_pal_that_is_being_built_cannot_be_entered(void)
{
	struct pal_image_header header;
	struct pal *entered;

	setup(0);
	fake_header(&header);
	CHECK_EQ(fake_create(cpu, &header, &handle), HV_OK);
	CHECK_EQ(pal_enter(hv, handle, FAKE_CR3, &entered), HV_ENOENT);
}

static void memory_stays_while_a_cpu_is_inside(void)
{
	uint64_t free_pages;
	struct pal *inside;

	setup(2);
	free_pages = hv->owner.free_pages;
	CHECK_EQ(pal_enter(hv, handle, FAKE_CR3, &inside), HV_OK);
	CHECK_EQ(os_call(cpu, HC_PAL_DESTROY, handle, 0, 0), HV_EAGAIN);
	CHECK_EQ(os_call(cpu, HC_PAL_DESTROY, handle, 0, 0), HV_EAGAIN);
	CHECK_EQ(pal_state(inside), PAL_DYING);
	CHECK_EQ(hv->owner.free_pages, free_pages);
	CHECK_EQ(pal_enter(hv, handle, FAKE_CR3, &inside), HV_EDEAD);
	pal_exit(inside);
	CHECK_EQ(fake_destroy(cpu, handle), HV_OK);
	CHECK_EQ(hv->owner.free_pages, BLOCK_PAGES);
	CHECK(invariants_hold(hv));
}

static void the_first_reason_to_end_stays(void)
{
	struct pal *it;

	const struct pal_thread here = {
		.regs = { .rip = PAL_IMAGE_BASE + 0x123 },
	};
	const struct pal_thread there = { 0 };

	setup(40);
	it = pal();
	pal_kill(hv, it, &here, PAL_FAULT_WORD(PAL_FAULT_EXCEPTION, 6), 0x456);
	pal_kill(hv, it, &there, PAL_FAULT_SHUTDOWN, 0);
	CHECK(it->fault_thread == &here);
	CHECK_EQ(it->fault_word, PAL_FAULT_WORD(PAL_FAULT_EXCEPTION, 6));
	CHECK_EQ(it->fault_offset, 0x123);
	CHECK_EQ(it->fault_address, 0);		/* not a debug PAL */
	CHECK_EQ(os_call(cpu, HC_PAL_DESTROY, handle, 0, 0), HV_EAGAIN);
	CHECK_EQ(it->fault_word, PAL_FAULT_WORD(PAL_FAULT_EXCEPTION, 6));
}

/* The bytes that the PAL sees at this address. */
static uint64_t *pal_memory(uint64_t at)
{
	hpa_t to;

	CHECK(npt_translate(&pal()->npt, gpa(at), &to, NULL));
	return hpa_to_ptr(to);
}

/* Put `count` frames, each above the other, and end the PAL in the last. */
static void end_in_frames(unsigned int count)
{
	const struct pal_thread thread = {
		.regs = { .rbp = PAL_STACK_TOP(0) - 0x800 },
	};
	const struct guest_regs regs = thread.regs;
	unsigned int i;

	for (i = 0; i < count; i++) {
		uint64_t *frame = pal_memory(regs.rbp + 16 * i);

		frame[0] = i + 1 < count ? regs.rbp + 16 * (i + 1) : 0;
		frame[1] = PAL_IMAGE_BASE + 0x100 + i;
	}
	pal_kill(hv, pal(), &thread, PAL_FAULT_SHUTDOWN, 0x456);
}

static void a_debug_pal_tells_who_called(void)
{
	unsigned int i;

	setup(2);
	pal()->flags = PAL_FLAG_DEBUG;
	end_in_frames(3);
	CHECK_EQ(pal()->backtrace_count, 3);
	for (i = 0; i < 3; i++)
		CHECK_EQ(pal()->backtrace[i], 0x100 + i);
	CHECK_EQ(pal()->fault_address, 0x456);

	setup(2);
	pal()->flags = PAL_FLAG_DEBUG;
	end_in_frames(40);
	CHECK_EQ(pal()->backtrace_count, PAL_BACKTRACE_MAX);

	setup(2);
	end_in_frames(3);			/* not a debug PAL */
	CHECK_EQ(pal()->backtrace_count, 0);
}

static void wild_frame_pointers_end_the_trace(void)
{
	static const uint64_t wild[] = {
		0, 1, UINT64_MAX, UINT64_MAX - 15, PAL_SPACE_END,
		PAL_SPACE_END - 8, PAL_WINDOW_BASE, PAL_WINDOW_BASE - 8,
		PAL_TABLE_GPA, PAL_STACK_BASE,
	};
	unsigned int i;

	for (i = 0; i < sizeof(wild) / sizeof(wild[0]); i++) {
		const struct pal_thread thread = {
			.regs = { .rbp = wild[i] },
		};

		setup(2);
		pal()->flags = PAL_FLAG_DEBUG;
		pal_kill(hv, pal(), &thread, PAL_FAULT_SHUTDOWN, 0);
		CHECK_EQ(pal()->backtrace_count, 0);
		CHECK(invariants_hold(hv));
	}
}

static void wipe(void *arg)
{
	pal_wipe_step(hv, arg);
}

static void wiping_a_living_pal_is_our_bug(void)
{
	uint64_t free_pages;

	setup(2);
	free_pages = hv->owner.free_pages;
	CHECK_EQ(fake_catch(wipe, pal()), FAKE_ASSERTED);
	CHECK_EQ(hv->owner.free_pages, free_pages);
	CHECK_EQ(pal()->window_size, 2 * PAGE_SIZE);
}

static void a_pal_s_state_can_be_asked(void)
{
	const struct hv_pal_info *info = fake_ram(OS_PAGE(9));

	setup(3);
	CHECK_EQ(os_call(cpu, HC_PAL_INFO, 0, OS_PAGE(9), 0), HV_OK);
	CHECK_EQ(info->handle, handle);
	CHECK_EQ(info->state, PAL_READY);
	CHECK_EQ(info->thread_count, 2);
	CHECK_EQ(info->page_count, BLOCK_PAGES - hv->owner.free_pages);
	CHECK_EQ(info->window_count, 3);
	CHECK_EQ(info->measured_count, 0);	/* nobody judged it */
	CHECK_EQ(info->call_count, 0);
	CHECK_EQ(info->security_version, 7);
	CHECK(!strcmp(info->name, "unit"));
	CHECK_EQ(os_call(cpu, HC_PAL_INFO, 1, OS_PAGE(9), 0), HV_ENOENT);
	CHECK_EQ(os_call(cpu, HC_PAL_INFO, HV_MAX_PALS, OS_PAGE(9), 0),
		 HV_EINVAL);
	CHECK_EQ(os_call(cpu, HC_PAL_INFO, UINT64_MAX, OS_PAGE(9), 0),
		 HV_EINVAL);
	CHECK_EQ(os_call(cpu, HC_PAL_INFO, 0, FAKE_HV_BASE, 0), HV_EINVAL);
}

static void check_all_is_wiped(void)
{
	unsigned int i;

	for (i = 0; i < BLOCK_PAGES; i++)
		CHECK(fake_is_zero(BLOCK_SIZE + i * PAGE_SIZE));
}

static void a_reset_wipes_all_at_once(void)
{
	setup(40);
	CHECK(fake_pal_make(cpu, 0));
	fill_private_memory();
	pal_wipe_for_reset(cpu);
	check_all_is_wiped();
}

static void pause(void)
{
}

static void a_reset_lets_nobody_in_and_does_not_wait_for_ever(void)
{
	struct pal *inside;

	setup(2);
	CHECK_EQ(pal_enter(hv, handle, FAKE_CR3, &inside), HV_OK);
	fake_on_pause = pause;
	pal_wipe_for_reset(cpu);
	fake_on_pause = NULL;
	check_all_is_wiped();
	CHECK_EQ(pal_enter(hv, handle, FAKE_CR3, &inside), HV_EDEAD);
}

TESTS(
	RUN(every_page_is_wiped_at_the_end);
	RUN(windows_go_back_to_the_os);
	RUN(half_built_pals_can_be_destroyed);
	RUN(an_old_handle_is_stale);
	RUN(no_generation_comes_back);
	RUN(made_up_handles_name_nothing);
	RUN(only_its_address_space_can_enter);
	RUN(a_pal_that_is_being_built_cannot_be_entered);
	RUN(memory_stays_while_a_cpu_is_inside);
	RUN(the_first_reason_to_end_stays);
	RUN(a_debug_pal_tells_who_called);
	RUN(wild_frame_pointers_end_the_trace);
	RUN(wiping_a_living_pal_is_our_bug);
	RUN(a_pal_s_state_can_be_asked);
	RUN(a_reset_wipes_all_at_once);
	RUN(a_reset_lets_nobody_in_and_does_not_wait_for_ever);
)
