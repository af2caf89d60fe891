/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/notary.h"

#include "core/guest_mem.h"
#include "core/hv.h"
#include "core/iommu.h"
#include "core/pal_build.h"
#include "core/pal_stay.h"
#include "lib/assert.h"
#include "lib/string.h"

#define ARG_PAGES	(NOTARY_ARG_SIZE / PAGE_SIZE)

_Static_assert(PAL_SIGNATURE_SIZE + POLICY_SIZE_MAX <= NOTARY_ARG_SIZE,
	       "a judgement's input fits the window");

static int read_policy_page(struct cpu *cpu, gpa_t entry, void *page)
{
	uint64_t source;
	int err = guest_mem_read(cpu, entry, &source, sizeof(source));

	return err ? err : guest_mem_read(cpu, gpa(source), page, PAGE_SIZE);
}

/* The pages that the list names; none is kept if one cannot be read. */
static int read_policy(struct cpu *cpu, gpa_t list, uint64_t page_count)
{
	struct notary *notary = &cpu->hv->notary;
	struct page_list *pages = &cpu->hv->pages;
	uint64_t i;

	for (i = 0; i < page_count; i++) {
		void *page = pages_get(pages);

		notary->policy[i] = ptr_to_hpa(page);
		if (read_policy_page(cpu, gpa_add(list, i * 8), page))
			break;
	}
	if (i == page_count)
		return HV_OK;
	do
		pages_put(pages, hpa_to_ptr(notary->policy[i]));
	while (i-- > 0);
	return HV_EINVAL;
}

int notary_take_policy(struct cpu *cpu, gpa_t list, uint64_t size)
{
	struct notary *notary = &cpu->hv->notary;
	const struct policy_header *header;
	int err;

	if (cpu->hv->phase != HV_STARTING || notary->policy_size)
		return HV_EPERM;
	if (size < sizeof(*header) || size > POLICY_SIZE_MAX ||
	    !is_page_aligned(list.v))
		return HV_EINVAL;
	if (cpu->hv->pages.count < NOTARY_POLICY_PAGES)
		return HV_ENOMEM;
	err = read_policy(cpu, list, (size + PAGE_SIZE - 1) / PAGE_SIZE);
	if (err)
		return err;
	header = hpa_to_ptr(notary->policy[0]);
	if (header->magic == POLICY_MAGIC && header->size == size)
		notary->policy_flags = header->flags;	/* else no PAL runs */
	notary->policy_size = (uint32_t)size;
	return HV_OK;
}

void notary_forget_root(struct hv *hv)
{
	memset(&hv->notary.root, 0, sizeof(hv->notary.root));
}

int notary_start(struct hv *hv)
{
	struct notary *notary = &hv->notary;
	int err = HV_OK;

	if (!notary->pal)
		err = pal_create_own(hv, notary->image, &notary->pal);
	if (err)
		return err;
	switch (pal_state(notary->pal)) {
	case PAL_READY:
		return HV_OK;
	case PAL_LOADING:
		break;
	case PAL_FREE:
	case PAL_WAITING:
	case PAL_DYING:
	case PAL_DEAD:
		return HV_EDEAD;
	}
	err = pal_load_own(hv, notary->pal, notary->image);
	if (!err)
		err = pal_prepare_window(hv, notary->pal, NOTARY_ARG_SIZE);
	if (!err)
		err = pal_start_own(hv, notary->pal);
	if (err)
		return err;
	memcpy((struct pal_identity *)notary->pal->identity + 1, &notary->root,
	       sizeof(notary->root));
	notary->root_kind = notary->root.kind;
	notary_forget_root(hv);
	notary->pal->window_size = NOTARY_ARG_SIZE;
	pal_set_state(notary->pal, PAL_READY);
	return HV_OK;
}

static void show(struct hv *hv, hpa_t page, unsigned int access)
{
	struct notary *notary = &hv->notary;
	uint64_t at = PAL_WINDOW_BASE + notary->shown * PAGE_SIZE;

	npt_set(&notary->pal->npt, gpa_page(gpa(at)), NPT_4K, page, access);
	notary->shown++;
}

/* What was shown is gone with the old tag: no TLB has it under the new one. */
static void show_nothing(struct hv *hv)
{
	struct notary *notary = &hv->notary;
	uint32_t pages = notary->shown;

	notary->shown = 0;
	while (notary->shown < pages)
		show(hv, hpa(0), 0);
	notary->shown = 0;
	notary->pal->npt.tag = hv->next_tag++;
}

