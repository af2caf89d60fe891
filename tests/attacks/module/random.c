// SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only
/*
 * Chooses numbers and arguments.  What would rightly end the hypervisor or
 * destroy Linux is not tried here: ending it (HC_UNLOAD well-formed), the debug
 * build's crashes, and memory that is Linux's to lose.
 */
#include "random.h"

#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "abi/hypercall.h"
#include "call.h"

#define BLOCK_MASK	0x1fffffULL
#define HANDLES		8

struct chooser {
	const struct attack_random *random;
	u64 state;
	u64 handles[HANDLES];
	unsigned int next_handle;
};

/* xorshift64*: the same calls for the same seed. */
static u64 next(struct chooser *chooser)
{
	u64 x = chooser->state;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	chooser->state = x;
	return x * 0x2545f4914f6cdd1dULL;
}

static u64 choose_number(struct chooser *chooser)
{
	u64 number;

	do {
		switch (next(chooser) % 16) {
		case 0:
			number = next(chooser);
			break;
		case 1:
			number = HC_PAL_CALL + next(chooser) % 256;
			break;
		default:
			number = HC_INFO + next(chooser) %
				 (HC_LAUNCHED + 2 - HC_INFO);
		}
	} while (number == HC_DEBUG_CRASH);
	return number;
}

static u64 near_interesting(struct chooser *chooser)
{
	const struct attack_random *random = chooser->random;
	u64 value = random->interesting[next(chooser) %
					random->interesting_count];

	switch (next(chooser) % 4) {
	case 0:
		return value + (next(chooser) % 1024) * PAGE_SIZE;
	case 1:
		return value + next(chooser) % 0x10000 - 0x8000;
	default:
		return value;
	}
}

static u64 choose_argument(struct chooser *chooser)
{
	switch (next(chooser) % 8) {
	case 0:
		return next(chooser);
	case 1:
		return next(chooser) % 600;
	case 2:
		return 1ULL << next(chooser) % 64;
	case 3:
	case 4:
		return chooser->handles[next(chooser) % HANDLES] +
		       (next(chooser) % 8 ? 0 : next(chooser) % 70);
	default:
		return near_interesting(chooser);
	}
}

static bool is_spoilable(const struct attack_random *random, u64 address,
			 u64 size)
{
	u64 i, at;

	for (i = 0; i < random->spoilable_count; i++)
		if (address >= random->spoilable[i].base &&
		    address + size <= random->spoilable[i].base +
				      random->spoilable[i].size)
			return true;
	for (at = 0; at < size; at += PAGE_SIZE)
		if (page_is_ram((address + at) >> PAGE_SHIFT))
			return false;
	return true;
}

/* Linux's own memory must not be named, neither a page of it nor a block. */
static u64 constrain(struct chooser *chooser, u64 argument)
{
	const struct attack_random *random = chooser->random;

	if (argument < PAGE_SIZE)
		return argument;	/* a count; page 0 is not Linux's */
	if (!(argument & BLOCK_MASK) &&
	    !is_spoilable(random, argument, BLOCK_MASK + 1))
		argument = random->spoilable[0].base;
	if (!is_spoilable(random, argument & PAGE_MASK, PAGE_SIZE))
		argument = random->spoilable[0].base +
			   (argument & BLOCK_MASK);
	return argument;
}

static void choose(struct chooser *chooser, struct attack_call *call)
{
	call->number = choose_number(chooser);
	call->rdi = constrain(chooser, choose_argument(chooser));
	call->rsi = constrain(chooser, choose_argument(chooser));
	call->rdx = constrain(chooser, choose_argument(chooser));
	if (call->number == HC_UNLOAD &&
	    call->rdi <= (HC_UNLOAD_FORCE | HC_UNLOAD_STAY))
		call->rdi += 4;
}

static void take_note(struct chooser *chooser, struct attack_random *random,
		      const struct attack_call *call)
{
	if (call->result != ATTACK_WORKED)
		random->trap_count++;
	else if (call->status > 0 || call->status <= -16)
		random->unknown_count++;
	else
		random->status_count[-call->status]++;
	if (call->number == HC_PAL_CREATE && !call->status)
		chooser->handles[chooser->next_handle++ % HANDLES] =
			call->result_rdx;
}

int random_calls(struct attack_random *random)
{
	struct chooser chooser = {
		.random = random,
		.state = random->seed | 1,
	};
	struct attack_call call;
	u64 i;

	if (!random->interesting_count || !random->spoilable_count ||
	    random->interesting_count > ARRAY_SIZE(random->interesting) ||
	    random->spoilable_count > ARRAY_SIZE(random->spoilable))
		return -EINVAL;
	for (i = 0; i < random->count && !fatal_signal_pending(current); i++) {
		choose(&chooser, &call);
		call_make(&call);
		take_note(&chooser, random, &call);
		cond_resched();
	}
	return 0;
}
