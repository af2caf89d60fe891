/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/pal.h"

#include "core/guest_mem.h"
#include "core/hv.h"
#include "core/pal_build.h"
#include "core/pal_copy.h"
#include "core/pal_image.h"
#include "core/pal_peer.h"
#include "lib/assert.h"
#include "lib/string.h"

/* What one step of wiping may do: pages wiped, windows given back. */
#define WIPE_PIECE	32u

/* Looks at all gates before a reset: longer than a tick of the OS's timer. */
#define RESET_PATIENCE	100000u

/* An address space's identity in CR3: not the PCID and flag bits. */
#define CR3_IDENTITY	UINT64_C(0x000ffffffffff000)
#define NO_CALLER	UINT64_MAX		/* no CR3 looks like this */

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

	if (handle & PAL_HANDLE_UNUSED)
		return NULL;
	gate = atomic_load(&hv->pals[slot].gate);
	if (gate >> 32 != PAL_HANDLE_GENERATION(handle) ||
	    PAL_GATE_STATE(gate) == PAL_FREE || hv->pals[slot].is_own)
		return NULL;
	return &hv->pals[slot];
}

/* Its generations must not begin anew: links in chains have no other name. */
static bool is_usable(const struct pal *pal)
{
	uint64_t gate = atomic_load(&pal->gate);

	return PAL_GATE_STATE(gate) == PAL_FREE && gate >> 32 != UINT32_MAX;
}

static struct pal *find_free(struct hv *hv)
{
	unsigned int slot;

	for (slot = 0; slot < HV_MAX_PALS; slot++)
		if (is_usable(&hv->pals[slot]))
			return &hv->pals[slot];
	return NULL;
}

/* A page for the header, to be judged there. */
static int get_header_page(struct hv *hv, struct pal *pal)
{
	hpa_t page;
	int err = owner_page_get(&hv->owner, pal_slot(hv, pal), &page);

	if (!err)
		pal->header = hpa_to_ptr(page);
	return err;
}

/* Copy the header into a page of the PAL's own, then judge the copy. */
static int read_header(struct cpu *cpu, struct pal *pal, gpa_t at, int *reason)
{
	int err;

	if (!guest_mem_is_page(cpu, at))
		return HV_EINVAL;
	err = get_header_page(cpu->hv, pal);
	if (err)
		return err;
	err = guest_mem_read(cpu, at, pal->header, PAGE_SIZE);
	ASSERT(!err);
	*reason = pal_image_check(pal->header);
	if (*reason) {
		owner_page_put(&cpu->hv->owner, ptr_to_hpa(pal->header));
		return HV_EIMAGE;
	}
	return HV_OK;
}

