/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls of a simulated PAL: whose turn it is, by a futex. */
#include <errno.h>
#include <linux/futex.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include "abi/hypercall.h"
#include "sim.h"
#include "sim_instance.h"
#include "sim_peer.h"

/* How often a waiting caller looks whether the processes are still there. */
#define LOOK_NANOSECONDS 50000000
#define PUSH_NANOSECONDS 10000000

bool sim_is_gone(const struct sim *sim)
{
	struct pollfd watched = {.fd = sim->socket, .events = POLLIN};

	return poll(&watched, 1, 0) > 0;
}

/* Returns false if nothing happened in that time. */
static bool wait_while(struct sim_call *call, uint32_t turn, long nanoseconds)
{
	const struct timespec timeout = {.tv_nsec = nanoseconds};

	return !syscall(SYS_futex, &call->turn, FUTEX_WAIT, turn, &timeout,
			NULL, 0) ||
	       errno != ETIMEDOUT;
}

static void wake(struct sim_call *call)
{
	syscall(SYS_futex, &call->turn, FUTEX_WAKE, 1, NULL, NULL, 0);
}

static struct sim_call *call_of(struct sim_place place)
{
	return &place.sim->shared->calls[place.thread];
}

static struct sim_place last_of(const struct sim_chain *chain)
{
	return chain->places[chain->count - 1];
}

/* Has one ended that waits for the last? */
static bool is_broken(const struct sim_chain *chain)
{
	for (unsigned int i = 0; i + 1 < chain->count; i++)
		if (sim_is_gone(chain->places[i].sim))
			return true;
	return false;
}

/* The function stops for good where it is; its thread begins anew. */
static void give_up(struct sim_place place)
{
	struct sim_call *call = call_of(place);
	uint32_t turn = atomic_load(&call->turn);

	while (turn == SIM_TURN_CALLED || turn == SIM_TURN_PEER)
		if (atomic_compare_exchange_weak(&call->turn, &turn,
						 SIM_TURN_GIVEN_UP))
			break;
	wake(call);
	/* Again and again: it may have been on its way into the PAL. */
	while (atomic_load(&call->turn) == SIM_TURN_GIVEN_UP &&
	       !sim_is_gone(place.sim)) {
		syscall(SYS_tgkill, place.sim->pid,
			place.sim->tids[place.thread], SIM_SIGNAL);
		wait_while(call, SIM_TURN_GIVEN_UP, PUSH_NANOSECONDS);
	}
}

/* Returns false when the PAL, or one that waits for it, has ended instead. */
static bool wait_for_turn(const struct sim_chain *chain, uint32_t *turn)
{
	struct sim_place place = last_of(chain);
	struct sim_call *call = call_of(place);
	bool was_gone = false;

	while ((*turn = atomic_load(&call->turn)) == SIM_TURN_CALLED) {
		/* It may have answered just before its end: look once more. */
		if (was_gone)
			return false;
		if (wait_while(call, SIM_TURN_CALLED, LOOK_NANOSECONDS))
			continue;
		was_gone = sim_is_gone(place.sim);
		if (!was_gone && is_broken(chain)) {
			give_up(place);
			return false;
		}
	}
	return true;
}

/* It called another: done, it goes on. */
static void go_on(struct sim_call *call)
{
	uint32_t turn = SIM_TURN_PEER;

	if (atomic_compare_exchange_strong(&call->turn, &turn, SIM_TURN_CALLED))
		wake(call);
}

bool sim_run(struct sim_chain *chain, const struct sim_arguments *arguments,
	     int64_t *result)
{
	struct sim_place place = last_of(chain);
	struct sim_call *call = call_of(place);
	uint32_t turn;

	if (atomic_load(&place.sim->shared->end))
		return false;
	call->entry = arguments->entry;
	call->in_size = arguments->in_size;
	call->out_size = arguments->out_size;
	call->is_peer = chain->count > 1;
	atomic_store(&call->turn, SIM_TURN_CALLED);
	wake(call);
	while (wait_for_turn(chain, &turn)) {
		if (turn != SIM_TURN_PEER) {
			*result = call->result;
			return turn == SIM_TURN_RETURNED;
		}
		sim_peer_answer(chain);
		go_on(call);
	}
	return false;
}

/* The hypervisor's answer for a PAL that was ended, or killed from outside. */
static struct hypercall_result answer_dead(const struct sim_shared *shared)
{
	struct hypercall_result result = {
		.status = HV_EDEAD,
		.rdx = PAL_FAULT_KILLED,
	};

	if (atomic_load(&shared->end)) {
		result.rdx = shared->fault.word;
		result.rcx = shared->fault.frames[0];
		result.r8 = shared->fault.address;
	}
	return result;
}

/* Run a call of the program's; the thread is its own. */
static struct hypercall_result run_call(struct sim_chain *chain,
					const struct sim_arguments *arguments)
{
	struct sim_place place = last_of(chain);
	const struct sim_shared *shared = place.sim->shared;
	bool was_ended = atomic_load(&shared->end);
	struct hypercall_result result = {.status = HV_OK};
	int64_t returned;

	if (sim_run(chain, arguments, &returned)) {
		result.rdx = (uint64_t)returned;
		return result;
	}
	result = answer_dead(shared);
	/* Nobody else had the thread meanwhile: it was in this very call. */
	if (!was_ended && atomic_load(&shared->end) &&
	    shared->fault.thread == place.thread)
		result.status = HV_EFAULT;
	return result;
}

struct hypercall_result sim_call(struct sim *sim, unsigned int thread,
				 uint64_t entry, uint64_t in_size,
				 uint64_t out_size)
{
	const struct sim_arguments arguments = {entry, in_size, out_size};
	struct sim_chain chain = {.count = 1, .places = {{sim, thread}}};
	struct hypercall_result result = {.status = HV_EBUSY};

	if (atomic_flag_test_and_set(&sim->is_running[thread]))
		return result;
	result = run_call(&chain, &arguments);
	atomic_flag_clear(&sim->is_running[thread]);
	return result;
}
