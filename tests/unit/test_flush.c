/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/flush.h"

#include <string.h>

#include "abi/policy.h"
#include "fake_peer.h"
#include "test.h"

#define ALL_BUT_L1D	(FLUSH_ALL & ~FLUSH_L1D)
#define CAPS		0x10au

/* What a CPU says of itself; leaves that it does not have answer with junk. */
struct machine {
	uint32_t extended_edx;		/* leaf 7 */
	uint32_t sizes_ebx;		/* leaf 80000008 */
	uint32_t amd_eax, amd_ecx;	/* leaf 80000021 */
	uint64_t caps;
};

#define L7_MD_CLEAR	(1u << 10)
#define L7_IBPB		(1u << 26)
#define L7_L1D		(1u << 28)
#define L7_CAPS		(1u << 29)
#define IBPB		(1u << 12)
#define IBPB_RET	(1u << 30)
#define VERW_CLEAR	(1u << 5)
#define TSA_SQ_NO	2u
#define TSA_L1_NO	4u
#define BUFFERS_NO	0x800e120u
#define RDCL_NO		1u

static void be(const struct machine *machine, uint32_t highest,
	       uint32_t highest_amd)
{
	const struct fake_leaf leaves[] = {
		{ 0, { .eax = highest } },
		{ 7, { .edx = machine->extended_edx } },
		{ 0x80000000, { .eax = highest_amd } },
		{ 0x80000008, { .ebx = machine->sizes_ebx } },
		{ 0x80000021, { machine->amd_eax, 0, machine->amd_ecx, 0 } },
	};

	memcpy(fake_leaves, leaves, sizeof(leaves));
	fake_leaf_count = COUNT_OF(leaves);
	memset(fake_msrs, 0, sizeof(fake_msrs));
	if (machine->extended_edx & L7_CAPS)
		fake_msrs[0] = (struct fake_msr){ CAPS, machine->caps, 0 };
}

static uint32_t in_pal[4];
static unsigned int in_pal_count;

static void look(void)
{
	in_pal[in_pal_count++ % 4] = fake_flushed;
	fake_flushed = 0;
}

static void stop(struct vcpu *vcpu)
{
	look();
	note(vcpu);
}

static void look_and_call(struct vcpu *vcpu)
{
	look();
	call_next(vcpu);
}

static void look_and_return(struct vcpu *vcpu)
{
	look();
	give_back(vcpu);
}

/* A CPU that has not run a PAL, under this policy. */
static void setup(uint32_t policy_flags)
{
	setup_peers();
	hv->notary.policy_flags = policy_flags;
	in_pal_count = fake_flushes = fake_flushed = fake_cannot_flush = 0;
	cpu->switch_work = 0;
	flush_begin(cpu);
}

/* What it forgets before a PAL, and then before the OS. */
static void check_call(uint32_t for_pal, uint32_t for_os)
{
	in_pal_count = fake_flushed = 0;
	CHECK(!GO({ { .kind = VMEXIT_INTERRUPT }, stop }));
	CHECK_EQ(in_pal_count, 1);
	CHECK_EQ(in_pal[0], for_pal);
	CHECK_EQ(fake_flushed, for_os);
}

static void a_cpu_forgets_what_it_reports_necessary(void)
{
	static const struct {
		struct machine machine;
		uint32_t wanted;
	} rows[] = {
		{ { 0 }, 0 },
		{ { .sizes_ebx = IBPB }, FLUSH_BRANCHES | FLUSH_RETURNS },
		{ { .sizes_ebx = IBPB | IBPB_RET }, FLUSH_BRANCHES },
		{ { .sizes_ebx = IBPB_RET }, 0 },
		{ { .extended_edx = L7_IBPB }, FLUSH_BRANCHES | FLUSH_RETURNS },
		{ { .amd_eax = VERW_CLEAR }, FLUSH_BUFFERS },
		{ { .amd_eax = VERW_CLEAR, .amd_ecx = TSA_SQ_NO },
		  FLUSH_BUFFERS },
		{ { .amd_eax = VERW_CLEAR, .amd_ecx = TSA_L1_NO },
		  FLUSH_BUFFERS },
		{ { .amd_eax = VERW_CLEAR, .amd_ecx = TSA_SQ_NO | TSA_L1_NO },
		  0 },
		{ { .extended_edx = L7_MD_CLEAR }, FLUSH_BUFFERS },
		{ { .extended_edx = L7_MD_CLEAR | L7_CAPS,
		    .caps = BUFFERS_NO & ~(1u << 27) }, FLUSH_BUFFERS },
		{ { .extended_edx = L7_MD_CLEAR | L7_CAPS,
		    .caps = BUFFERS_NO }, 0 },
		{ { .extended_edx = L7_L1D }, FLUSH_L1D },
		{ { .extended_edx = L7_L1D | L7_CAPS }, FLUSH_L1D },
		{ { .extended_edx = L7_L1D | L7_CAPS, .caps = RDCL_NO }, 0 },
	};
	unsigned int i;

	for (i = 0; i < COUNT_OF(rows); i++) {
		setup(0);
		be(&rows[i].machine, 0x1f, 0x80000023);
		CHECK(!GO(STOPS));	/* it is tried out here */
		CHECK_EQ(cpu->switch_work, rows[i].wanted);
		check_call(rows[i].wanted & ALL_BUT_L1D, rows[i].wanted);
	}
}

