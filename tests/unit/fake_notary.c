/* SPDX-License-Identifier: BSD-2-Clause */
#include "fake_notary.h"

#include <string.h>

#include "invariants.h"
#include "test.h"

struct pal_image_header header;
uint64_t handle;

struct notary_sight sight;
int64_t answers[NOTARY_JUDGE + 1];
struct notary_record record;
uint64_t entry_in_call;
void (*in_between)(void);

static void look(struct vcpu *vcpu)
{
	const struct fake_vcpu *fake = vcpu->hw;
	unsigned int i = 0;

	sight.regs = *vcpu->regs;
	sight.tag = fake->npt->tag;
	sight.runs++;
	while (i <= ARG_PAGES &&
	       npt_translate(fake->npt, gpa(PAL_WINDOW_BASE + i * PAGE_SIZE),
			     &sight.pages[i], &sight.access[i]))
		i++;
	sight.page_count = i;
	if (i > 0)
		memcpy(sight.first, fake_ram(sight.pages[0].v), PAGE_SIZE);
	CHECK(invariants_hold_quickly(hv));
	if (in_between)
		in_between();
}

static void answer(struct vcpu *vcpu)
{
	look(vcpu);
	if (vcpu->regs->rip == PAL_IMAGE_BASE)
		entry_in_call = vcpu->regs->rdi;
	if (entry_in_call == NOTARY_JUDGE)
		memcpy(fake_ram(sight.pages[0].v), &record, sizeof(record));
	vcpu->regs->rax = HC_PAL_RETURN;
	vcpu->regs->rdi = (uint64_t)answers[entry_in_call];
	memset(fake_fpu, 0x5e, sizeof(fake_fpu));
}

/* In the middle: its registers are there again when it goes on. */
static void work(struct vcpu *vcpu)
{
	look(vcpu);
	if (vcpu->regs->rip == PAL_IMAGE_BASE)
		entry_in_call = vcpu->regs->rdi;
	vcpu->regs->rip = PAL_IMAGE_BASE + 0x44;
	vcpu->regs->rbx = 0xabcd;
	memset(fake_fpu, 0x77, sizeof(fake_fpu));
}

const struct fake_step answering[1] = {
	{ { .kind = VMEXIT_HYPERCALL, .next_rip = 0x20 }, answer },
};
const struct fake_step working[1] = {
	{ { .kind = VMEXIT_INTERRUPT }, work },
};
const struct fake_step failing[1] = {
	{ { .kind = VMEXIT_SHUTDOWN }, look },
};

int64_t judge_step(uint64_t which)
{
	PLAY(answering);
	return os_call(cpu, HC_PAL_JUDGE, which, 0, 99);
}

int64_t judge(uint64_t which)
{
	int64_t status = HV_EAGAIN;
	unsigned int tries;

	for (tries = 0; tries < TRIES_MAX && status == HV_EAGAIN; tries++)
		status = judge_step(which);
	return status;
}

void expect_good_answers(void)
{
	memset(&sight, 0, sizeof(sight));
	memset(answers, 0, sizeof(answers));
	answers[NOTARY_JUDGE] = sizeof(record);
	memset(&record, 0, sizeof(record));
	memset(&record.identity, 0x1d, sizeof(record.identity));
	record.rule = 3;
	record.may_call = 0x18;
	in_between = NULL;
}

void setup_unstarted(void)
{
	hv = fake_launched(&fake_default);
	cpu = hv->cpus[0];
	fake_give_blocks(hv, 1, 1);
	fake_header(&header);
}

uint64_t make_subject(void)
{
	uint64_t made = 0;

	CHECK_EQ(fake_create(cpu, &header, &made), HV_OK);
	CHECK_EQ(fake_load(cpu, made, fake_image_pages(&header)), HV_OK);
	CHECK_EQ(fake_window(cpu, made, 2), HV_OK);
	CHECK_EQ(fake_finish(cpu, made), HV_OK);
	CHECK_EQ(pal_state(pal_find(hv, made)), PAL_WAITING);
	return made;
}

void setup_judging(void)
{
	setup_unstarted();
	CHECK_EQ(fake_notary_start(cpu), HV_OK);
	expect_good_answers();
	handle = make_subject();
}

struct pal *subject(void)
{
	return pal_find(hv, handle);
}

struct pal *notary(void)
{
	return hv->notary.pal;
}

void judge_up_to(unsigned int entry)
{
	unsigned int i;

	setup_judging();
	for (i = 0; i < entry; i++)
		CHECK_EQ(judge_step(handle), HV_EAGAIN);
}

void judge_into(unsigned int entry)
{
	judge_up_to(entry);
	PLAY(working);
	CHECK_EQ(os_call(cpu, HC_PAL_JUDGE, handle, 0, 99), HV_EAGAIN);
}

void check_nothing_is_shown(void)
{
	unsigned int i;
	hpa_t to;

	for (i = 0; i <= ARG_PAGES; i++)
		CHECK(!npt_translate(&notary()->npt,
				     gpa(PAL_WINDOW_BASE + i * PAGE_SIZE), &to,
				     NULL));
	CHECK(invariants_hold_quickly(hv));
}

void check_quiet(void)
{
	CHECK(!hv->notary.is_running);
	CHECK(!hv->notary.is_in_call);
	CHECK(!hv->notary.subject);
	CHECK_EQ(PAL_GATE_INSIDE(notary()->gate), 0);
	check_nothing_is_shown();
}

void setup_policy(uint32_t flags)
{
	struct policy_header *policy;
	unsigned int i;

	hv = fake_machine(&fake_default);
	cpu = hv->cpus[0];
	for (i = 0; i < NOTARY_POLICY_PAGES; i++)
		memset(fake_ram(OS_POLICY(i)), (int)(0xa0 + i), PAGE_SIZE);
	policy = fake_ram(OS_POLICY(0));
	policy->magic = POLICY_MAGIC;
	policy->size = POLICY_SIZE_MAX;
	policy->flags = flags;
	fake_write_list(OS_POLICY(0), NOTARY_POLICY_PAGES);
}

int64_t give_policy(uint64_t list, uint64_t size)
{
	return os_call(cpu, HC_POLICY, list, size, 0);
}

void check_notary(void)
{
	const struct pal_image_header *image = hv->notary.image;
	const uint64_t code = image->segments[0].file_size;
	const char *file = (const char *)image + PAL_IMAGE_HEADER_SIZE;
	uint64_t at;
	hpa_t to;

	CHECK_EQ(pal_state(notary()), PAL_READY);
	CHECK(!memcmp(notary()->header, image, sizeof(*image)));
	CHECK_EQ(notary()->thread_count, NOTARY_THREADS);
	CHECK_EQ(notary()->window_size, NOTARY_ARG_SIZE);
	for (at = 0; at < image->image_size - PAL_IMAGE_HEADER_SIZE;
	     at += PAGE_SIZE) {
		uint64_t base = at < code ? image->segments[0].base + at :
				image->segments[1].base + at - code;

		CHECK(npt_translate(&notary()->npt, gpa(base), &to, NULL));
		CHECK(!memcmp(fake_ram(to.v), file + at, PAGE_SIZE));
	}
	check_quiet();
}
