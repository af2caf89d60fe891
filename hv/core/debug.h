/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What only a debug build does (build/hv-debug/palisade.bin): checking every
 * invariant after every hypercall, and failing on purpose, so that tests can
 * see what becomes of it.  HV_DEBUG is 0 or 1 from the compiler's command line.
 */
#ifndef CORE_DEBUG_H
#define CORE_DEBUG_H

#include "core/hv.h"

#ifndef HV_DEBUG
#define HV_DEBUG	0
#endif

/*
 * Do the invariants of core/owner.h hold?  NULL, or which one does not.  Needs
 * hv->lock.  Looks at every block of memory: slow.
 */
const char *debug_broken_invariant(const struct hv *hv);

#endif