/* The next page of the subject's image, as it was loaded. */
static bool next_page(const struct notary *notary, uint32_t *part,
		      uint64_t *offset, hpa_t *page)
{
	const struct pal_image_header *header = notary->subject->header;
	bool found;

	while (*part < header->segment_count &&
	       *offset == header->segments[*part].file_size) {
		++*part;
		*offset = 0;
	}
	if (*part == header->segment_count)
		return false;
	found = npt_translate(&notary->subject->npt,
			      gpa(header->segments[*part].base + *offset),
			      page, NULL);
	ASSERT(found);
	*offset += PAGE_SIZE;
	return true;
}

static void show_image(struct hv *hv)
{
	struct notary *notary = &hv->notary;
	hpa_t page;

	while (notary->shown < ARG_PAGES &&
	       next_page(notary, &notary->part, &notary->part_offset, &page))
		show(hv, page, NPT_R);
	notary->in_size = notary->shown * PAGE_SIZE;
	notary->subject->measured_count += notary->shown;
	if (notary->shown == 0)
		notary->entry = NOTARY_JUDGE;
}

/* The answer comes into the first page, where the signature was. */
static void show_evidence(struct hv *hv)
{
	struct notary *notary = &hv->notary;
	uint32_t i;

	show(hv, ptr_to_hpa(notary->subject->identity), NPT_R | NPT_W);
	for (i = 0; i * PAGE_SIZE < notary->policy_size; i++)
		show(hv, notary->policy[i], NPT_R);
	notary->in_size = PAL_SIGNATURE_SIZE + notary->policy_size;
}

static void prepare_call(struct hv *hv)
{
	struct notary *notary = &hv->notary;

	if (notary->entry == NOTARY_BEGIN) {
		show(hv, ptr_to_hpa(notary->subject->header), NPT_R);
		notary->in_size = PAL_IMAGE_HEADER_SIZE;
	} else if (notary->entry == NOTARY_MEASURE) {
		show_image(hv);
	}
	if (notary->entry == NOTARY_JUDGE)
		show_evidence(hv);
	notary->is_in_call = true;
}

/*
 * Let this CPU be the one in the notary: for this subject, or for the one that
 * is before it.
 */
static int take(struct hv *hv, struct pal *subject)
{
	struct notary *notary = &hv->notary;

	if (!notary->pal || pal_state(notary->pal) != PAL_READY)
		return HV_EDEAD;
	if (notary->is_running)
		return notary->subject == subject ? HV_EAGAIN : HV_EBUSY;
	if (!notary->subject) {
		notary->subject = subject;
		notary->entry = NOTARY_BEGIN;
		notary->part = 0;
		notary->part_offset = 0;
	}
	if (!notary->is_in_call)
		prepare_call(hv);
	notary->is_running = true;
	return HV_OK;
}

/* Run the call in progress until it returns or the OS is wanted. */
static enum pal_outcome stay(struct cpu *cpu, int64_t *result)
{
	struct notary *notary = &cpu->hv->notary;
	const struct pal_arguments arguments = {
		.entry = notary->entry,
		.in_size = notary->in_size,
		.out_size = notary->entry == NOTARY_JUDGE ?
			    sizeof(struct notary_record) : 0,
	};
	const struct pal_caller hypervisor = { 0, 0 };
	struct pal_thread *thread;
	enum pal_outcome outcome;
	uint64_t value = 0;
	int err;

	err = pal_hold(notary->pal, atomic_load(&notary->pal->gate) >> 32);
	if (err)
		return PAL_BROKE_RULE;
	err = pal_stay_begin(cpu, notary->pal, 0, &arguments, &hypervisor,
			     &thread);
	ASSERT(!err);
	outcome = pal_stay(cpu, notary->pal, thread, &value);
	pal_exit(notary->pal);
	*result = (int64_t)value;
	return outcome;
}

static void refuse(struct pal *subject, int64_t reason)
{
	memset(subject->identity, 0, PAGE_SIZE);
	subject->refusal = 0 - (uint64_t)reason;
}

