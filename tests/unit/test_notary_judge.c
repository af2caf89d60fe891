/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/notary.h"

#include <string.h>

#include "fake_iommu.h"
#include "fake_notary.h"
#include "invariants.h"
#include "test.h"

/* Where the subject has this address. */
static hpa_t place(uint64_t at)
{
	hpa_t to = hpa(0);

	CHECK(npt_translate(&subject()->npt, gpa(at), &to, NULL));
	return to;
}


static void a_call_begins_as_any_pal_s(void)
{
	struct guest_regs wanted = {
		.rip = PAL_IMAGE_BASE,
		.rsp = PAL_STACK_TOP(0),
		.rflags = RFLAGS_FIXED | RFLAGS_IF,
		.rdi = NOTARY_BEGIN,
		.rdx = PAL_IMAGE_HEADER_SIZE,
		.r8 = NOTARY_ARG_SIZE,
	};

	setup_judging();
	memset(fake_fpu, 0x0a, sizeof(fake_fpu));
	CHECK_EQ(judge_step(handle), HV_EAGAIN);
	CHECK(!memcmp(&wanted, &sight.regs, sizeof(wanted)));
	CHECK_EQ(fake_fpu[50], 0x0a);
	CHECK_EQ(cpu->os_regs.rdx, 99);		/* no result yet */
	CHECK(fake_pal(cpu)->npt == &notary()->npt);
}

static void the_notary_is_shown_the_subject_in_order(void)
{
	const uint64_t data = header.segments[2].base;
	uint64_t at[FAKE_IMAGE_PAGES];
	unsigned int i;

	setup_judging();
	for (i = 0; i < FAKE_IMAGE_PAGES; i++)
		at[i] = i < 4 ? PAL_IMAGE_BASE + i * PAGE_SIZE :
				data + (i - 4) * PAGE_SIZE;
	CHECK_EQ(judge_step(handle), HV_EAGAIN);
	CHECK_EQ(sight.regs.rdi, NOTARY_BEGIN);
	CHECK_EQ(sight.page_count, 1);
	CHECK_EQ(sight.pages[0].v, ptr_to_hpa(subject()->header).v);
	CHECK_EQ(sight.access[0], NPT_R);
	check_nothing_is_shown();
	CHECK_EQ(judge_step(handle), HV_EAGAIN);
	CHECK_EQ(sight.regs.rdi, NOTARY_MEASURE);
	CHECK_EQ(sight.regs.rdx, FAKE_IMAGE_PAGES * PAGE_SIZE);
	CHECK_EQ(sight.regs.rcx, 0);
	CHECK_EQ(sight.page_count, FAKE_IMAGE_PAGES);
	for (i = 0; i < FAKE_IMAGE_PAGES; i++) {
		CHECK_EQ(sight.pages[i].v, place(at[i]).v);
		CHECK_EQ(sight.access[i], NPT_R);
	}
	check_nothing_is_shown();
	CHECK_EQ(judge_step(handle), HV_OK);
	CHECK_EQ(sight.regs.rdi, NOTARY_JUDGE);
	CHECK_EQ(sight.regs.rdx, PAL_SIGNATURE_SIZE);
	CHECK_EQ(sight.page_count, 1);
	CHECK_EQ(sight.pages[0].v, ptr_to_hpa(subject()->identity).v);
	CHECK_EQ(sight.access[0], NPT_R | NPT_W);
	check_quiet();
}

