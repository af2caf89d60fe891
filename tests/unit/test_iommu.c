/* SPDX-License-Identifier: BSD-2-Clause */
/* What the core does with an IOMMU; hv/iommu has tests of its own. */
#include "core/iommu.h"

#include "abi/policy.h"
#include "core/os_space.h"
#include "fake_iommu.h"
#include "fake_machine.h"
#include "invariants.h"
#include "svm/svm.h"
#include "test.h"

#define BLOCK(i)	((i) * BLOCK_SIZE)

static struct hv *hv;
static struct cpu *cpu;

/* Two CPUs, an IOMMU, not yet launched. */
static void setup(void)
{
	struct fake_options options = fake_default;

	options.has_iommu = true;
	options.format = &svm_npt_amd_vi_format;
	hv = fake_machine(&options);
	cpu = hv->cpus[0];
}

static void flush_all(void)
{
	unsigned int id;

	for (id = 0; id < hv->cpu_count; id++)
		CHECK_EQ(os_call(hv->cpus[id], HC_FLUSH, 0, 0, 0), HV_OK);
}

static void the_launch_switches_it_on_and_info_says_so(void)
{
	setup();
	CHECK_EQ(os_call(cpu, HC_INFO, 0, 0, 0), HV_OK);
	CHECK_EQ(cpu->os_regs.rcx, 0);
	CHECK_EQ(os_call(cpu, HC_LAUNCHED, 0, 0, 0), HV_OK);
	CHECK_EQ(os_call(cpu, HC_INFO, 0, 0, 0), HV_OK);
	CHECK_EQ(cpu->os_regs.rcx, HV_FEATURE_IOMMU);
}

static void a_block_waits_for_the_iommu_like_for_a_cpu(void)
{
	hpa_t page;

	setup();
	CHECK_EQ(os_call(cpu, HC_LAUNCHED, 0, 0, 0), HV_OK);
	fake_iommu.is_slow = true;
	CHECK_EQ(os_call(cpu, HC_POOL_ADD, BLOCK(2), 0, 0), HV_OK);
	CHECK_EQ(fake_iommu.flush_count, 1);
	CHECK_EQ(fake_iommu.asked_epoch, atomic_load(&hv->epoch));
	flush_all();
	CHECK_EQ(owner_page_get(&hv->owner, 0, &page), HV_EAGAIN);
	fake_iommu.passed_epoch = fake_iommu.asked_epoch;
	CHECK_EQ(owner_page_get(&hv->owner, 0, &page), HV_EAGAIN);
	flush_all();
	CHECK_EQ(owner_page_get(&hv->owner, 0, &page), HV_OK);
	CHECK_EQ(page.v, BLOCK(2));
	CHECK(invariants_hold(hv));
}

static void an_iommu_does_not_stand_in_for_a_cpu(void)
{
	hpa_t page;

	setup();
	CHECK_EQ(os_call(cpu, HC_LAUNCHED, 0, 0, 0), HV_OK);
	CHECK_EQ(os_call(cpu, HC_POOL_ADD, BLOCK(2), 0, 0), HV_OK);
	CHECK_EQ(os_call(cpu, HC_FLUSH, 0, 0, 0), HV_OK);
	CHECK_EQ(owner_page_get(&hv->owner, 0, &page), HV_EAGAIN);
}

static void a_block_that_goes_back_is_shown_to_devices(void)
{
	setup();
	CHECK_EQ(os_call(cpu, HC_LAUNCHED, 0, 0, 0), HV_OK);
	fake_give_blocks(hv, 2, 1);
	CHECK_EQ(fake_iommu.flush_count, 1);
	CHECK_EQ(os_call(cpu, HC_POOL_REMOVE, BLOCK(2), 0, 0), HV_OK);
	CHECK_EQ(fake_iommu.flush_count, 2);
}

static void a_block_that_is_refused_is_not_flushed(void)
{
	setup();
	CHECK_EQ(os_call(cpu, HC_LAUNCHED, 0, 0, 0), HV_OK);
	CHECK_EQ(os_call(cpu, HC_POOL_ADD, BLOCK(2) + 1, 0, 0), HV_EINVAL);
	CHECK_EQ(os_call(cpu, HC_POOL_REMOVE, BLOCK(2), 0, 0), HV_ENOENT);
	CHECK_EQ(fake_iommu.flush_count, 0);
}

