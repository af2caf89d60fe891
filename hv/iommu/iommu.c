/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * core/iommu.h over all IOMMUs of the machine, which do everything alike.
 *
 * One request to forget is under way at a time; what comes meanwhile is one
 * more, afterwards.  Nobody waits for an IOMMU.
 */
#include "core/iommu.h"

#include "abi/launch.h"
#include "core/hv.h"
#include "core/os_space.h"
#include "iommu/amd_vi.h"
#include "x86/paging.h"

#define REGISTERS_END	(4 * GIB)	/* what lies above is not hidden yet */

static struct {
	struct amd_vi units[IVRS_UNITS_MAX];
	unsigned int unit_count;
	hpa_t device_table;
	bool is_on;
	uint64_t request;	/* the number of the last one made */
	uint64_t request_epoch;	/* what has passed when it is done */
	bool is_wanted;		/* another one, for this epoch: */
	uint64_t wanted_epoch;
	uint64_t passed_epoch;
} iommu;

static bool are_sane(const struct ivrs_unit *units, int count)
{
	int i;

	for (i = 0; i < count; i++)
		if (units[i].registers % AMD_VI_REGISTERS_SIZE != 0 ||
		    units[i].registers == 0 ||
		    units[i].registers >= REGISTERS_END)
			return false;
	return count > 0;
}

static int add(struct hv *hv, unsigned int i, const struct ivrs_unit *found,
	       uint64_t *words)
{
	struct amd_vi *unit = &iommu.units[i];
	struct gpa_range registers = { gpa(found->registers),
				       AMD_VI_REGISTERS_SIZE };

	unit->flags = found->flags;
	unit->forgotten = &words[i];
	unit->commands = pages_get(&hv->pages);
	unit->registers = paging_map_iommu(hv, i, hpa(found->registers));
	if (!unit->commands || !unit->registers)
		return HV_ENOMEM;
	return os_space_hide(hv, registers, NPT_4K);
}

static int take(struct hv *hv, hpa_t device_table,
		const struct ivrs_unit *units, int count)
{
	struct gpa_range block = gpa_block(gpa(device_table.v));
	uint64_t *words = pages_get(&hv->pages);
	int err = words ? HV_OK : HV_ENOMEM;
	unsigned int i;

	for (i = 0; i < (unsigned int)count && !err; i++)
		err = add(hv, i, &units[i], words);
	if (!err)
		err = os_space_hide(hv, block, NPT_2M);
	if (!err)
		err = paging_map_block(hv, device_table);
	if (err)
		return err;
	iommu.device_table = device_table;
	iommu.unit_count = (unsigned int)count;
	return HV_OK;
}

int iommu_init(struct hv *hv, const struct hv_launch *launch)
{
	struct ivrs_unit units[IVRS_UNITS_MAX];
	int count;

	if (!launch->ivrs || !launch->device_table)
		return HV_OK;
	count = ivrs_units((const void *)launch->ivrs, launch->ivrs_size,
			   units);
	if (are_sane(units, count))
		return take(hv, hpa(launch->device_table), units, count);
	log_line(&hv->log, "IOMMU: the firmware's table IVRS is malformed");
	return HV_OK;
}

static bool are_usable(struct hv *hv)
{
	unsigned int i;

	for (i = 0; i < iommu.unit_count; i++) {
		const char *why = amd_vi_unusable(&iommu.units[i],
						  hv->os_npt.levels);

		if (!why)
			continue;
		log_line(&hv->log, "no DMA protection: IOMMU %u %s", i, why);
		return false;
	}
	return true;
}

static bool is_request_done(void)
{
	unsigned int i;

	for (i = 0; i < iommu.unit_count; i++)
		if (amd_vi_forgotten(&iommu.units[i]) != iommu.request)
			return false;
	return true;
}

static void request(void)
{
	unsigned int i;

	iommu.is_wanted = false;
	iommu.request++;
	iommu.request_epoch = iommu.wanted_epoch;
	for (i = 0; i < iommu.unit_count; i++)
		amd_vi_forget(&iommu.units[i], iommu.request);
}

static void follow(void)
{
	if (!is_request_done())
		return;
	iommu.passed_epoch = iommu.request_epoch;
	if (iommu.is_wanted)
		request();
}

int iommu_start(struct hv *hv)
{
	unsigned int i;

	if (!iommu.unit_count)
		return HV_OK;
	if (!are_usable(hv))
		return HV_ENOTSUP;
	amd_vi_fill_devices(hpa_to_ptr(iommu.device_table), hv->os_npt.root,
			    hv->os_npt.levels);
	for (i = 0; i < iommu.unit_count; i++)
		amd_vi_start(&iommu.units[i], iommu.device_table);
	iommu.is_on = true;
	log_line(&hv->log, "DMA protection is on, by %u IOMMU(s)", iommu.unit_count);
	iommu_flush(atomic_load(&hv->epoch));
	return HV_OK;
}

void iommu_stop(void)
{
	unsigned int i;

	if (!iommu.is_on)
		return;
	iommu.is_on = false;
	for (i = 0; i < iommu.unit_count; i++)
		amd_vi_stop(&iommu.units[i]);
}

bool iommu_is_on(void)
{
	return iommu.is_on;
}

void iommu_flush(uint64_t epoch)
{
	if (!iommu.is_on)
		return;
	iommu.is_wanted = true;
	iommu.wanted_epoch = epoch;
	follow();
}

uint64_t iommu_epoch(void)
{
	if (!iommu.is_on)
		return UINT64_MAX;
	follow();
	return iommu.passed_epoch;
}
