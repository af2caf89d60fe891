/* SPDX-License-Identifier: BSD-2-Clause */
#include "fake_iommu.h"

#include "abi/hypercall.h"

struct fake_iommu fake_iommu;

int iommu_init(struct hv *hv, const struct hv_launch *launch)
{
	(void)hv;
	(void)launch;
	return HV_OK;
}

int iommu_start(struct hv *hv)
{
	(void)hv;
	if (fake_iommu.is_taken)
		return HV_ENOTSUP;
	fake_iommu.is_on = fake_iommu.is_there;
	return HV_OK;
}

void iommu_stop(void)
{
	fake_iommu.stop_count += fake_iommu.is_on;
	fake_iommu.is_on = false;
}

bool iommu_is_on(void)
{
	return fake_iommu.is_on;
}

void iommu_flush(uint64_t epoch)
{
	fake_iommu.flush_count++;
	fake_iommu.asked_epoch = epoch;
	if (!fake_iommu.is_slow)
		fake_iommu.passed_epoch = epoch;
}

uint64_t iommu_epoch(void)
{
	return fake_iommu.is_on ? fake_iommu.passed_epoch : UINT64_MAX;
}
