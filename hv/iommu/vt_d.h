/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One IOMMU of Intel's: Intel Virtualization Technology for Directed I/O,
 * D51397, chapters 6, 9 and 10 (legacy mode).
 *
 * All devices are in one domain with one page table, the OS's nested table: the
 * root table names one context table for every bus, that one the domain for
 * every device.
 */
#ifndef IOMMU_VT_D_H
#define IOMMU_VT_D_H

#include "core/npt.h"
#include "iommu/unit.h"

/* Does it read tables from memory only, past the CPUs' caches? */
bool vt_d_is_past_caches(const struct unit *unit);

/*
 * Can it be used, with this table?  NULL, or why not, in the middle of a
 * sentence.  Changes nothing.
 */
const char *vt_d_unusable(const struct unit *unit, const struct npt *os,
			  bool has_1g_pages);

/* Fill the root table and the context table, a page each. */
void vt_d_fill_devices(uint64_t *root, uint64_t *context, const struct npt *os);

/*
 * Have devices see what the table shows.  NULL, or why it cannot be done, in
 * the middle of a sentence: then it is to be stopped.
 */
const char *vt_d_start(struct unit *unit, hpa_t root);

/* Devices see all of memory; registers are as they were found. */
void vt_d_stop(struct unit *unit);

/*
 * Have it forget all that it remembers of tables; when it has,
 * vt_d_forgotten() is `number`, in 32 bits.  Not before it has done with the
 * last one.
 */
void vt_d_forget(struct unit *unit, uint64_t number);
uint32_t vt_d_forgotten(const struct unit *unit);

#endif
