/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/pal.h"

#include "core/guest_mem.h"
#include "core/hv.h"
#include "core/pal_build.h"
#include "core/pal_image.h"
#include "lib/assert.h"
#include "lib/string.h"

/* What one step of wiping may do: pages wiped, windows given back. */
#define WIPE_PIECE	32u

/* An address space's identity in CR3: not the PCID and flag bits. */
#define CR3_IDENTITY	UINT64_C(0x000ffffffffff000)

enum hv_pal_state pal_state(const struct pal *pal)
{
	return PAL_GATE_STATE(atomic_load(&pal->gate));
}

unsigned int pal_slot(const struct hv *hv, const struct pal *pal)
{
	return (unsigned int)(pal - hv->pals);
}

void pal_set_state(struct pal *pal, enum hv_pal_state state)
{
	uint64_t gate = atomic_load(&pal->gate);
	uint64_t next;

	do {
		next = gate & ~PAL_GATE(0, 0xff);
		next |= PAL_GATE(0, state);
	} while (!atomic_compare_exchange_weak(&pal->gate, &gate, next));
}

struct pal *pal_find(struct hv *hv, uint64_t handle)
{
	uint64_t slot = PAL_HANDLE_SLOT(handle);
	uint64_t gate;

	if (slot >= HV_MAX_PALS)
		return NULL;
	gate = atomic_load(&hv->pals[slot].gate);
	if (gate >> 32 != PAL_HANDLE_GENERATION(handle) ||
	    PAL_GATE_STATE(gate) == PAL_FREE)
		return NULL;
	return &hv->pals[slot];
}

static struct pal *find_free(struct hv *hv)
{
	unsigned int slot;

	for (slot = 0; slot < HV_MAX_PALS; slot++)
		if (pal_state(&hv->pals[slot]) == PAL_FREE)
			return &hv->pals[slot];
	return NULL;
}

/* Copy the header into a page of the PAL's own, then judge the copy. */
static int read_header(struct cpu *cpu, struct pal *pal, gpa_t at, int *reason)
{
	struct owner *owner = &cpu->hv->owner;
	hpa_t page;
	int err;

	if (!guest_mem_is_page(cpu, at))
		return HV_EINVAL;
	err = owner_page_get(owner, pal_slot(cpu->hv, pal), &page);
	if (err)
		return err;
	pal->header = hpa_to_ptr(page);
	err = guest_mem_read(cpu, at, pal->header, PAGE_SIZE);
	ASSERT(!err);
	*reason = pal_image_check(pal->header);
	if (*reason) {
		owner_page_put(owner, page);
		return HV_EIMAGE;
	}
	return HV_OK;
}

static void take_identity(struct pal *pal)
{
	pal->entry = pal->header->entry;
	pal->flags = pal->header->flags;
	pal->security_version = pal->header->security_version;
	memcpy(pal->name, pal->header->name, sizeof(pal->name));
}

/* Everything but the gate, which outlives the PAL. */
static void clear(struct pal *pal)
{
	memset((char *)pal + sizeof(pal->gate), 0,
	       sizeof(*pal) - sizeof(pal->gate));
}

int pal_create(struct cpu *cpu, gpa_t header, uint64_t cr3, uint64_t *handle,
	       int *reason)
{
	struct hv *hv = cpu->hv;
	struct pal *pal = find_free(hv);
	uint64_t generation;
	int err;

	if (hv->phase != HV_RUNNING)
		return HV_EPERM;
	if (!pal)
		return HV_ENOMEM;
	clear(pal);
	err = read_header(cpu, pal, header, reason);
	if (err)
		return err;
	err = pal_build_space(hv, pal);
	if (err) {
		owner_page_put(&hv->owner, ptr_to_hpa(pal->header));
		return err;
	}
	take_identity(pal);
	pal->page_count++;			/* the header's */
	pal->caller_cr3 = cr3 & CR3_IDENTITY;
	generation = (atomic_load(&pal->gate) >> 32) + 1;
	atomic_store(&pal->gate, PAL_GATE((uint32_t)generation, PAL_LOADING));
	*handle = PAL_HANDLE((uint32_t)generation, pal_slot(hv, pal));
	return HV_OK;
}

int pal_enter(struct hv *hv, uint64_t handle, uint64_t cr3, struct pal **found)
{
	struct pal *pal = pal_find(hv, handle);
	uint64_t gate;

	if (!pal || pal->caller_cr3 != (cr3 & CR3_IDENTITY))
		return HV_ENOENT;
	gate = atomic_load(&pal->gate);
	do {
		if (gate >> 32 != PAL_HANDLE_GENERATION(handle))
			return HV_ENOENT;
		switch (PAL_GATE_STATE(gate)) {
		case PAL_FREE:
		case PAL_LOADING:
			return HV_ENOENT;
		case PAL_DYING:
		case PAL_DEAD:
			*found = pal;
			return HV_EDEAD;
		case PAL_READY:
			break;
		}
	} while (!atomic_compare_exchange_weak(&pal->gate, &gate, gate + 1));
	*found = pal;
	return HV_OK;
}

void pal_exit(struct pal *pal)
{
	atomic_fetch_sub(&pal->gate, 1);
}

