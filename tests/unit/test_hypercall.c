/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/hypercall.h"

#include <string.h>

#include "core/exit.h"
#include "fake_machine.h"
#include "invariants.h"
#include "test.h"

static struct hv *hv;
static struct cpu *cpu;

static void setup(void)
{
	hv = fake_launched(&fake_default);
	cpu = hv->cpus[0];
}

static bool is_known(uint64_t number)
{
	return number >= HC_PAL_CALL && number <= HC_CPU_STOP;
}

static void unknown_numbers_are_refused(void)
{
	uint64_t number;

	setup();
	for (number = HC_PAL_CALL - 0x100; number < HC_PAL_CALL + 0x200;
	     number++) {
		if (is_known(number))
			continue;
		CHECK_EQ(os_call(cpu, number, 0, 0, 0), HV_ENOSYS);
	}
	CHECK_EQ(os_call(cpu, UINT64_MAX, 0, 0, 0), HV_ENOSYS);
	CHECK_EQ(os_call(cpu, HC_INFO | UINT64_C(1) << 32, 0, 0, 0),
		 HV_ENOSYS);
	CHECK_EQ(os_call(cpu, HC_PAL_CALL | UINT64_C(1) << 63, 0, 0, 0),
		 HV_ENOSYS);
	CHECK(invariants_hold(hv));
}

static void user_mode_may_only_call_pals(void)
{
	uint64_t number, cpl;

	setup();
	fake_give_blocks(hv, 1, 1);
	for (cpl = 1; cpl <= 3; cpl++) {
		fake_os(cpu)->regs[GUEST_CPL] = cpl;
		for (number = HC_PAL_CALL - 0x100; number < HC_PAL_CALL + 0x200;
		     number++) {
			if (number == HC_PAL_CALL)
				continue;
			CHECK_EQ(os_call(cpu, number, BLOCK_SIZE, OS_PAGE(0),
					 1), HV_EPERM);
		}
	}
	CHECK_EQ(hv->owner.pool_count, 1);
	CHECK_EQ(hv->phase, HV_RUNNING);
	CHECK_EQ(cpu->entered, 1);
}

/* In RFLAGS: neither TF nor RF. */
#define JUNK	0x22

static void only_the_named_registers_change(void)
{
	struct guest_regs before;
	uint64_t number;

	setup();
	memset(&cpu->os_regs, JUNK, sizeof(cpu->os_regs));
	for (number = HC_INFO; number < HC_UNLOAD; number++) {
		cpu->os_regs.rdx = cpu->os_regs.rcx = cpu->os_regs.r8 = 7;
		os_call(cpu, number, 1, 1, 1);
		before = cpu->os_regs;
		memset(&before.rbx, JUNK, 8);
		memset(&before.rbp, JUNK, 8);
		memset(&before.r9, JUNK, 7 * 8);
		memset(&before.rsp, JUNK, 8);
		memset(&before.rflags, JUNK, 8);
		before.rdi = before.rsi = 1;
		if (number != HC_INFO)
			before.r8 = 7;
		if (number != HC_INFO && number != HC_LOG_READ)
			before.rcx = 7;
		CHECK(!memcmp(&before, &cpu->os_regs, sizeof(before)));
	}
}

static void info_says_what_is_there(void)
{
	struct fake_options options = fake_default;

	setup();
	CHECK_EQ(os_call(cpu, HC_INFO, 0, 0, 0), HV_OK);
	CHECK_EQ(cpu->os_regs.rdx, HV_ABI_VERSION);
	CHECK_EQ(cpu->os_regs.rcx, 0);
	CHECK_EQ(cpu->os_regs.r8, 2);
	options.has_apic_guard = true;
	options.cpu_count = 3;
	hv = fake_launched(&options);
	CHECK_EQ(os_call(hv->cpus[2], HC_INFO, 0, 0, 0), HV_OK);
	CHECK_EQ(hv->cpus[2]->os_regs.rcx, HV_FEATURE_APIC_GUARD);
	CHECK_EQ(hv->cpus[2]->os_regs.r8, 3);
}

