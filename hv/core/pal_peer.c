/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/pal_peer.h"

#include "core/hv.h"
#include "core/pal_copy.h"
#include "core/pal_stay.h"
#include "lib/assert.h"
#include "lib/string.h"

static struct pal_place place_of(struct hv *hv, const struct pal_link *link)
{
	struct pal *pal = &hv->pals[link->slot];

	return (struct pal_place){ pal, pal->threads[link->thread] };
}

/* Who called the last of the chain. */
static struct pal_place last_caller(struct hv *hv, struct pal_place root)
{
	uint32_t count = root.thread->chain_count;

	return count > 1 ? place_of(hv, &root.thread->chain[count - 2]) : root;
}

bool pal_peer_is_called(struct pal_place root, struct pal_place at)
{
	return root.thread != at.thread;
}

static bool is_in_chain(struct hv *hv, struct pal_place root,
			const struct pal *pal)
{
	uint32_t i;

	for (i = 0; i < root.thread->chain_count; i++)
		if (place_of(hv, &root.thread->chain[i]).pal == pal)
			return true;
	return root.pal == pal;
}

/* The notary is everybody's. */
static bool may_call(const struct pal *caller, const struct pal *peer)
{
	return peer->is_own || (peer->rule < POLICY_RULES_MAX &&
				caller->may_call >> peer->rule & 1);
}

/* Is the PAL that is held the one that is meant?  One notary is the notary. */
static bool is_meant(const struct pal *pal, const char *name)
{
	const char *notary = pal->hv->notary.image->name;

	return pal->flags & PAL_FLAG_PEER &&
	       memcmp(pal->name, name, sizeof(pal->name)) == 0 &&
	       (pal->is_own || memcmp(name, notary, sizeof(pal->name)) != 0);
}

static bool is_alive(struct hv *hv, uint64_t handle)
{
	uint64_t gate = atomic_load(&hv->pals[PAL_HANDLE_SLOT(handle)].gate);

	return gate >> 32 == PAL_HANDLE_GENERATION(handle) &&
	       PAL_GATE_STATE(gate) == PAL_READY;
}

/* Make it ours if its state is still that. */
static bool take(struct pal_thread *thread, uint64_t state)
{
	return atomic_compare_exchange_strong(&thread->state, &state,
					      THREAD_RUNNING);
}

/* Nobody has it, or a suspended chain that begins in a PAL that is ending. */
static bool take_if_free(struct pal *pal, struct pal_thread *thread)
{
	uint64_t state = atomic_load(&thread->state);

	if (state == THREAD_RUNNING || state == THREAD_INTERRUPTED ||
	    (state != THREAD_IDLE && is_alive(pal->hv, state)))
		return false;
	return take(thread, state);
}

/*
 * The first thread from the end that nobody has: applications start at 0, and
 * the notary's thread 0 is the hypervisor's.
 */
static int take_thread(struct pal *pal, uint32_t *index)
{
	uint32_t i;

	for (i = pal->thread_count; i-- > pal->is_own;) {
		if (take_if_free(pal, pal->threads[i])) {
			*index = i;
			return HV_OK;
		}
	}
	return HV_EBUSY;
}

/* Where the chain begins that has been suspended in this PAL for longest. */
static uint64_t oldest_chain(const struct pal *pal)
{
	uint64_t oldest = UINT64_MAX, found = 0;
	uint32_t i;

	for (i = 1; i < pal->thread_count; i++) {
		uint64_t state = atomic_load(&pal->threads[i]->state);
		uint64_t since = atomic_load(&pal->threads[i]->suspended_at);

		if (state >= THREAD_STATES && since < oldest) {
			oldest = since;
			found = state;
		}
	}
	return found;
}

/* Judge one candidate, which is held. */
static int try_peer(struct hv *hv, struct pal_place root,
		    const struct pal *caller, struct pal *pal,
		    const char *name, uint32_t *thread)
{
	if (!is_meant(pal, name))
		return HV_ENOENT;
	if (!may_call(caller, pal))
		return HV_EPERM;
	if (is_in_chain(hv, root, pal) ||
	    root.thread->chain_count == PAL_CHAIN_MAX)
		return HV_ELOOP;
	return take_thread(pal, thread);
}

