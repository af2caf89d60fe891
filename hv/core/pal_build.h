/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Building a PAL's memory: its image, windows, zeroed memory, stacks, threads.
 *
 * Each call does a bounded piece and needs hv->lock; the loader calls again
 * until all is done.  What was built stays on failure: the caller may try
 * again or destroy the PAL.
 */
#ifndef CORE_PAL_BUILD_H
#define CORE_PAL_BUILD_H

#include "core/pal.h"

/* Make the guest page tables that all PALs share.  HV_OK or HV_ENOMEM. */
int pal_build_shared_tables(struct hv *hv);

/*
 * An empty space for the PAL, which has its header page.  HV_OK or the error
 * of owner_pages_check(), with nothing taken.
 */
int pal_build_space(struct hv *hv, struct pal *pal);

/*
 * A piece of loading a PAL of the hypervisor's own from its image, and of
 * starting it, when the image is there.  HV_EAGAIN: call again.
 */
int pal_load_own(struct hv *hv, struct pal *pal,
		 const struct pal_image_header *image);
int pal_start_own(struct hv *hv, struct pal *pal);

/* The tables for a window of this size, so that mapping in it cannot fail. */
int pal_prepare_window(struct hv *hv, struct pal *pal, uint64_t size);

/* HC_PAL_LOAD, HC_PAL_WINDOW, HC_PAL_START: see abi/hypercall.h. */
int pal_load(struct cpu *cpu, uint64_t handle, gpa_t list, uint64_t count,
	     uint64_t *done);
int pal_window(struct cpu *cpu, uint64_t handle, gpa_t list, uint64_t count,
	       uint64_t *done);
int pal_start(struct hv *hv, uint64_t handle);

#endif