/* The subject may run: it has an identity now, which it can read itself. */
static void admit(struct pal *subject)
{
	struct notary_record record;

	memcpy(&record, subject->identity, sizeof(record));
	if (record.policy_flags & POLICY_REQUIRE_IOMMU && !iommu_is_on()) {
		refuse(subject, NOTARY_EIOMMU);
		return;
	}
	if (record.max_pages && subject->page_count > record.max_pages) {
		refuse(subject, NOTARY_ESIZE);
		return;
	}
	memset(subject->identity, 0, PAGE_SIZE);
	memcpy(subject->identity, &record.identity, sizeof(record.identity));
	subject->rule = record.rule;
	subject->may_call = record.may_call;
	pal_set_state(subject, PAL_READY);
}

/* A call has returned: what next? */
static void follow(struct hv *hv, int64_t result)
{
	struct notary *notary = &hv->notary;
	struct pal *subject = notary->subject;

	show_nothing(hv);
	notary->is_in_call = false;
	if (result >= 0 && notary->entry != NOTARY_JUDGE) {
		notary->entry = NOTARY_MEASURE;
		return;
	}
	notary->subject = NULL;
	if (result < 0)
		refuse(subject, result);
	else if (result != sizeof(struct notary_record))
		refuse(subject, NOTARY_ESEQUENCE);
	else
		admit(subject);
}

/* HV_EDEAD: the notary has failed. */
static int step(struct cpu *cpu)
{
	struct hv *hv = cpu->hv;
	int64_t result = 0;
	enum pal_outcome outcome = stay(cpu, &result);

	spin_lock(&hv->lock);
	hv->notary.is_running = false;
	if (outcome == PAL_RETURNED)
		follow(hv, result);
	spin_unlock(&hv->lock);
	return outcome == PAL_BROKE_RULE ? HV_EDEAD : HV_OK;
}

/* What is known of it: HV_EAGAIN while there is no verdict. */
static int verdict(struct pal *subject, uint64_t *reason)
{
	if (!subject)
		return HV_ENOENT;
	if (pal_state(subject) == PAL_READY)
		return HV_OK;
	if (pal_state(subject) != PAL_WAITING)
		return HV_EINVAL;
	if (!subject->refusal)
		return HV_EAGAIN;
	*reason = subject->refusal;
	subject->refusal = 0;
	return HV_EREFUSED;
}

int notary_judge(struct cpu *cpu, uint64_t handle, uint64_t *reason)
{
	struct hv *hv = cpu->hv;
	struct pal *subject;
	int err, taken = HV_EBUSY;

	spin_lock(&hv->lock);
	subject = pal_find(hv, handle);
	err = verdict(subject, reason);
	if (err == HV_EAGAIN)
		err = taken = take(hv, subject);
	spin_unlock(&hv->lock);
	if (taken)
		return err;
	err = step(cpu);
	if (err)
		return err;
	spin_lock(&hv->lock);
	err = verdict(pal_find(hv, handle), reason);
	spin_unlock(&hv->lock);
	return err;
}

int notary_let_go(struct cpu *cpu, uint64_t handle)
{
	struct hv *hv = cpu->hv;
	struct notary *notary = &hv->notary;
	int err = HV_OK;

	spin_lock(&hv->lock);
	if (notary->subject && notary->subject == pal_find(hv, handle)) {
		if (notary->is_running)
			err = HV_EBUSY;		/* its pages are in use */
		else if (notary->is_in_call &&
			 take(hv, notary->subject) == HV_OK)
			err = HV_EAGAIN;
		else
			notary->subject = NULL;
	}
	spin_unlock(&hv->lock);
	if (err == HV_EAGAIN)
		step(cpu);	/* its call must end by itself */
	return err ? HV_EAGAIN : HV_OK;
}

uint64_t notary_subject(struct hv *hv)
{
	const struct pal *subject;
	uint64_t handle = 0;

	spin_lock(&hv->lock);
	subject = hv->notary.subject;
	if (subject)
		handle = PAL_HANDLE(atomic_load(&subject->gate) >> 32,
				    pal_slot(hv, subject));
	spin_unlock(&hv->lock);
	return handle;
}

int notary_end(struct hv *hv)
{
	struct notary *notary = &hv->notary;
	int err;

	notary_forget_root(hv);			/* if it never started */
	if (!notary->pal)
		return HV_OK;
	notary->pal->window_size = 0;		/* it never had the OS's pages */
	err = pal_destroy_own(hv, notary->pal);
	if (err)
		return err;
	notary->pal = NULL;
	notary->is_in_call = false;		/* it may have failed in one */
	notary->shown = 0;
	return HV_OK;
}