static void the_pool_answers_as_documented(void)
{
	uint64_t base;
	unsigned int i;

	setup();
	CHECK_EQ(os_call(cpu, HC_POOL_ADD, 1, 0, 0), HV_EINVAL);
	CHECK_EQ(os_call(cpu, HC_POOL_ADD, 0, 0, 0), HV_EINVAL);
	CHECK_EQ(os_call(cpu, HC_POOL_ADD, GIB, 0, 0), HV_EINVAL);
	CHECK_EQ(os_call(cpu, HC_POOL_ADD, UINT64_MAX & ~(BLOCK_SIZE - 1), 0,
			 0), HV_EINVAL);
	CHECK_EQ(os_call(cpu, HC_POOL_ADD, FAKE_HV_BASE, 0, 0), HV_EPERM);
	CHECK_EQ(os_call(cpu, HC_POOL_REMOVE, BLOCK_SIZE, 0, 0), HV_ENOENT);
	for (i = 0, base = BLOCK_SIZE; base < 8 * BLOCK_SIZE;
	     base += BLOCK_SIZE, i++)
		CHECK_EQ(os_call(cpu, HC_POOL_ADD, base, 0, 0), HV_OK);
	CHECK_EQ(os_call(cpu, HC_POOL_ADD, BLOCK_SIZE, 0, 0), HV_EPERM);
	CHECK_EQ(hv->owner.pool_count, i);
	for (base = BLOCK_SIZE; base < 8 * BLOCK_SIZE; base += BLOCK_SIZE)
		CHECK_EQ(os_call(cpu, HC_POOL_REMOVE, base, 0, 0), HV_OK);
	CHECK_EQ(hv->owner.free_pages, 0);
	CHECK(invariants_hold(hv));
}

static void a_pool_that_is_full_says_so(void)
{
	setup();
	hv->owner.pool_count = POOL_BLOCKS_MAX;
	CHECK_EQ(os_call(cpu, HC_POOL_ADD, BLOCK_SIZE, 0, 0), HV_ENOMEM);
}

static void a_flush_reaches_this_cpu_only(void)
{
	setup();
	CHECK_EQ(os_call(cpu, HC_POOL_ADD, BLOCK_SIZE, 0, 0), HV_OK);
	CHECK_EQ(os_call(cpu, HC_FLUSH, 0, 0, 0), HV_OK);
	CHECK_EQ(fake_os(cpu)->flush_count, 1);
	CHECK_EQ(fake_os(hv->cpus[1])->flush_count, 0);
	CHECK_EQ(cpu->epoch, 1);
	CHECK_EQ(hv->cpus[1]->epoch, 0);
	CHECK_EQ(owner_pages_check(&hv->owner, 1), HV_EAGAIN);
	CHECK_EQ(os_call(hv->cpus[1], HC_FLUSH, 0, 0, 0), HV_OK);
	CHECK_EQ(owner_pages_check(&hv->owner, 1), HV_OK);
}

static void counters_of_each_cpu_can_be_read(void)
{
	const struct hv_cpu_stats *stats = fake_ram(OS_PAGE(3));

	setup();
	hv->cpus[1]->stats.count[HV_COUNT_OTHER] = 99;
	CHECK_EQ(os_call(cpu, HC_CPU_STATS, 1, OS_PAGE(3), 0), HV_OK);
	CHECK_EQ(stats->count[HV_COUNT_OTHER], 99);
	CHECK_EQ(os_call(cpu, HC_CPU_STATS, 0, OS_PAGE(3), 0), HV_OK);
	CHECK_EQ(stats->count[HV_COUNT_HYPERCALL], 3);
	CHECK_EQ(os_call(cpu, HC_CPU_STATS, 2, OS_PAGE(3), 0), HV_EINVAL);
	CHECK_EQ(os_call(cpu, HC_CPU_STATS, UINT64_MAX, OS_PAGE(3), 0),
		 HV_EINVAL);
	CHECK_EQ(os_call(cpu, HC_CPU_STATS, 0, FAKE_APIC_BASE, 0), HV_EINVAL);
	CHECK_EQ(os_call(cpu, HC_CPU_STATS, 0, OS_PAGE(4) - 8, 0), HV_EINVAL);
}