static void a_leaf_that_is_not_there_says_nothing(void)
{
	static const struct machine machine = {
		UINT32_MAX, UINT32_MAX, UINT32_MAX, 0, 0
	};

	setup(0);
	be(&machine, 6, 0x80000004);
	check_call(0, 0);
	setup(0);
	be(&machine, 6, 0x80000008);
	check_call(FLUSH_BRANCHES, FLUSH_BRANCHES);
}

static void a_policy_may_want_nothing_forgotten(void)
{
	static const struct machine machine = { L7_IBPB | L7_L1D, 0, 0, 0, 0 };

	setup(POLICY_FLUSH_NONE);
	be(&machine, 7, 0);
	check_call(0, 0);
	CHECK_EQ(cpu->switch_work, 0);
	fake_flushes = 0;
	check_call(0, 0);
	CHECK_EQ(fake_flushes, 0);
}

static void a_policy_may_want_all_forgotten_that_can_be(void)
{
	static const struct machine machine = { 0 };

	setup(POLICY_FLUSH_ALL);
	be(&machine, 7, 0);
	check_call(ALL_BUT_L1D, FLUSH_ALL);
	setup(POLICY_FLUSH_ALL);
	fake_cannot_flush = FLUSH_L1D | FLUSH_BRANCHES;
	check_call(FLUSH_RETURNS | FLUSH_BUFFERS,
		   FLUSH_RETURNS | FLUSH_BUFFERS);
}

/* Each has its own microcode; and none decides before a policy is there. */
static void each_cpu_decides_when_its_first_pal_runs(void)
{
	static const struct machine with = { L7_IBPB, 0, 0, 0, 0 };
	static const struct machine without = { 0 };

	setup(0);
	hv->cpus[1]->switch_work = 0;
	flush_begin(hv->cpus[1]);
	be(&with, 7, 0);
	check_call(FLUSH_BRANCHES | FLUSH_RETURNS,
		   FLUSH_BRANCHES | FLUSH_RETURNS);
	be(&without, 7, 0);
	check_call(FLUSH_BRANCHES | FLUSH_RETURNS,
		   FLUSH_BRANCHES | FLUSH_RETURNS);
	cpu = hv->cpus[1];
	check_call(0, 0);
}

static void pals_of_a_chain_are_kept_apart(void)
{
	setup(POLICY_FLUSH_ALL);
	GO_OVER(CALLED(look_and_call),
		{ { .kind = VMEXIT_HYPERCALL }, look_and_return },
		{ { .kind = VMEXIT_HYPERCALL }, look_and_return });
	CHECK_EQ(in_pal_count, 3);
	CHECK_EQ(in_pal[0], ALL_BUT_L1D);
	CHECK_EQ(in_pal[1], ALL_BUT_L1D);
	CHECK_EQ(in_pal[2], ALL_BUT_L1D);
	CHECK_EQ(fake_flushed, FLUSH_ALL);
}

/* The bits of both share a word. */
static void counters_stand_still_all_the_same(void)
{
	setup(POLICY_FLUSH_ALL);
	cpu->switch_work |= 1;
	check_call(ALL_BUT_L1D, FLUSH_ALL);
	CHECK_EQ(cpu->switch_work, FLUSH_ALL | 1);
}

TESTS(
	RUN(a_cpu_forgets_what_it_reports_necessary);
	RUN(a_leaf_that_is_not_there_says_nothing);
	RUN(a_policy_may_want_nothing_forgotten);
	RUN(a_policy_may_want_all_forgotten_that_can_be);
	RUN(each_cpu_decides_when_its_first_pal_runs);
	RUN(pals_of_a_chain_are_kept_apart);
	RUN(counters_stand_still_all_the_same);
)