static void a_large_image_is_shown_32_kib_at_a_time(void)
{
	const uint64_t file_pages = 2 * ARG_PAGES + 3;
	uint64_t shown = 0;

	setup_judging();
	CHECK_EQ(fake_destroy(cpu, handle), HV_OK);
	header.segments[1].file_size = 0;	/* skipped */
	header.segments[2].file_size = (file_pages - 3) * PAGE_SIZE;
	header.segments[2].memory_size = file_pages * PAGE_SIZE;
	header.image_size = PAL_IMAGE_HEADER_SIZE + file_pages * PAGE_SIZE;
	handle = make_subject();
	CHECK_EQ(judge_step(handle), HV_EAGAIN);
	while (judge_step(handle) == HV_EAGAIN) {
		uint64_t i, first = shown;

		CHECK_EQ(sight.regs.rdi, NOTARY_MEASURE);
		CHECK_EQ(sight.regs.rdx, sight.page_count * PAGE_SIZE);
		CHECK(sight.page_count <= ARG_PAGES);
		for (i = 0; i < sight.page_count; i++, shown++)
			CHECK_EQ(sight.pages[i].v,
				 place(shown < 3 ? PAL_IMAGE_BASE +
						   shown * PAGE_SIZE :
						   header.segments[2].base +
						   (shown - 3) * PAGE_SIZE).v);
		CHECK_EQ(subject()->measured_count, shown);
		CHECK_EQ(shown - first, first + ARG_PAGES < file_pages ?
					ARG_PAGES : file_pages - first);
	}
	CHECK_EQ(shown, file_pages);
	CHECK_EQ(sight.regs.rdi, NOTARY_JUDGE);
	check_quiet();
}

static void an_image_without_file_pages_is_judged_at_once(void)
{
	unsigned int i;

	setup_judging();
	CHECK_EQ(fake_destroy(cpu, handle), HV_OK);
	for (i = 0; i < 3; i++)
		header.segments[i].file_size = 0;
	header.image_size = PAL_IMAGE_HEADER_SIZE;
	handle = make_subject();
	CHECK_EQ(judge_step(handle), HV_EAGAIN);
	CHECK_EQ(judge_step(handle), HV_OK);
	CHECK_EQ(sight.runs, 2);
	check_quiet();
}

static void each_call_has_a_tag_of_its_own(void)
{
	uint64_t tags[3];
	unsigned int i;

	setup_judging();
	for (i = 0; i < 3; i++) {
		CHECK_EQ(judge_step(handle), i < 2 ? HV_EAGAIN : HV_OK);
		tags[i] = sight.tag;
		CHECK(notary()->npt.tag != sight.tag);
		CHECK(notary()->npt.tag < hv->next_tag);
	}
	CHECK(tags[0] != tags[1] && tags[1] != tags[2] && tags[0] != tags[2]);
	CHECK(subject()->npt.tag != notary()->npt.tag);
}

static void who_is_admitted_knows_who_it_is(void)
{
	const uint8_t *page;
	unsigned int access, i;
	int64_t status;
	hpa_t to;

	setup_judging();
	CHECK(user_call(cpu, handle, 0, &status));
	CHECK_EQ(status, HV_ENOENT);
	CHECK_EQ(judge(handle), HV_OK);
	CHECK_EQ(pal_state(subject()), PAL_READY);
	CHECK_EQ(subject()->rule, 3);
	CHECK_EQ(subject()->may_call, 0x18);
	CHECK(npt_translate(&subject()->npt, gpa(PAL_IDENTITY_BASE), &to,
			    &access));
	CHECK_EQ(access, NPT_R);
	page = fake_ram(to.v);
	CHECK(!memcmp(page, &record.identity, sizeof(record.identity)));
	for (i = sizeof(record.identity); i < PAGE_SIZE; i++)
		CHECK_EQ(page[i], 0);
	PLAY(answering);
	entry_in_call = NOTARY_BEGIN;
	CHECK_EQ(user_call_all(cpu, handle, 0), HV_OK);
	CHECK(invariants_hold(hv));
}

/* At each step, so that no step of judging lets a call in. */
static void nobody_is_called_before_it_is_admitted(void)
{
	int64_t status;

	setup_judging();
	do {
		unsigned int runs = sight.runs;

		CHECK_EQ(user_call_all(cpu, handle, 0), HV_ENOENT);
		CHECK_EQ(sight.runs, runs);
		status = judge_step(handle);
	} while (status == HV_EAGAIN);
	CHECK_EQ(status, HV_OK);
}

