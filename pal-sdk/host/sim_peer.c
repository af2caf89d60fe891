/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The same rules, in the same order, as hv/core/pal_peer.c.  A slot's gate is
 * as that of the hypervisor's PALs: its state, and how many hold it.
 */
#include "sim_peer.h"
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "abi/hypercall.h"
#include "abi/policy.h"
#include "error.h"
#include "pal_host.h"
#include "sim_notary.h"

#define GATE_FREE   0U
#define GATE_CLOSED 1U /* being filled, or on its way out */
#define GATE_OPEN   2U
#define GATE_HOLDER 4U /* for each, and open or closed */

#define NANOSECONDS 1000000

struct sim_slot {
	_Atomic uint32_t gate;
	struct sim *sim;
	pid_t program; /* a child made by fork() does not have it */
};

static struct sim_slot slots[HV_MAX_PALS];

/* ---- Who is there -------------------------------------------------------- */

int sim_peer_add(struct sim *sim, uint32_t rule, uint64_t may_call)
{
	sim->rule = rule;
	sim->may_call = may_call;
	for (int i = 0; i < HV_MAX_PALS; i++) {
		uint32_t gate = GATE_FREE;

		if (!atomic_compare_exchange_strong(&slots[i].gate, &gate,
						    GATE_CLOSED))
			continue;
		slots[i].sim = sim;
		slots[i].program = getpid();
		sim->slot = &slots[i];
		atomic_store(&slots[i].gate, GATE_OPEN);
		return 0;
	}
	return error_set(PAL_ENOMEM, "%d PALs are open: that is the most",
			 HV_MAX_PALS);
}

void sim_peer_close(struct sim *sim)
{
	if (sim->slot)
		atomic_fetch_sub(&sim->slot->gate, GATE_OPEN - GATE_CLOSED);
}

void sim_peer_wait(struct sim *sim)
{
	const struct timespec pause = {.tv_nsec = NANOSECONDS};

	while (sim->slot && atomic_load(&sim->slot->gate) != GATE_CLOSED)
		nanosleep(&pause, NULL);
}

void sim_peer_forget(struct sim *sim)
{
	if (sim->slot)
		atomic_store(&sim->slot->gate, GATE_FREE);
}

static bool hold(struct sim_slot *slot)
{
	uint32_t gate = atomic_load(&slot->gate);

	while (gate & GATE_OPEN)
		if (atomic_compare_exchange_weak(&slot->gate, &gate,
						 gate + GATE_HOLDER))
			return true;
	return false;
}

static void release(struct sim_slot *slot)
{
	atomic_fetch_sub(&slot->gate, GATE_HOLDER);
}

/* ---- Who is meant -------------------------------------------------------- */

static bool is_in_chain(const struct sim_chain *chain, const struct sim *sim)
{
	for (unsigned int i = 0; i < chain->count; i++)
		if (chain->places[i].sim == sim)
			return true;
	return false;
}

static bool may_call(const struct sim *caller, const struct sim *peer)
{
	return peer->rule < POLICY_RULES_MAX &&
	       caller->may_call >> peer->rule & 1;
}

static bool is_meant(const struct sim *sim, const char *name)
{
	return sim->slot->program == getpid() && sim->is_peer &&
	       !memcmp(sim->identity.name, name, sizeof(sim->identity.name)) &&
	       !atomic_load(&sim->shared->end) && !sim_is_gone(sim);
}

/* The first thread from the end that nobody has: applications start at 0. */
static int take_thread(struct sim *sim, unsigned int *thread)
{
	for (unsigned int i = sim->thread_count; i-- > 0;) {
		if (!atomic_flag_test_and_set(&sim->is_running[i])) {
			*thread = i;
			return HV_OK;
		}
	}
	return HV_EBUSY;
}

/* Judge one candidate, which is held. */
static int try_peer(const struct sim_chain *chain, const char *name,
		    struct sim *sim, unsigned int *thread)
{
	const struct sim *caller = chain->places[chain->count - 1].sim;

	if (!is_meant(sim, name))
		return HV_ENOENT;
	if (!may_call(caller, sim))
		return HV_EPERM;
	if (is_in_chain(chain, sim) || chain->count > SIM_CHAIN_MAX)
		return HV_ELOOP;
	return take_thread(sim, thread);
}

/*
 * Find a PAL of that name that may be called and has a thread free; hold it.
 * The error is that of the last that had the name.
 */
static int find_peer(const struct sim_chain *chain, const char *name,
		     struct sim_place *peer)
{
	int err = HV_ENOENT;

