/* SPDX-License-Identifier: BSD-2-Clause */
/* Where we are in physical memory. */
#ifndef GRUB_PLACE_H
#define GRUB_PLACE_H

#include <stdint.h>

#include "layout.h"

/* So many bytes above STUB_LOAD; not 0 only while UEFI's boot services run. */
extern uint64_t stub_moved;	/* start.S */

static inline uint64_t physical(const void *own)
{
	return (uint64_t)own - STUB_BASE + stub_moved;
}

#endif