/*
 * Find a PAL of that name that may be called and has a thread free; hold it.
 * The error is that of the last that had the name.  If it is that the notary
 * has none, *suspended is a chain that has one.
 */
static int find_peer(struct hv *hv, struct pal_place root,
		     const struct pal *caller, const char *name,
		     struct pal_link *link, uint64_t *suspended)
{
	int err = HV_ENOENT;
	uint32_t slot;

	for (slot = 0; slot < HV_MAX_PALS; slot++) {
		struct pal *pal = &hv->pals[slot];
		uint64_t generation = atomic_load(&pal->gate) >> 32;
		int found;

		if (pal_hold(pal, generation))
			continue;
		found = try_peer(hv, root, caller, pal, name, &link->thread);
		if (!found) {
			link->slot = slot;
			link->generation = (uint32_t)generation;
			return HV_OK;
		}
		if (found == HV_EBUSY && pal->is_own)
			*suspended = oldest_chain(pal);
		pal_exit(pal);
		if (found != HV_ENOENT)
			err = found;
	}
	return err;
}

static uint64_t peer_area(const struct pal *pal, uint32_t thread)
{
	return PAL_PEER_BASE + thread * pal->arg_size;
}

/* Hand the caller's input and identity to the peer's thread. */
static int pass_input(struct pal_place caller, const struct pal_link *link,
		      struct pal *peer, const struct pal_peer_call *call)
{
	if (call->in_size > peer->arg_size ||
	    call->out_capacity > PAL_PEER_SIZE_MAX)
		return HV_EINVAL;
	memcpy(peer->threads[link->thread]->caller_identity,
	       caller.pal->identity, sizeof(struct pal_identity));
	return pal_copy(caller.pal, call->in, peer,
			peer_area(peer, link->thread), call->in_size);
}

static void start(struct cpu *cpu, struct pal_place caller,
		  struct pal_place peer, const struct pal_link *link,
		  const struct pal_peer_call *call)
{
	const struct pal_arguments arguments = {
		.entry = call->entry,
		.in_size = call->in_size,
		.out_size = call->out_capacity,
		.is_peer = true,
	};
	const struct pal_caller nobody = { 0, 0 };

	caller.thread->peer_out = call->out;
	caller.thread->peer_out_capacity = call->out_capacity;
	platform_fpu_save(caller.thread->fpu);
	pal_stay_start_thread(cpu, peer.pal, link->thread, &arguments,
			      &nobody);
}

/* The request lies in the caller's memory: copied once, then judged. */
static int read_request(const struct pal *caller, uint64_t at,
			struct pal_peer_call *call)
{
	return pal_copy_out(caller, at, call, sizeof(*call));
}

static int call_peer(struct cpu *cpu, struct pal_place root,
		     struct pal_place *at, uint64_t *suspended)
{
	struct hv *hv = cpu->hv;
	struct pal_peer_call call;
	struct pal_link link;
	struct pal_place peer;
	int err = read_request(at->pal, at->thread->regs.rdi, &call);

	if (!err)
		err = find_peer(hv, root, at->pal, call.name, &link,
				suspended);
	if (err)
		return err;
	peer = place_of(hv, &link);
	err = pass_input(*at, &link, peer.pal, &call);
	if (err) {
		atomic_store(&peer.thread->state, THREAD_IDLE);
		pal_exit(peer.pal);
		return err;
	}
	root.thread->chain[root.thread->chain_count++] = link;
	start(cpu, *at, peer, &link, &call);
	*at = peer;
	return HV_OK;
}

void pal_peer_call(struct cpu *cpu, struct pal_place root,
		   struct pal_place *at, uint64_t *suspended)
{
	struct pal_thread *caller = at->thread;
	int err = call_peer(cpu, root, at, suspended);

	if (err)
		caller->regs.rax = (uint64_t)(int64_t)err;
}

/* The peer's output goes where its caller said, if that is the caller's. */
static int pass_output(struct pal_place peer, const struct pal_link *link,
		       struct pal_place caller, uint64_t result)
{
	if ((int64_t)result <= 0)
		return HV_OK;		/* an error of the peer's own */
	if (result > caller.thread->peer_out_capacity ||
	    result > peer.pal->arg_size)
		return HV_EINVAL;
	return pal_copy(peer.pal, peer_area(peer.pal, link->thread),
			caller.pal, caller.thread->peer_out, result);
}