	for (int i = 0; i < HV_MAX_PALS; i++) {
		int found;

		if (!hold(&slots[i]))
			continue;
		found = try_peer(chain, name, slots[i].sim, &peer->thread);
		if (!found) {
			peer->sim = slots[i].sim;
			return HV_OK;
		}
		release(&slots[i]);
		if (found != HV_ENOENT)
			err = found;
	}
	return err;
}

/* ---- The call ------------------------------------------------------------ */

static void *at_offset(const struct sim *sim, uint64_t offset)
{
	return sim->behind + (offset - sim->layout.callers);
}

static struct sim_mail *mail_of(struct sim_place place)
{
	return at_offset(place.sim,
			 place.sim->layout.mail +
				 place.thread * (uint64_t)SIM_MAIL_SIZE);
}

static char *area_of(struct sim_place place)
{
	return at_offset(place.sim, place.sim->layout.area +
					    place.thread * place.sim->arg_size);
}

/* What is in the mail may change at any time: this is what was judged. */
struct request {
	char name[32];
	struct sim_arguments arguments;
	bool is_bad_input;
};

static void read_request(const struct sim_mail *mail, struct request *request)
{
	memcpy(request->name, mail->name, sizeof(request->name));
	request->arguments.entry = mail->entry;
	request->arguments.in_size = mail->in_size;
	request->arguments.out_size = mail->out_capacity;
	request->is_bad_input = mail->is_bad_input;
}

/* Hand the caller's input and identity to the peer's thread. */
static int pass_input(struct sim_place caller, struct sim_place peer,
		      const struct request *request)
{
	const struct sim_arguments *arguments = &request->arguments;

	if (request->is_bad_input || arguments->in_size > peer.sim->arg_size ||
	    arguments->out_size > PAL_PEER_SIZE_MAX)
		return HV_EINVAL;
	memcpy(at_offset(peer.sim,
			 peer.sim->layout.callers +
				 peer.thread * (uint64_t)PAL_PAGE_SIZE),
	       &caller.sim->identity, sizeof(caller.sim->identity));
	memcpy(area_of(peer), mail_of(caller)->bytes, arguments->in_size);
	return HV_OK;
}

static int pass_output(struct sim_place peer, struct sim_place caller,
		       const struct request *request, int64_t result)
{
	if (result <= 0)
		return HV_OK; /* an error of the peer's own */
	if ((uint64_t)result > request->arguments.out_size ||
	    (uint64_t)result > peer.sim->arg_size)
		return HV_EINVAL;
	memcpy(mail_of(caller)->bytes, area_of(peer), (size_t)result);
	return HV_OK;
}

static int run_peer(struct sim_chain *chain, struct sim_place peer,
		    const struct request *request, int64_t *result)
{
	struct sim_place caller = chain->places[chain->count - 1];
	int err = pass_input(caller, peer, request);
	bool has_returned;

	if (err)
		return err;
	chain->places[chain->count++] = peer;
	has_returned = sim_run(chain, &request->arguments, result);
	chain->count--;
	return has_returned ? pass_output(peer, caller, request, *result)
			    : HV_EDEAD;
}

static int ask_peer(struct sim_chain *chain, const struct request *request,
		    int64_t *result)
{
	struct sim_place peer;
	int err = find_peer(chain, request->name, &peer);

	if (err)
		return err;
	err = run_peer(chain, peer, request, result);
	atomic_flag_clear(&peer.sim->is_running[peer.thread]);
	release(peer.sim->slot);
	return err;
}

static int ask_notary(const struct sim_chain *chain,
		      const struct request *request, struct sim_mail *mail,
		      int64_t *result)
{
	const struct sim_place *caller = &chain->places[chain->count - 1];

	if (chain->count > SIM_CHAIN_MAX)
		return HV_ELOOP;
	if (request->is_bad_input)
		return HV_EINVAL;
	return sim_notary_answer(&caller->sim->identity, &request->arguments,
				 mail->bytes, result);
}

void sim_peer_answer(struct sim_chain *chain)
{
	struct sim_mail *mail = mail_of(chain->places[chain->count - 1]);
	struct request request;
	int64_t result = 0;
	int err;

	read_request(mail, &request);
	if (sim_notary_is_meant(request.name))
		err = ask_notary(chain, &request, mail, &result);
	else
		err = ask_peer(chain, &request, &result);
	mail->status = err;
	mail->result = err ? 0 : result;
}