static void memory_in_use_can_be_read(void)
{
	const struct hv_memory_info *info = fake_ram(OS_PAGE(3));

	setup();
	fake_give_blocks(hv, 1, 2);
	CHECK(fake_pal_make(cpu, 0));
	CHECK_EQ(os_call(cpu, HC_MEMORY_INFO, 0, OS_PAGE(3), 0), HV_OK);
	CHECK_EQ(info->hypervisor_bytes, FAKE_HV_SIZE);
	CHECK_EQ(info->hypervisor_free_bytes, hv->pages.count * PAGE_SIZE);
	CHECK_EQ(info->pool_blocks, 2);
	CHECK_EQ(info->pool_free_pages, hv->owner.free_pages);
	CHECK_EQ(info->pal_count, 1);
	CHECK_EQ(os_call(cpu, HC_MEMORY_INFO, 0, FAKE_HV_BASE, 0), HV_EINVAL);
}

static void the_log_is_read_in_pieces(void)
{
	setup();
	CHECK_EQ(os_call(cpu, HC_LOG_READ, 0, OS_PAGE(3), 0), HV_OK);
	CHECK(cpu->os_regs.rcx > 0);
	CHECK(!memcmp(fake_ram(OS_PAGE(3)), "launched on 2 CPUs\n", 19));
	CHECK_EQ(cpu->os_regs.rdx, 0);
	CHECK_EQ(os_call(cpu, HC_LOG_READ, 3, OS_PAGE(3), 0), HV_OK);
	CHECK_EQ(cpu->os_regs.rcx, 16);
	CHECK_EQ(cpu->os_regs.rdx, 3);
	CHECK_EQ(os_call(cpu, HC_LOG_READ, UINT64_MAX, OS_PAGE(3), 0), HV_OK);
	CHECK_EQ(cpu->os_regs.rcx, 0);
	CHECK_EQ(cpu->os_regs.rdx, 19);
	CHECK_EQ(os_call(cpu, HC_LOG_READ, 0, FAKE_HV_BASE, 5), HV_EINVAL);
	CHECK_EQ(cpu->os_regs.rdx, 5);
}

static void launch_needs_every_cpu(void)
{
	hv = fake_machine(&fake_default);
	cpu = hv->cpus[0];
	hv->cpus[1]->entered = 0;
	CHECK_EQ(os_call(cpu, HC_LAUNCHED, 0, 0, 0), HV_EPERM);
	CHECK_EQ(hv->phase, HV_STARTING);
	hv->cpus[1]->entered = 1;
	CHECK_EQ(os_call(cpu, HC_LAUNCHED, 0, 0, 0), HV_OK);
	CHECK_EQ(os_call(cpu, HC_LAUNCHED, 0, 0, 0), HV_EPERM);
}

static void leave(void *arg)
{
	struct cpu *which = arg;

	CHECK(os_call(which, HC_CPU_LEAVE, 0, 0, 0) != HV_OK);
}

static void a_failed_launch_can_be_left(void)
{
	hv = fake_machine(&fake_default);
	CHECK_EQ(fake_catch(leave, hv->cpus[1]), FAKE_LEFT);
	CHECK_EQ(hv->cpus[1]->entered, 0);
	CHECK_EQ(hv->cpus[1]->os_regs.rax, HV_OK);
	CHECK_EQ(os_call(hv->cpus[0], HC_LAUNCHED, 0, 0, 0), HV_EPERM);
	fake_give_blocks(hv, 1, 1);
	CHECK_EQ(fake_catch(leave, hv->cpus[0]), FAKE_RETURNED);
	CHECK_EQ(os_call(hv->cpus[0], HC_POOL_REMOVE, BLOCK_SIZE, 0, 0), HV_OK);
	CHECK_EQ(fake_catch(leave, hv->cpus[0]), FAKE_LEFT);
}

static void nobody_leaves_before_unload(void)
{
	setup();
	CHECK_EQ(os_call(cpu, HC_CPU_LEAVE, 0, 0, 0), HV_EPERM);
	CHECK_EQ(cpu->entered, 1);
	fake_give_blocks(hv, 1, 1);
	CHECK_EQ(os_call(cpu, HC_UNLOAD, 0, 0, 0), HV_EPERM);
	CHECK_EQ(hv->phase, HV_CLOSING);	/* the notary had to go */
	CHECK_EQ(os_call(cpu, HC_CPU_LEAVE, 0, 0, 0), HV_EPERM);
	CHECK_EQ(os_call(cpu, HC_POOL_REMOVE, BLOCK_SIZE, 0, 0), HV_OK);
	CHECK_EQ(os_call(cpu, HC_UNLOAD, 0, 0, 0), HV_OK);
	CHECK_EQ(os_call(cpu, HC_LAUNCHED, 0, 0, 0), HV_EPERM);
	CHECK_EQ(fake_catch(leave, cpu), FAKE_LEFT);
}