void pal_peer_end(struct cpu *cpu, struct pal_place root, struct pal_place *at,
		  int status, uint64_t result)
{
	struct pal_place caller = last_caller(cpu->hv, root);
	const struct pal_link *link =
		&root.thread->chain[--root.thread->chain_count];

	if (!status)
		status = pass_output(*at, link, caller, result);
	atomic_store(&at->thread->state, THREAD_IDLE);
	pal_exit(at->pal);
	platform_fpu_load(caller.thread->fpu);
	caller.thread->regs.rax = (uint64_t)(int64_t)status;
	caller.thread->regs.rdx = status ? 0 : result;
	*at = caller;
}

/* The handle of a root, which is held. */
static uint64_t root_handle(struct hv *hv, struct pal_place root)
{
	uint32_t i = 0;

	while (root.pal->threads[i] != root.thread)
		i++;
	return PAL_HANDLE(atomic_load(&root.pal->gate) >> 32,
			  pal_slot(hv, root.pal)) + i;
}

void pal_peer_suspend(struct hv *hv, struct pal_place root)
{
	uint64_t handle = root_handle(hv, root);
	uint32_t i;

	for (i = 0; i < root.thread->chain_count; i++) {
		struct pal_place at = place_of(hv, &root.thread->chain[i]);

		atomic_store(&at.thread->suspended_at, platform_ticks());
		atomic_store(&at.thread->state, handle);
		pal_exit(at.pal);
	}
}

/* If the thread of this link is still there and this chain's: hold it. */
static bool take_link(struct hv *hv, const struct pal_link *link,
		      uint64_t root)
{
	struct pal *pal = &hv->pals[link->slot];

	if (pal_hold(pal, link->generation))
		return false;
	if (take(pal->threads[link->thread], root))
		return true;
	pal_exit(pal);
	return false;
}

/* Free what is left of the suspended chain from link `first` on. */
static void free_links(struct hv *hv, struct pal_place root, uint32_t first)
{
	uint64_t handle = root_handle(hv, root);
	uint32_t i;

	for (i = first; i < root.thread->chain_count; i++) {
		const struct pal_link *link = &root.thread->chain[i];

		if (!take_link(hv, link, handle))
			continue;
		atomic_store(&place_of(hv, link).thread->state, THREAD_IDLE);
		pal_exit(&hv->pals[link->slot]);
	}
	root.thread->chain_count = first;
}

struct pal_place pal_peer_resume(struct cpu *cpu, struct pal_place root)
{
	struct hv *hv = cpu->hv;
	uint64_t handle = root_handle(hv, root);
	struct pal_place at = root;
	uint32_t i;

	for (i = 0; i < root.thread->chain_count; i++) {
		const struct pal_link *link = &root.thread->chain[i];

		if (!take_link(hv, link, handle)) {
			free_links(hv, root, i);
			at.thread->regs.rax = (uint64_t)(int64_t)HV_EDEAD;
			at.thread->regs.rdx = 0;
			break;
		}
		at = place_of(hv, link);
	}
	return at;
}

void pal_peer_abandon(struct hv *hv, struct pal_place root)
{
	free_links(hv, root, 0);
}

int pal_peer_take_over(struct hv *hv, uint64_t handle, struct pal_place *root)
{
	struct pal *pal = &hv->pals[PAL_HANDLE_SLOT(handle)];
	int err = pal_hold(pal, PAL_HANDLE_GENERATION(handle));

	if (err)
		return err;
	*root = (struct pal_place){
		pal, pal->threads[PAL_HANDLE_THREAD(handle)]
	};
	if (take(root->thread, THREAD_INTERRUPTED))
		return HV_OK;
	pal_exit(pal);
	return HV_EBUSY;
}

void pal_peer_put_back(struct hv *hv, struct pal_place root)
{
	pal_peer_suspend(hv, root);
	atomic_store(&root.thread->state, THREAD_INTERRUPTED);
	pal_exit(root.pal);
}