static void only_who_waits_is_judged(void)
{
	setup_judging();
	CHECK_EQ(judge_step(handle ^ 0x100), HV_ENOENT);
	CHECK_EQ(judge_step(0), HV_ENOENT);
	CHECK_EQ(judge(handle), HV_OK);
	CHECK_EQ(judge_step(handle), HV_OK);	/* already */
	CHECK_EQ(fake_create(cpu, &header, &handle), HV_OK);
	CHECK_EQ(judge_step(handle), HV_EINVAL);
	CHECK_EQ(sight.runs, 3);
}

static void without_a_notary_nobody_is_admitted(void)
{
	setup_unstarted();
	expect_good_answers();
	handle = make_subject();
	CHECK_EQ(judge_step(handle), HV_EDEAD);
	CHECK_EQ(os_call(cpu, HC_NOTARY_START, 0, 0, 0), HV_EAGAIN);
	CHECK_EQ(judge_step(handle), HV_EDEAD);		/* half there */
	CHECK_EQ(fake_notary_start(cpu), HV_OK);
	CHECK_EQ(judge(handle), HV_OK);
}

static void an_interrupted_call_is_taken_up_again(void)
{
	unsigned int shown;
	uint64_t tag;

	setup_judging();
	CHECK_EQ(judge_step(handle), HV_EAGAIN);
	memset(fake_fpu, 0x0a, sizeof(fake_fpu));
	PLAY(working);
	CHECK_EQ(os_call(cpu, HC_PAL_JUDGE, handle, 0, 99), HV_EAGAIN);
	CHECK_EQ(fake_fpu[0], 0x0a);
	CHECK_EQ(sight.regs.rdi, NOTARY_MEASURE);
	CHECK_EQ(PAL_GATE_INSIDE(notary()->gate), 0);
	CHECK(invariants_hold(hv));
	shown = sight.page_count;
	tag = sight.tag;
	cpu = hv->cpus[1];
	CHECK_EQ(judge_step(handle), HV_EAGAIN);
	CHECK_EQ(sight.regs.rbx, 0xabcd);
	CHECK_EQ(sight.regs.rip, PAL_IMAGE_BASE + 0x44);
	CHECK_EQ(sight.page_count, shown);
	CHECK_EQ(sight.tag, tag);
	CHECK_EQ(cpu->stats.count[HV_COUNT_PAL_RESUME], 1);
	check_nothing_is_shown();
	CHECK_EQ(judge(handle), HV_OK);
	CHECK_EQ(sight.runs, 4);
	check_quiet();
}

static void check_refused(int64_t status, uint64_t reason)
{
	CHECK_EQ(status, HV_EREFUSED);
	CHECK_EQ(cpu->os_regs.rdx, reason);
	CHECK_EQ(pal_state(subject()), PAL_WAITING);
	CHECK(fake_is_zero(ptr_to_hpa(subject()->identity).v));
	CHECK_EQ(subject()->may_call, 0);
	CHECK_EQ(user_call_all(cpu, handle, 0), HV_ENOENT);
	check_quiet();
}

static void another_subject_waits_for_its_turn(void)
{
	uint64_t other;

	setup_judging();
	other = make_subject();
	CHECK_EQ(judge_step(handle), HV_EAGAIN);
	PLAY(working);
	CHECK_EQ(os_call(cpu, HC_PAL_JUDGE, handle, 0, 0), HV_EAGAIN);
	CHECK_EQ(judge_step(other), HV_EAGAIN);	/* it goes on with that call */
	CHECK(hv->notary.subject == subject());
	CHECK_EQ(judge(handle), HV_OK);
	CHECK_EQ(judge(other), HV_OK);
	CHECK_EQ(sight.runs, 7);
	check_quiet();
}