static void unload_refuses_while_pals_live_unless_forced(void)
{
	unsigned int tries;
	int64_t status;

	setup();
	fake_give_blocks(hv, 1, 1);
	CHECK(fake_pal_make(cpu, 80) && fake_pal_make(cpu, 3));
	CHECK_EQ(os_call(cpu, HC_UNLOAD, 4, 0, 0), HV_EINVAL);
	CHECK_EQ(os_call(cpu, HC_UNLOAD, UINT64_MAX, 0, 0), HV_EINVAL);
	CHECK_EQ(os_call(cpu, HC_UNLOAD, 0, 0, 0), HV_EBUSY);
	CHECK_EQ(hv->phase, HV_RUNNING);
	for (tries = 1; tries < 100; tries++) {
		status = os_call(cpu, HC_UNLOAD, HC_UNLOAD_FORCE, 0, 0);
		if (status != HV_EAGAIN)
			break;
		CHECK_EQ(os_call(cpu, HC_CPU_LEAVE, 0, 0, 0), HV_EPERM);
		CHECK(!fake_pal_make(cpu, 0));
		CHECK(invariants_hold(hv));
	}
	CHECK(tries > 2);
	CHECK_EQ(status, HV_EPERM);		/* the pool has its block */
	CHECK_EQ(pal_live_count(hv), 0);
	CHECK_EQ(os_call(cpu, HC_POOL_REMOVE, BLOCK_SIZE, 0, 0), HV_OK);
	CHECK(fake_is_zero(BLOCK_SIZE + PAGE_SIZE));
	CHECK_EQ(os_call(cpu, HC_UNLOAD, HC_UNLOAD_FORCE, 0, 0), HV_OK);
	CHECK_EQ(fake_catch(leave, cpu), FAKE_LEFT);
}

/* Each takes some 10 us to wipe, and all of them are 256. */
static void a_forced_unload_ends_one_pal_at_a_time(void)
{
	unsigned int left;

	setup();
	fake_give_blocks(hv, 1, 1);
	for (left = 0; left < 4; left++)
		CHECK(fake_pal_make(cpu, 0));
	while (left > 0) {
		CHECK_EQ(os_call(cpu, HC_UNLOAD, HC_UNLOAD_FORCE, 0, 0),
			 HV_EAGAIN);
		CHECK(pal_live_count(hv) >= left - 1);
		left = pal_live_count(hv);
	}
	CHECK_EQ(os_call(cpu, HC_UNLOAD, HC_UNLOAD_FORCE, 0, 0), HV_EPERM);
	CHECK_EQ(os_call(cpu, HC_POOL_REMOVE, BLOCK_SIZE, 0, 0), HV_OK);
	CHECK_EQ(os_call(cpu, HC_UNLOAD, HC_UNLOAD_FORCE, 0, 0), HV_OK);
}

static void every_call_counts(void)
{
	uint64_t before;

	setup();
	before = cpu->stats.count[HV_COUNT_HYPERCALL];
	os_call(cpu, HC_INFO, 0, 0, 0);
	os_call(cpu, 0, 0, 0, 0);
	CHECK_EQ(cpu->stats.count[HV_COUNT_HYPERCALL], before + 2);
}

TESTS(
	RUN(unknown_numbers_are_refused);
	RUN(user_mode_may_only_call_pals);
	RUN(only_the_named_registers_change);
	RUN(info_says_what_is_there);
	RUN(the_pool_answers_as_documented);
	RUN(a_pool_that_is_full_says_so);
	RUN(a_flush_reaches_this_cpu_only);
	RUN(counters_of_each_cpu_can_be_read);
	RUN(memory_in_use_can_be_read);
	RUN(the_log_is_read_in_pieces);
	RUN(launch_needs_every_cpu);
	RUN(a_failed_launch_can_be_left);
	RUN(nobody_leaves_before_unload);
	RUN(unload_refuses_while_pals_live_unless_forced);
	RUN(a_forced_unload_ends_one_pal_at_a_time);
	RUN(every_call_counts);
)