static void take_identity(struct pal *pal)
{
	pal->entry = pal->header->entry;
	pal->arg_size = pal->header->arg_size;
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

bool pal_owns(const struct pal *pal, hpa_t page)
{
	return owner_of_page(&pal->hv->owner, page) ==
	       (int)pal_slot(pal->hv, pal);
}

/* The header is there and good: make what belongs to it. */
static int create(struct hv *hv, struct pal *pal, uint64_t caller)
{
	uint64_t generation;
	int err = pal_build_space(hv, pal);

	pal->hv = hv;

	if (err) {
		owner_page_put(&hv->owner, ptr_to_hpa(pal->header));
		return err;
	}
	take_identity(pal);
	pal->page_count++;			/* the header's */
	pal->caller_cr3 = caller;
	generation = (atomic_load(&pal->gate) >> 32) + 1;
	atomic_store(&pal->gate, PAL_GATE((uint32_t)generation, PAL_LOADING));
	return HV_OK;
}

static uint64_t handle_of(const struct hv *hv, const struct pal *pal)
{
	return PAL_HANDLE(atomic_load(&pal->gate) >> 32, pal_slot(hv, pal));
}

int pal_create(struct cpu *cpu, gpa_t header, uint64_t cr3, uint64_t *handle,
	       int *reason)
{
	struct hv *hv = cpu->hv;
	struct pal *pal = find_free(hv);
	int err;

	if (hv->phase != HV_RUNNING)
		return HV_EPERM;
	if (!pal)
		return HV_ENOMEM;
	clear(pal);
	err = read_header(cpu, pal, header, reason);
	if (!err)
		err = create(hv, pal, cr3 & CR3_IDENTITY);
	if (!err)
		*handle = handle_of(hv, pal);
	return err;
}

int pal_create_own(struct hv *hv, const struct pal_image_header *image,
		   struct pal **out)
{
	struct pal *pal = find_free(hv);
	int err;

	if (hv->phase != HV_RUNNING)
		return HV_EPERM;
	if (!pal)
		return HV_ENOMEM;
	ASSERT(!pal_image_check(image));
	clear(pal);
	pal->is_own = true;
	err = get_header_page(hv, pal);
	if (err)
		return err;
	memcpy(pal->header, image, sizeof(*image));
	err = create(hv, pal, NO_CALLER);
	if (!err)
		*out = pal;
	return err;
}

int pal_take_signature(struct cpu *cpu, uint64_t handle, gpa_t page)
{
	struct pal *pal = pal_find(cpu->hv, handle);

	if (!pal)
		return HV_ENOENT;
	if (pal->has_signature || pal_state(pal) != PAL_LOADING ||
	    !guest_mem_is_page(cpu, page))
		return HV_EINVAL;
	pal->has_signature = true;
	return guest_mem_read(cpu, page, pal->identity, PAGE_SIZE);
}

int pal_hold(struct pal *pal, uint64_t generation)
{
	uint64_t gate = atomic_load(&pal->gate);

	do {
		if (gate >> 32 != generation)
			return HV_ENOENT;
		switch (PAL_GATE_STATE(gate)) {
		case PAL_FREE:
		case PAL_LOADING:
		case PAL_WAITING:
			return HV_ENOENT;
		case PAL_DYING:
		case PAL_DEAD:
			return HV_EDEAD;
		case PAL_READY:
			break;
		}
	} while (!atomic_compare_exchange_weak(&pal->gate, &gate, gate + 1));
	return HV_OK;
}

int pal_enter(struct hv *hv, uint64_t handle, uint64_t cr3, struct pal **found)
{
	struct pal *pal = pal_find(hv, handle);

	if (!pal || pal->caller_cr3 != (cr3 & CR3_IDENTITY))
		return HV_ENOENT;
	*found = pal;
	return pal_hold(pal, PAL_HANDLE_GENERATION(handle));
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

/* Follow the frame pointers of a debug PAL as far as they make sense. */
static void trace_back(struct pal *pal, uint64_t rbp)
{
	uint64_t frame[2];		/* the caller's RBP, the return address */

	while (pal->backtrace_count < PAL_BACKTRACE_MAX &&
	       pal_copy_out(pal, rbp, frame, sizeof(frame)) == HV_OK) {
		pal->backtrace[pal->backtrace_count++] =
			frame[1] - PAL_IMAGE_BASE;
		if (frame[0] <= rbp)
			return;
		rbp = frame[0];
	}
}

void pal_kill(struct hv *hv, struct pal *pal, const struct pal_thread *thread,
	      uint64_t fault_word, uint64_t address)
{
	spin_lock(&hv->lock);
	if (pal_state(pal) == PAL_READY) {
		if (pal->flags & PAL_FLAG_DEBUG)
			trace_back(pal, thread->regs.rbp);
		pal->fault_thread = thread;
		end(pal, fault_word, thread->regs.rip - PAL_IMAGE_BASE,
		    address);
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

/* Threads of others that run, or wait to run, for threads of this one. */
static void free_peers(struct hv *hv, struct pal *pal)
{
	uint32_t i;

	for (i = 0; i < pal->thread_count; i++)
		pal_peer_abandon(hv, (struct pal_place){ pal,
							 pal->threads[i] });
}

bool pal_wipe_step(struct hv *hv, struct pal *pal)
{
	uint64_t gate = atomic_load(&pal->gate);

	if (PAL_GATE_STATE(gate) == PAL_DEAD)
		return true;
	ASSERT(PAL_GATE_STATE(gate) == PAL_DYING);
	if (PAL_GATE_INSIDE(gate) > 0)
		return false;
	free_peers(hv, pal);
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
	pal->identity = NULL;
	pal->tables = (struct page_list){ 0 };
	memset(pal->threads, 0, sizeof(pal->threads));
	pal->page_count = 0;
	pal_set_state(pal, PAL_DEAD);
	return true;
}

static int destroy(struct hv *hv, struct pal *pal)
{
	enum hv_pal_state state = pal_state(pal);

	if (hv->notary.subject == pal)
		return HV_EAGAIN;	/* see notary_let_go() */
	if (state != PAL_DYING && state != PAL_DEAD)
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

int pal_destroy_own(struct hv *hv, struct pal *pal)
{
	return destroy(hv, pal);
}

static bool is_live(const struct pal *pal)
{
	return pal_state(pal) != PAL_FREE && !pal->is_own;
}

int pal_destroy_all(struct hv *hv)
{
	unsigned int slot;

	for (slot = 0; slot < HV_MAX_PALS; slot++) {
		if (!is_live(&hv->pals[slot]))
			continue;
		destroy(hv, &hv->pals[slot]);
		return HV_EAGAIN;		/* one is work enough */
	}
	return HV_OK;
}

/* Nobody enters any more; whether anybody is still inside. */
static bool is_any_inside(struct hv *hv)
{
	uint64_t inside = 0;
	unsigned int slot;

	for (slot = 0; slot < HV_MAX_PALS; slot++) {
		struct pal *pal = &hv->pals[slot];

		if (pal_state(pal) == PAL_READY)
			pal_set_state(pal, PAL_DYING);
		inside |= PAL_GATE_INSIDE(atomic_load(&pal->gate));
	}
	return inside > 0;
}

/* Whether all came out, before that took too long. */
static bool wait_for_others(struct hv *hv)
{
	unsigned int tries = RESET_PATIENCE;

	while (is_any_inside(hv) && --tries > 0)
		platform_pause();
	return tries > 0;
}

static void wipe_all(struct hv *hv)
{
	notary_forget_root(hv);
	owner_wipe_pool(&hv->owner);
}

/*
 * A CPU that runs a PAL would write its registers and its memory once more
 * after the wiping.  An NMI stops it, whatever its APIC id; what the OS makes
 * of that does not matter any more.  Where the OS lets no NMI through, the PAL
 * ends when its code is gone, and what it wrote by then goes, too.
 */
void pal_wipe_for_reset(struct cpu *cpu)
{
	struct hv *hv = cpu->hv;
	bool are_out;

	if (is_any_inside(hv))
		platform_apic_send_nmi_to_others();
	are_out = wait_for_others(hv);
	wipe_all(hv);
	if (!are_out) {
		wait_for_others(hv);
		wipe_all(hv);
	}
}

unsigned int pal_live_count(struct hv *hv)
{
	unsigned int count = 0;
	unsigned int slot;

	for (slot = 0; slot < HV_MAX_PALS; slot++)
		count += is_live(&hv->pals[slot]);
	return count;
}

/* What its threads have done. */
static void add_up(const struct pal *pal, struct hv_pal_info *info)
{
	uint32_t i;

	for (i = 0; i < pal->thread_count; i++) {
		info->call_count += pal->threads[i]->call_count;
		info->ticks += pal->threads[i]->ticks;
	}
}

int pal_info(struct hv *hv, uint64_t slot, struct hv_pal_info *info)
{
	const struct pal *pal;

	if (slot >= HV_MAX_PALS)
		return HV_EINVAL;
	pal = &hv->pals[slot];
	if (!is_live(pal))
		return HV_ENOENT;
	*info = (struct hv_pal_info){
		.handle = handle_of(hv, pal),
		.state = (uint32_t)pal_state(pal),
		.thread_count = pal->thread_count,
		.page_count = pal->page_count,
		.window_count = pal->window_size >> PAGE_SHIFT,
		.fault_word = pal->fault_word,
		.fault_offset = pal->fault_offset,
		.flags = pal->flags,
		.security_version = pal->security_version,
		.backtrace_count = pal->backtrace_count,
		.measured_count = pal->measured_count,
	};
	add_up(pal, info);
	memcpy(info->name, pal->name, sizeof(info->name));
	memcpy(info->backtrace, pal->backtrace, sizeof(info->backtrace));
	return HV_OK;
}
