/* SPDX-License-Identifier: BSD-2-Clause */
/* The running CPU's whole state, in neutral words. */
#ifndef X86_CAPTURE_H
#define X86_CAPTURE_H

#include "core/guest_state.h"

/*
 * Fill *state from this CPU, which runs the loader's code in 64-bit mode; `cr3`
 * is the loader's.  The loader's GDT and LDT are mapped.
 */
void capture_state(struct guest_state *state, uint64_t cr3);

/* The state in which a PAL's vCPU begins; the same for every PAL. */
void make_pal_state(struct guest_state *state);

#endif
