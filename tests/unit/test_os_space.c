/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/os_space.h"

#include "fake_machine.h"
#include "invariants.h"
#include "svm/svm.h"
#include "test.h"

#define RWX		(NPT_R | NPT_W | NPT_X)
#define BLOCK(i)	((i) * BLOCK_SIZE)
#define DEVICE		UINT64_C(0x8000000000)

static struct fake_options options;
static struct hv *hv;

/* Each test runs for both formats, 4 and 5 levels, with and without 1 GiB. */
static void for_each_shape(void (*test)(void))
{
	static const struct npt_format *const formats[] = {
		&svm_npt_format, &ept_like_format,
	};
	unsigned int shape;

	for (shape = 0; shape < 8; shape++) {
		options = fake_default;
		options.format = formats[shape & 1];
		options.levels = shape & 2 ? 5 : 4;
		options.has_1g_pages = shape & 4;
		hv = fake_launched(&options);
		test();
		CHECK(invariants_hold(hv));
	}
}

static bool is_identity(uint64_t at)
{
	unsigned int access;
	hpa_t to;

	return npt_translate(&hv->os_npt, gpa(at), &to, &access) &&
	       to.v == at && access == RWX;
}

static bool is_absent(uint64_t at)
{
	hpa_t to;

	return !npt_translate(&hv->os_npt, gpa(at), &to, NULL);
}

static void the_os_sees_all_but_the_hypervisor_here(void)
{
	CHECK(is_identity(0) && is_identity(0x9f000));
	CHECK(is_identity(FAKE_HV_BASE - 1));
	CHECK(is_absent(FAKE_HV_BASE));
	CHECK(is_absent(FAKE_HV_BASE + FAKE_HV_SIZE - 1));
	CHECK(is_identity(FAKE_HV_BASE + FAKE_HV_SIZE));
	CHECK(is_identity(FAKE_APIC_BASE));
	CHECK(is_identity(FAKE_HIGH_BASE) && is_identity(5 * GIB - 1));
	CHECK(is_absent(5 * GIB));
}

static void the_os_sees_all_but_the_hypervisor(void)
{
	for_each_shape(the_os_sees_all_but_the_hypervisor_here);
}

static void devices_above_are_mapped_when_touched_here(void)
{
	CHECK(is_absent(DEVICE + 0x123));
	CHECK(os_space_fill(hv, gpa(DEVICE + 0x123), NPT_W));
	CHECK(is_identity(DEVICE) && is_identity(DEVICE + GIB - 1));
	CHECK(is_absent(DEVICE + GIB) && is_absent(DEVICE - 1));
	CHECK(os_space_fill(hv, gpa(DEVICE + 0x123), NPT_W));
	CHECK(os_space_fill(hv, gpa(FAKE_PHYSICAL_END - 1), NPT_R));
	CHECK(!os_space_fill(hv, gpa(FAKE_PHYSICAL_END), NPT_R));
	CHECK(!os_space_fill(hv, gpa(UINT64_MAX), NPT_R));
}

static void devices_above_are_mapped_when_touched(void)
{
	for_each_shape(devices_above_are_mapped_when_touched_here);
}

static void the_hypervisor_is_never_filled_in_here(void)
{
	fake_give_blocks(hv, 1, 1);
	CHECK(!os_space_fill(hv, gpa(FAKE_HV_BASE), NPT_R));
	CHECK(!os_space_fill(hv, gpa(FAKE_HV_BASE + 0x3fffff), NPT_W));
	CHECK(!os_space_fill(hv, gpa(BLOCK(1)), NPT_R));
	CHECK(os_space_fill(hv, gpa(BLOCK(2)), NPT_W | NPT_X));
}

static void the_hypervisor_is_never_filled_in(void)
{
	for_each_shape(the_hypervisor_is_never_filled_in_here);
}

static void fill_beyond(void *at)
{
	CHECK_EQ(os_space_fill(hv, gpa(*(uint64_t *)at), NPT_W),
		 options.levels == 5);
}

/* CPUs may have more bits of addresses than tables of 4 levels translate. */
static void what_the_table_has_no_bits_for_is_not_filled_here(void)
{
	static const uint64_t beyond[] = {
		UINT64_C(1) << 48, (UINT64_C(1) << 48) + FAKE_HV_BASE,
		(UINT64_C(1) << 48) + DEVICE,
	};
	unsigned int i;

	hv->physical_end = UINT64_C(1) << 52;
	for (i = 0; i < COUNT_OF(beyond); i++) {
		uint64_t at = beyond[i];

		CHECK_EQ(fake_catch(fill_beyond, &at), FAKE_RETURNED);
	}
	CHECK(is_absent(DEVICE));
	CHECK(is_absent(FAKE_HV_BASE));
}