/* Nor does it matter in which of its calls the notary is. */
static void who_does_not_come_back_holds_up_nobody(void)
{
	unsigned int steps;
	uint64_t other;

	for (steps = 0; steps < 3; steps++) {
		judge_into(steps);
		other = make_subject();
		CHECK_EQ(judge(other), HV_OK);
		CHECK_EQ(pal_state(subject()), PAL_READY);
		CHECK_EQ(judge_step(handle), HV_OK);
		CHECK_EQ(sight.runs, 7);
		check_quiet();
	}
}

static void who_was_refused_meanwhile_is_told_why(void)
{
	uint64_t other;

	judge_into(NOTARY_MEASURE);
	other = make_subject();
	answers[NOTARY_MEASURE] = NOTARY_ESEQUENCE;
	CHECK_EQ(judge_step(other), HV_EAGAIN);
	CHECK_EQ(cpu->os_regs.rdx, 99);
	check_refused(judge_step(handle), -NOTARY_ESEQUENCE);
	CHECK_EQ(sight.runs, 3);
}

static uint64_t the_other;

static void others_try(void)
{
	struct cpu *second = hv->cpus[1];

	CHECK_EQ(os_call(second, HC_PAL_JUDGE, handle, 0, 0), HV_EAGAIN);
	CHECK_EQ(os_call(second, HC_PAL_JUDGE, the_other, 0, 0), HV_EBUSY);
	CHECK_EQ(os_call(second, HC_PAL_DESTROY, handle, 0, 0), HV_EAGAIN);
	CHECK_EQ(os_call(second, HC_UNLOAD, 0, 0, 0), HV_EAGAIN);
	CHECK_EQ(os_call(second, HC_UNLOAD, HC_UNLOAD_FORCE, 0, 0), HV_EAGAIN);
	CHECK_EQ(os_call(second, HC_NOTARY_START, 0, 0, 0), HV_OK);
	CHECK_EQ(pal_state(subject()), PAL_WAITING);
	CHECK_EQ(pal_state(notary()), PAL_READY);
}

static void one_cpu_is_in_the_notary_at_a_time(void)
{
	setup_judging();
	the_other = make_subject();
	in_between = others_try;
	CHECK_EQ(judge(handle), HV_OK);
	CHECK_EQ(sight.runs, 3);
	in_between = NULL;
	CHECK_EQ(judge(the_other), HV_OK);
	check_quiet();
}

static void the_notary_sees_the_signature_and_the_policy(void)
{
	const uint64_t size = PAGE_SIZE + 100;
	unsigned int i;

	setup_policy(0);
	CHECK_EQ(give_policy(OS_LIST, size), HV_OK);
	CHECK_EQ(os_call(cpu, HC_LAUNCHED, 0, 0, 0), HV_OK);
	fake_give_blocks(hv, 1, 1);
	CHECK_EQ(fake_notary_start(cpu), HV_OK);
	expect_good_answers();
	fake_header(&header);
	CHECK_EQ(fake_create(cpu, &header, &handle), HV_OK);
	memset(fake_ram(OS_SIGNATURE), 0x51, PAGE_SIZE);
	CHECK_EQ(os_call(cpu, HC_PAL_SIGNATURE, handle, OS_SIGNATURE, 0),
		 HV_OK);
	memset(fake_ram(OS_SIGNATURE), 0, PAGE_SIZE);
	CHECK_EQ(fake_load(cpu, handle, FAKE_IMAGE_PAGES), HV_OK);
	CHECK_EQ(fake_finish(cpu, handle), HV_OK);
	CHECK_EQ(judge(handle), HV_OK);
	CHECK_EQ(sight.regs.rdi, NOTARY_JUDGE);
	CHECK_EQ(sight.regs.rdx, PAL_SIGNATURE_SIZE + size);
	CHECK_EQ(sight.regs.rcx, sizeof(record));
	CHECK_EQ(sight.page_count, 3);
	CHECK_EQ(sight.first[0], 0x51);
	CHECK_EQ(sight.first[PAGE_SIZE - 1], 0x51);
	for (i = 0; i < 2; i++) {
		CHECK_EQ(sight.pages[1 + i].v, hv->notary.policy[i].v);
		CHECK_EQ(sight.access[1 + i], NPT_R);
	}
	check_quiet();
}

