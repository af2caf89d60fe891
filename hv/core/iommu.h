/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * DMA protection: what the core needs from the machine's IOMMUs.
 *
 * Devices translate by the OS's nested table itself, so what is not the OS's is
 * not theirs either, and there is no second table to keep in step.  What is
 * left is to have IOMMUs forget translations: they do so in their own time and
 * are asked later how far they are, like a CPU (hv->epoch).  hv/iommu/ provides
 * this; a machine may have no IOMMU, or one that the OS uses.
 *
 * All functions but iommu_is_on() and iommu_is_amds() need hv->lock, or come
 * before other CPUs.
 */
#ifndef CORE_IOMMU_H
#define CORE_IOMMU_H

#include <stdbool.h>
#include <stdint.h>

struct hv;
struct hv_launch;

/*
 * Will it be AMD's IOMMUs that walk the OS's table?  Then the table needs the
 * entries of vendor->npt_amd_vi.
 */
bool iommu_is_amds(const struct hv_launch *launch);

/*
 * Find the IOMMUs that the loader tells of and take their registers and tables
 * from the OS, in memory only.  HV_OK (there may be none) or HV_ENOMEM.
 */
int iommu_init(struct hv *hv, const struct hv_launch *launch);

/*
 * Switch them on, all or none.  HV_OK: devices are held off, or there is no
 * IOMMU; HV_ENOTSUP: there is, but it cannot be had (the log says why).
 */
int iommu_start(struct hv *hv);

/* Leave them as they were found.  Nothing if they are not on. */
void iommu_stop(void);

bool iommu_is_on(void);

/* The OS's table has changed, at the latest now, at this epoch: forget it. */
void iommu_flush(uint64_t epoch);

/*
 * Every translation older than this epoch is forgotten; UINT64_MAX if they are
 * not on.
 */
uint64_t iommu_epoch(void);

#endif
