/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is true of the hypervisor's memory whenever no CPU holds hv->lock,
 * worked out from the page tables themselves: core/debug.h's checks and those
 * that are too slow for a machine.
 */
#ifndef UNIT_INVARIANTS_H
#define UNIT_INVARIANTS_H

#include "core/hv.h"

/* Prints each broken one; true if there is none. */
bool invariants_hold(struct hv *hv);

/* All but core/debug.h's, which reads every page: for each of many steps. */
bool invariants_hold_quickly(struct hv *hv);

/* Each leaf of a table, in ascending order. */
struct leaf {
	uint64_t at, size;		/* what it maps */
	hpa_t to;
	unsigned int access;
};
void for_each_leaf(const struct npt *npt,
		   void (*call)(void *arg, const struct leaf *leaf), void *arg);

#endif
