/* SPDX-License-Identifier: BSD-2-Clause */
/* core/iommu.h as the core sees it: an IOMMU that forgets when a test says. */
#ifndef UNIT_FAKE_IOMMU_H
#define UNIT_FAKE_IOMMU_H

#include "core/iommu.h"

struct fake_iommu {
	bool is_there;
	bool is_taken;		/* by the OS */
	bool is_slow;		/* forgets nothing until it is told to */
	bool is_on;
	unsigned int flush_count, stop_count;
	uint64_t asked_epoch, passed_epoch;
};

/* All false: there is none.  fake_machine() makes it so. */
extern struct fake_iommu fake_iommu;

#endif