static void the_notary_s_reasons_are_handed_on(void)
{
	unsigned int entry;
	int64_t reason;

	setup_judging();
	for (entry = NOTARY_BEGIN; entry <= NOTARY_JUDGE; entry++) {
		for (reason = NOTARY_ESEQUENCE; reason >= NOTARY_ESIZE;
		     reason--) {
			sight.runs = 0;
			expect_good_answers();
			answers[entry] = reason;
			check_refused(judge(handle), (uint64_t)-reason);
			CHECK_EQ(sight.runs, entry + 1);
		}
	}
	expect_good_answers();
	CHECK_EQ(judge(handle), HV_OK);		/* it may try again */
}

static void absurd_results_only_refuse(void)
{
	static const int64_t absurd[] = {
		INT64_MIN, INT64_MIN + 1, INT32_MIN, (int64_t)INT32_MIN - 1,
	};
	unsigned int i;

	setup_judging();
	for (i = 0; i < COUNT_OF(absurd); i++) {
		answers[NOTARY_JUDGE] = absurd[i];
		check_refused(judge(handle), 0 - (uint64_t)absurd[i]);
	}
}

static void a_judgement_is_one_record(void)
{
	static const int64_t sizes[] = {
		0, 1, sizeof(record) - 1, sizeof(record) + 1, PAGE_SIZE,
		UINT32_MAX, (int64_t)sizeof(record) | INT64_C(1) << 32,
		INT64_MAX,
	};
	unsigned int i;

	setup_judging();
	for (i = 0; i < COUNT_OF(sizes); i++) {
		answers[NOTARY_JUDGE] = sizes[i];
		check_refused(judge(handle), -NOTARY_ESEQUENCE);
	}
}

static void a_subject_larger_than_allowed_is_refused(void)
{
	setup_judging();
	record.max_pages = (uint32_t)subject()->page_count - 1;
	check_refused(judge(handle), -NOTARY_ESIZE);
	record.max_pages++;
	CHECK_EQ(judge(handle), HV_OK);
}

static void a_policy_that_wants_an_iommu_admits_nobody_without(void)
{
	setup_judging();
	record.policy_flags = POLICY_REQUIRE_IOMMU;
	check_refused(judge(handle), -NOTARY_EIOMMU);
	fake_iommu.is_on = true;
	fake_iommu.passed_epoch = UINT64_MAX;
	CHECK_EQ(judge(handle), HV_OK);
}

TESTS(
	RUN(the_notary_sees_the_signature_and_the_policy);
	RUN(a_call_begins_as_any_pal_s);
	RUN(the_notary_is_shown_the_subject_in_order);
	RUN(a_large_image_is_shown_32_kib_at_a_time);
	RUN(an_image_without_file_pages_is_judged_at_once);
	RUN(each_call_has_a_tag_of_its_own);
	RUN(who_is_admitted_knows_who_it_is);
	RUN(nobody_is_called_before_it_is_admitted);
	RUN(only_who_waits_is_judged);
	RUN(without_a_notary_nobody_is_admitted);
	RUN(an_interrupted_call_is_taken_up_again);
	RUN(another_subject_waits_for_its_turn);
	RUN(who_does_not_come_back_holds_up_nobody);
	RUN(who_was_refused_meanwhile_is_told_why);
	RUN(one_cpu_is_in_the_notary_at_a_time);
	RUN(the_notary_s_reasons_are_handed_on);
	RUN(absurd_results_only_refuse);
	RUN(a_judgement_is_one_record);
	RUN(a_subject_larger_than_allowed_is_refused);
	RUN(a_policy_that_wants_an_iommu_admits_nobody_without);
)