/* With hv->lock. */
static void end(struct pal *pal, uint64_t fault_word, uint64_t offset,
		uint64_t address)
{
	pal->fault_word = fault_word;
	pal->fault_offset = offset;
	pal->fault_address = pal->flags & PAL_FLAG_DEBUG ? address : 0;
	pal_set_state(pal, PAL_DYING);
}

void pal_kill(struct hv *hv, struct pal *pal, uint64_t fault_word, uint64_t rip,
	      uint64_t address)
{
	spin_lock(&hv->lock);
	if (pal_state(pal) == PAL_READY) {
		end(pal, fault_word, rip - PAL_IMAGE_BASE, address);
		log_line(&hv->log, "PAL %u (%s) broke a rule: kind %u detail %u"
			 " at offset 0x%lx", pal_slot(hv, pal), pal->name,
			 (unsigned int)PAL_FAULT_KIND(fault_word),
			 (unsigned int)PAL_FAULT_DETAIL(fault_word),
			 pal->fault_offset);
	}
	spin_unlock(&hv->lock);
}

/* Up to WIPE_PIECE pages of the window, the last ones first. */
static bool give_back_windows(struct hv *hv, struct pal *pal)
{
	unsigned int i;

	for (i = 0; pal->window_size > 0; i++) {
		hpa_t page;
		bool found;

		if (i == WIPE_PIECE)
			return false;
		pal->window_size -= PAGE_SIZE;
		found = npt_translate(&pal->npt,
				      gpa(PAL_WINDOW_BASE + pal->window_size),
				      &page, NULL);
		ASSERT(found);
		owner_window_put(&hv->owner, page);
	}
	return true;
}

bool pal_wipe_step(struct hv *hv, struct pal *pal)
{
	uint64_t gate = atomic_load(&pal->gate);

	if (PAL_GATE_STATE(gate) == PAL_DEAD)
		return true;
	ASSERT(PAL_GATE_STATE(gate) == PAL_DYING);
	if (PAL_GATE_INSIDE(gate) > 0)
		return false;
	if (!give_back_windows(hv, pal))
		return false;
	/*
	 * Its threads and tables are among what is wiped, and their pages may
	 * be another PAL's before all is done: nothing looks at them any more.
	 */
	pal->thread_count = 0;
	if (!owner_pages_wipe(&hv->owner, pal_slot(hv, pal), &pal->wipe_cursor,
			      WIPE_PIECE))
		return false;
	pal->header = NULL;
	pal->tables = (struct page_list){ 0 };
	memset(pal->threads, 0, sizeof(pal->threads));
	pal->page_count = 0;
	pal_set_state(pal, PAL_DEAD);
	return true;
}

static int destroy(struct hv *hv, struct pal *pal)
{
	enum hv_pal_state state = pal_state(pal);

	if (state == PAL_LOADING || state == PAL_READY)
		end(pal, PAL_FAULT_KILLED, 0, 0);
	if (!pal_wipe_step(hv, pal))
		return HV_EAGAIN;
	pal_set_state(pal, PAL_FREE);
	return HV_OK;
}

int pal_destroy(struct hv *hv, uint64_t handle)
{
	struct pal *pal = pal_find(hv, handle);

	return pal ? destroy(hv, pal) : HV_ENOENT;
}

int pal_destroy_all(struct hv *hv)
{
	unsigned int slot;

	for (slot = 0; slot < HV_MAX_PALS; slot++)
		if (pal_state(&hv->pals[slot]) != PAL_FREE &&
		    destroy(hv, &hv->pals[slot]) != HV_OK)
			return HV_EAGAIN;
	return HV_OK;
}

void pal_wipe_for_reset(struct hv *hv)
{
	unsigned int slot;

	for (slot = 0; slot < HV_MAX_PALS; slot++) {
		uint64_t cursor = 0;

		if (pal_state(&hv->pals[slot]) != PAL_FREE)
			owner_pages_wipe(&hv->owner, slot, &cursor, UINT32_MAX);
	}
}

unsigned int pal_live_count(struct hv *hv)
{
	unsigned int count = 0;
	unsigned int slot;

	for (slot = 0; slot < HV_MAX_PALS; slot++)
		count += pal_state(&hv->pals[slot]) != PAL_FREE;
	return count;
}

static uint64_t call_count(const struct pal *pal)
{
	uint64_t count = 0;
	uint32_t i;

	for (i = 0; i < pal->thread_count; i++)
		count += pal->threads[i]->call_count;
	return count;
}

int pal_info(struct hv *hv, uint64_t slot, struct hv_pal_info *info)
{
	const struct pal *pal;

	if (slot >= HV_MAX_PALS)
		return HV_EINVAL;
	pal = &hv->pals[slot];
	if (pal_state(pal) == PAL_FREE)
		return HV_ENOENT;
	*info = (struct hv_pal_info){
		.handle = PAL_HANDLE(atomic_load(&pal->gate) >> 32, slot),
		.state = (uint32_t)pal_state(pal),
		.thread_count = pal->thread_count,
		.page_count = pal->page_count,
		.window_count = pal->window_size >> PAGE_SHIFT,
		.call_count = call_count(pal),
		.fault_word = pal->fault_word,
		.fault_offset = pal->fault_offset,
		.flags = pal->flags,
		.security_version = pal->security_version,
	};
	memcpy(info->name, pal->name, sizeof(info->name));
	return HV_OK;
}
