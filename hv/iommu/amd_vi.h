/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One AMD IOMMU: AMD I/O Virtualization Technology (IOMMU) Specification,
 * 48882, chapters 2 and 3.
 *
 * All devices are in one domain with one page table, the OS's nested table; the
 * device table says so 65,536 times, so that no bus number escapes.
 */
#ifndef IOMMU_AMD_VI_H
#define IOMMU_AMD_VI_H

#include "iommu/unit.h"

/*
 * Can it be used, with a table of so many levels?  NULL, or why not, in the
 * middle of a sentence.  Changes nothing.
 */
const char *amd_vi_unusable(const struct unit *unit, int levels);

/* Fill HV_DEVICE_TABLE_SIZE bytes. */
void amd_vi_fill_devices(uint64_t *table, hpa_t root, int levels);

/* From here on devices see what the table shows. */
void amd_vi_start(struct unit *unit, hpa_t device_table);

/* Devices see all of memory; registers are as they were found. */
void amd_vi_stop(struct unit *unit);

/*
 * Have it forget all that it remembers of tables; when it has,
 * amd_vi_forgotten() is `number`.  Not before it has done with the last one.
 */
void amd_vi_forget(struct unit *unit, uint64_t number);
uint64_t amd_vi_forgotten(const struct unit *unit);

#endif
