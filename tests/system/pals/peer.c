/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Calls other PALs: as it should, and as an attacker would.  Tests give it
 * different names, so that one image makes a whole chain.
 */
#include "peer.h"
#include <pal.h>
#include <string.h>
#include "abi/hypercall.h"

PAL_NAME("peer");
PAL_THREADS(PEER_THREADS);
PAL_ACCEPTS_PEERS;

static uint64_t act(const struct peer_relay *relay)
{
	uint64_t value = 1;

	if (relay->action == PEER_FAULT)
		__asm__ volatile("ud2");
	if (relay->action == PEER_SPEAK)
		pal_log(PEER_WORDS);
	while (relay->action == PEER_LOOP)
		__asm__ volatile("");
	for (uint64_t i = 0; relay->action == PEER_SPIN && i < relay->steps;
	     i++)
		value = peer_step(value);
	return value;
}

static void do_last(const struct peer_relay *relay, struct peer_answer *answer)
{
	const struct pal_identity *caller = pal_caller();

	*answer = (struct peer_answer){.value = act(relay)};
	if (caller) {
		answer->has_caller = 1;
		answer->caller = *caller;
	}
}

static void pass_on(const struct peer_relay *relay, struct peer_answer *answer)
{
	struct peer_relay rest = *relay;
	int status;

	rest.count--;
	memmove(rest.names[0], rest.names[1],
		sizeof(rest.names) - sizeof(rest.names[0]));
	status = pal_call_peer(relay->names[0], PEER_RELAY, &rest, sizeof(rest),
			       answer, sizeof(*answer), NULL);
	if (status)
		*answer = (struct peer_answer){.status = status};
	else
		answer->value++;
}

static long relay(const void *in, size_t in_size, void *out, size_t out_size)
{
	struct peer_relay request;
	struct peer_answer answer;

	if (in_size != sizeof(request) || out_size < sizeof(answer))
		return -1;
	memcpy(&request, in, sizeof(request));
	if (request.count > PEER_NAMES_MAX)
		return -1;
	for (int i = 0; i < PEER_NAMES_MAX; i++)
		request.names[i][PEER_NAME_SIZE - 1] = 0;
	if (request.count)
		pass_on(&request, &answer);
	else
		do_last(&request, &answer);
	memcpy(out, &answer, sizeof(answer));
	return sizeof(answer);
}

/* The runtime's own last step (pal-sdk/runtime/runtime.h). */
int64_t runtime_call_peer(const struct pal_peer_call *call, int64_t *result,
			  uint32_t is_simulated);

static int64_t call_at(uint64_t at, int64_t *result)
{
	return runtime_call_peer((const struct pal_peer_call *)at, result,
				 pal_identity()->flags &
					 PAL_IDENTITY_SIMULATED);
}

static long raw(const void *in, size_t in_size, void *out, size_t out_size)
{
	struct peer_raw_answer answer = {0};
	static char room[PEER_THREADS][4096];
	struct peer_raw request;

	if (in_size != sizeof(request) || out_size < sizeof(answer))
		return -1;
	memcpy(&request, in, sizeof(request));
	if (!request.call.in)
		request.call.in = (uintptr_t)room[pal_thread_index()];
	if (!request.call.out)
		request.call.out = (uintptr_t)room[pal_thread_index()];
	if (!request.at)
		request.at = (uintptr_t)&request.call;
	answer.status = call_at(request.at, &answer.result);
	memcpy(out, &answer, sizeof(answer));
	return sizeof(answer);
}

/* ---- Random requests ----------------------------------------------------- */

static uint64_t next(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1d;
}

static char scratch[3 * 65536] __attribute__((aligned(4096)));

/* Most of its own, or all would end as HV_EINVAL. */
static uint64_t address(uint64_t *state)
{
	static const uint64_t edges[] = {
		0,
		PAL_IMAGE_BASE,
		PAL_IMAGE_END,
		PAL_STACK_BASE,
		PAL_STACK_TOP(PEER_THREADS),
		PAL_WINDOW_BASE,
		PAL_WINDOW_END,
		PAL_IDENTITY_BASE,
		PAL_CALLER_BASE,
		PAL_PEER_BASE,
		PAL_SPACE_END,
		1ULL << 47,
		1ULL << 63,
		0,
	};
	uint64_t kind = next(state) % 8;

	if (kind < 4)
		return (uintptr_t)scratch + next(state) % sizeof(scratch);
	if (kind == 7)
		return next(state);
	return edges[next(state) % (sizeof(edges) / sizeof(edges[0]))] +
	       next(state) % 3 - 1;
}

static uint64_t size(uint64_t *state)
{
	static const uint64_t sizes[] = {
		0,     1,	   4095,  4096,
		16384, 16385,	   65535, 65536,
		65537, 1ULL << 32, ~0ULL, sizeof(struct peer_relay),
	};

	return next(state) % 4 ? sizes[next(state) % 12] : next(state) % 70000;
}

static void make(struct pal_peer_call *call, const struct peer_fuzz *fuzz,
		 uint64_t *state)
{
	uint64_t which = next(state) % 6;

	memset(call, 0, sizeof(*call));
	if (which < 4)
		memcpy(call->name, fuzz->names[which], PEER_NAME_SIZE);
	else
		for (int i = 0; i < PEER_NAME_SIZE; i++)
			call->name[i] = (char)next(state);
	call->entry = next(state) % 4 ? next(state) % 5 : next(state);
	call->in = address(state);
	call->in_size = size(state);
	call->out = address(state);
	call->out_capacity = size(state);
}

static long fuzz(const void *in, size_t in_size, void *out, size_t out_size)
{
	struct peer_fuzz request;
	struct peer_fuzz_answer answer = {0};
	struct pal_peer_call call;

	if (in_size != sizeof(request) || out_size < sizeof(answer) ||
	    pal_caller())
		return -1;
	memcpy(&request, in, sizeof(request));
	for (uint64_t i = 0; i < request.count; i++) {
		int64_t status, result;

		make(&call, &request, &request.seed);
		status = call_at(next(&request.seed) % 16
					 ? (uintptr_t)&call
					 : address(&request.seed),
				 &result);
		if (status <= 0 && status > -16)
			answer.status_count[-status]++;
		else
			answer.unknown_count++;
	}
	memcpy(out, &answer, sizeof(answer));
	return sizeof(answer);
}

static long identity(const void *in, size_t in_size, void *out, size_t out_size)
{
	(void)in, (void)in_size;
	if (out_size < sizeof(struct pal_identity))
		return -1;
	memcpy(out, pal_identity(), sizeof(struct pal_identity));
	return sizeof(struct pal_identity);
}

PAL_ENTRIES(relay, raw, fuzz, identity);
