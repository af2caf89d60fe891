/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Copying from one PAL's private memory to another's, or to the hypervisor.
 *
 * Only pages that the PAL owns count, not its window; addresses and sizes may
 * be anything.  The PALs are held, so their tables do not change.
 */
#ifndef CORE_PAL_COPY_H
#define CORE_PAL_COPY_H

#include <stddef.h>

#include "core/pal.h"

/*
 * Copy `size` bytes, at most PAL_PEER_SIZE_MAX.  HV_OK, or HV_EINVAL: too many,
 * not the PAL's own memory, or not writable; then some bytes may be copied.
 */
int pal_copy(const struct pal *from, uint64_t source, struct pal *to,
	     uint64_t target, uint64_t size);

/* The same, from a PAL to the hypervisor's own memory. */
int pal_copy_out(const struct pal *from, uint64_t source, void *target,
		 size_t size);

#endif