static void what_the_table_has_no_bits_for_is_not_filled(void)
{
	for_each_shape(what_the_table_has_no_bits_for_is_not_filled_here);
}

static void a_given_block_is_gone_here(void)
{
	CHECK_EQ(os_space_give_block(hv, BLOCK(3)), HV_OK);
	CHECK_EQ(hv->epoch, 1);
	CHECK(is_absent(BLOCK(3)) && is_absent(BLOCK(4) - 1));
	CHECK(is_identity(BLOCK(3) - 1) && is_identity(BLOCK(4)));
	CHECK_EQ(os_space_give_block(hv, BLOCK(3)), HV_EPERM);
	CHECK_EQ(os_space_give_block(hv, FAKE_HIGH_BASE + BLOCK(1)), HV_OK);
	CHECK(is_absent(FAKE_HIGH_BASE + BLOCK(1)));
	CHECK_EQ(hv->epoch, 2);
	CHECK_EQ(os_space_take_block(hv, BLOCK(3)), HV_OK);
	CHECK(is_identity(BLOCK(3)) && is_identity(BLOCK(4) - 1));
	CHECK_EQ(os_space_take_block(hv, BLOCK(3)), HV_ENOENT);
	CHECK_EQ(os_space_take_block(hv, BLOCK(2) + 1), HV_ENOENT);
}

static void a_given_block_is_gone(void)
{
	for_each_shape(a_given_block_is_gone_here);
}

/* The hypervisor's pointer to a pool page is good for as long as it is one. */
static void touch(void *arg)
{
	*(volatile char *)hpa_to_ptr(hpa(*(uint64_t *)arg)) = 1;
}

static void the_hypervisor_maps_the_pool_only_here(void)
{
	uint64_t at = BLOCK(3) + 0x5000;

	CHECK_EQ(fake_catch(touch, &at), FAKE_ASSERTED);
	CHECK_EQ(os_space_give_block(hv, BLOCK(3)), HV_OK);
	CHECK_EQ(fake_catch(touch, &at), FAKE_RETURNED);
	CHECK_EQ(os_space_take_block(hv, BLOCK(3)), HV_OK);
	CHECK_EQ(fake_catch(touch, &at), FAKE_ASSERTED);
}

static void the_hypervisor_maps_the_pool_only(void)
{
	for_each_shape(the_hypervisor_maps_the_pool_only_here);
}

static void no_page_left_refuses_a_block(void)
{
	hv = fake_launched(&fake_default);
	while (hv->pages.count > 0)
		pages_get(&hv->pages);
	CHECK_EQ(os_space_give_block(hv, FAKE_HIGH_BASE), HV_ENOMEM);
	CHECK_EQ(hv->owner.pool_count, 0);
	CHECK_EQ(hv->epoch, 0);
	CHECK(is_identity(FAKE_HIGH_BASE));
	CHECK(!os_space_fill(hv, gpa(DEVICE), NPT_R));
	CHECK(invariants_hold(hv));
}

/* Fail each allocation in turn: launch is refused, never broken. */
static void too_little_memory_refuses_the_launch(void)
{
	struct fake_options small = fake_default;
	unsigned int refused = 0;

	small.has_apic_guard = true;
	for (small.page_count = 1; !fake_machine(&small); small.page_count++)
		refused++;
	CHECK(refused > 8 && refused < 40);
	small.has_1g_pages = false;
	for (small.page_count = 1; !fake_machine(&small); small.page_count++)
		refused++;
	CHECK(refused > 16 && refused < 80);
}

static void the_guard_lets_the_os_read_the_apic(void)
{
	unsigned int access;
	hpa_t to;

	options = fake_default;
	options.has_apic_guard = true;
	hv = fake_launched(&options);
	CHECK(npt_translate(&hv->os_npt, gpa(FAKE_APIC_BASE), &to, &access));
	CHECK(to.v == FAKE_APIC_BASE && access == NPT_R);
	CHECK(os_space_fill(hv, gpa(FAKE_APIC_BASE), NPT_R));
	CHECK(!os_space_fill(hv, gpa(FAKE_APIC_BASE), NPT_W));
	CHECK(!os_space_fill(hv, gpa(FAKE_APIC_BASE), NPT_X));
	CHECK(is_absent(FAKE_APIC_BASE + PAGE_SIZE));
	CHECK(is_absent(FAKE_APIC_BASE + MIB - 1));
	CHECK(!os_space_fill(hv, gpa(FAKE_APIC_BASE + PAGE_SIZE), NPT_W));
	CHECK(is_identity(FAKE_APIC_BASE - 1));
	CHECK(is_identity(FAKE_APIC_BASE + MIB));
	CHECK(invariants_hold(hv));
}

