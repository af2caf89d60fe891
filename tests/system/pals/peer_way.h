/* SPDX-License-Identifier: BSD-2-Clause */
/* Calls through several PALs "peer", for programs that test them. */
#ifndef PALS_PEER_WAY_H
#define PALS_PEER_WAY_H

#include <pal_host.h>
#include <string.h>
#include "peer.h"

/* Names apart from each other by blanks: the way of the call. */
static inline struct peer_relay relay_of(const char *way)
{
	struct peer_relay relay = {0};
	char text[256], *word, *rest;

	strcpy(text, way);
	for (word = strtok_r(text, " ", &rest); word;
	     word = strtok_r(NULL, " ", &rest))
		strcpy(relay.names[relay.count++], word);
	return relay;
}

/* Returns what the last pal_call_peer() gave, or that of the first call. */
static inline int call_chain(struct pal *first, const struct peer_relay *relay,
		      struct peer_answer *answer)
{
	int status = pal_call_exact(first, PEER_RELAY, relay, sizeof(*relay),
				    answer, sizeof(*answer));

	return status ? status : (int)answer->status;
}

static inline int call_way(struct pal *first, const char *way,
		    struct peer_answer *answer)
{
	struct peer_relay relay = relay_of(way);
	struct peer_answer unused;

	return call_chain(first, &relay, answer ? answer : &unused);
}

static inline int call_to_act(struct pal *first, const char *way,
			      uint32_t action, uint64_t steps)
{
	struct peer_relay relay = relay_of(way);
	struct peer_answer answer;

	relay.action = action;
	relay.steps = steps;
	return call_chain(first, &relay, &answer);
}

#endif /* PALS_PEER_WAY_H */