static void an_iommu_in_use_stops_only_who_requires_it(void)
{
	setup();
	fake_iommu.is_taken = true;
	hv->notary.policy_flags = POLICY_REQUIRE_IOMMU;
	CHECK_EQ(os_call(cpu, HC_LAUNCHED, 0, 0, 0), HV_ENOTSUP);
	CHECK_EQ(hv->phase, HV_STARTING);
	hv->notary.policy_flags = 0;
	CHECK_EQ(os_call(cpu, HC_LAUNCHED, 0, 0, 0), HV_OK);
	CHECK_EQ(os_call(cpu, HC_INFO, 0, 0, 0), HV_OK);
	CHECK_EQ(cpu->os_regs.rcx, 0);
}

static void leave_one(void *arg)
{
	os_call(arg, HC_CPU_LEAVE, 0, 0, 0);
}

static void it_is_off_before_the_first_cpu_leaves(void)
{
	setup();
	CHECK_EQ(os_call(cpu, HC_LAUNCHED, 0, 0, 0), HV_OK);
	CHECK_EQ(os_call(cpu, HC_CPU_LEAVE, 0, 0, 0), HV_EPERM);
	CHECK(fake_iommu.is_on);
	CHECK_EQ(os_call(cpu, HC_UNLOAD, 0, 0, 0), HV_OK);
	CHECK(fake_iommu.is_on);
	CHECK_EQ(fake_catch(leave_one, cpu), FAKE_LEFT);
	CHECK_EQ(fake_iommu.stop_count, 1);
	CHECK_EQ(fake_catch(leave_one, hv->cpus[1]), FAKE_LEFT);
	CHECK_EQ(fake_iommu.stop_count, 1);
}

/* 48882, 2.2.3: what AMD's format says to an IOMMU, on each level. */
#define NEXT_LEVEL(entry)	((entry) >> 9 & 7)
#define READ_WRITE		(UINT64_C(3) << 61)

static void the_oss_table_is_one_for_devices(void)
{
	uint64_t at = FAKE_HV_BASE - BLOCK_SIZE;
	hpa_t table = { 0 };
	int level;

	setup();
	table = hv->os_npt.root;
	for (level = 3; level > 0; level--) {
		const uint64_t *entries = hpa_to_ptr(table);
		uint64_t entry = entries[at >> (12 + 9 * level) & 511];

		CHECK_EQ(entry & READ_WRITE, READ_WRITE);
		CHECK_EQ(NEXT_LEVEL(entry), level > 1 ? level : 0);
		table = hpa(entry & UINT64_C(0xffffffffff000));
	}
	CHECK_EQ(table.v, at);
}

static void what_is_hidden_is_hidden_page_by_page(void)
{
	const struct gpa_range registers = { gpa(0xfed80000), 4 * PAGE_SIZE };
	hpa_t to;

	setup();
	CHECK_EQ(os_space_hide(hv, registers, NPT_4K), HV_OK);
	CHECK(npt_translate(&hv->os_npt, gpa(0xfed7ffff), &to, NULL));
	CHECK(!npt_translate(&hv->os_npt, gpa(0xfed80000), &to, NULL));
	CHECK(!npt_translate(&hv->os_npt, gpa(0xfed83fff), &to, NULL));
	CHECK(npt_translate(&hv->os_npt, gpa(0xfed84000), &to, NULL));
	CHECK(!os_space_fill(hv, gpa(0xfed80018), NPT_R));
}

TESTS(
	RUN(the_launch_switches_it_on_and_info_says_so);
	RUN(a_block_waits_for_the_iommu_like_for_a_cpu);
	RUN(an_iommu_does_not_stand_in_for_a_cpu);
	RUN(a_block_that_goes_back_is_shown_to_devices);
	RUN(a_block_that_is_refused_is_not_flushed);
	RUN(an_iommu_in_use_stops_only_who_requires_it);
	RUN(it_is_off_before_the_first_cpu_leaves);
	RUN(the_oss_table_is_one_for_devices);
	RUN(what_is_hidden_is_hidden_page_by_page);
)