static unsigned int access_of(uint64_t at)
{
	unsigned int access = 0;
	hpa_t to;

	if (npt_translate(&hv->os_npt, gpa(at), &to, &access))
		CHECK_EQ(to.v, at);
	return access;
}

/* As the firmware's tables have them: below, above RAM, and where RAM is. */
static void guarded_registers_can_only_be_read_here(void)
{
	static const struct hv_ram_range ecams[] = {
		{ UINT64_C(0xb0000000), 256 * MIB },
		{ DEVICE + 3 * MIB, 5 * MIB },
		{ 8 * MIB, 4 * MIB },
		{ FAKE_PHYSICAL_END - MIB, 2 * MIB },
	};
	unsigned int i;

	for (i = 0; i < COUNT_OF(ecams); i++)
		options.launch.ecams[i] = ecams[i];
	hv = fake_launched(&options);
	CHECK_EQ(access_of(0xb0000000 - 1), RWX);
	CHECK_EQ(access_of(0xb0000000), NPT_R);
	CHECK_EQ(access_of(0xbfffffff), NPT_R);
	CHECK_EQ(access_of(0xc0000000), RWX);
	CHECK_EQ(access_of(DEVICE + 4 * MIB), NPT_R);
	CHECK_EQ(access_of(DEVICE + 8 * MIB), RWX);
	CHECK(!os_space_fill(hv, gpa(DEVICE + 3 * MIB), NPT_W));
	CHECK(os_space_fill(hv, gpa(DEVICE + 8 * MIB), NPT_W));
	CHECK_EQ(access_of(DEVICE + 4 * MIB), NPT_R);
	CHECK_EQ(access_of(8 * MIB), RWX);
	CHECK_EQ(access_of(0xfed40000), RWX);		/* the TPM's */
	CHECK(os_space_is_read_only(hv, gpa(0xb0000000)));
	CHECK(!os_space_is_read_only(hv, gpa(8 * MIB)));
	CHECK(!os_space_is_read_only(hv, gpa(FAKE_HV_BASE)));
}

static void guarded_registers_can_only_be_read(void)
{
	for_each_shape(guarded_registers_can_only_be_read_here);
}

/* Whoever ran before us chose it; nothing of that may stop the machine. */
static void an_apic_at_an_odd_place_refuses_the_launch(void)
{
	static const uint64_t odd[] = {
		4 * MIB, FAKE_HV_BASE, FAKE_HV_BASE + FAKE_HV_SIZE - PAGE_SIZE,
		FAKE_HV_BASE - PAGE_SIZE, FAKE_APIC_BASE + 8, DEVICE,
		4 * GIB - PAGE_SIZE, 5 * GIB, FAKE_HIGH_BASE,
		UINT64_C(0xffffffffff000), UINT64_MAX & ~UINT64_C(0xfff),
	};
	struct fake_options moved = fake_default;
	unsigned int i;

	for (i = 0; i < 2 * COUNT_OF(odd); i++) {
		moved.has_apic_guard = i & 1;
		moved.apic_base = odd[i / 2];
		CHECK(!fake_machine(&moved));
	}
	moved.apic_base = FAKE_APIC_BASE - 16 * MIB;
	CHECK(fake_machine(&moved));
}

TESTS(
	RUN(the_os_sees_all_but_the_hypervisor);
	RUN(devices_above_are_mapped_when_touched);
	RUN(the_hypervisor_is_never_filled_in);
	RUN(what_the_table_has_no_bits_for_is_not_filled);
	RUN(a_given_block_is_gone);
	RUN(the_hypervisor_maps_the_pool_only);
	RUN(no_page_left_refuses_a_block);
	RUN(too_little_memory_refuses_the_launch);
	RUN(the_guard_lets_the_os_read_the_apic);
	RUN(guarded_registers_can_only_be_read);
	RUN(an_apic_at_an_odd_place_refuses_the_launch);
)
