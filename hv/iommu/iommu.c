/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * core/iommu.h over all IOMMUs of the machine, which are of one maker and do
 * everything alike.
 *
 * One request to forget is under way at a time; what comes meanwhile is one
 * more, afterwards.  Nobody waits for an IOMMU.
 */
#include "core/iommu.h"

#include "abi/launch.h"
#include "core/hv.h"
#include "core/os_space.h"
#include "core/platform.h"
#include "iommu/amd_vi.h"
#include "iommu/dmar.h"
#include "iommu/ivrs.h"
#include "iommu/vt_d.h"
#include "lib/string.h"
#include "x86/layout.h"
#include "x86/paging.h"

#define REGISTERS_END	(4 * GIB)	/* what lies above is not hidden yet */
#define REGISTERS_MAX	0x10000u

static struct {
	struct unit units[TABLE_UNITS_MAX];
	unsigned int unit_count;
	bool is_intels;
	bool is_on;
	hpa_t devices;		/* AMD: device table; Intel: root table */
	uint64_t *context;	/* Intel: of all buses */
	struct memory {
		hpa_t base;
		uint64_t size;
	} memory;		/* the hypervisor's, all tables are there */
	uint64_t request;	/* the number of the last one made */
	uint64_t request_epoch;	/* what has passed when it is done */
	bool is_wanted;		/* another one, for this epoch: */
	uint64_t wanted_epoch;
	uint64_t passed_epoch;
} iommu;

bool iommu_is_amds(const struct hv_launch *launch)
{
	return launch->iommu_table && launch->iommu_table_size >= 4 &&
	       !memcmp((const void *)launch->iommu_table, "IVRS", 4);
}

static bool are_sane(const struct table_unit *units, int count)
{
	uint64_t alignment = iommu.is_intels ? PAGE_SIZE : LAYOUT_IOMMU_STRIDE;
	int i;

	for (i = 0; i < count; i++)
		if (units[i].registers % alignment != 0 ||
		    units[i].registers == 0 || units[i].size > REGISTERS_MAX ||
		    units[i].registers >= REGISTERS_END - REGISTERS_MAX)
			return false;
	return count > 0;
}

static int add(struct hv *hv, unsigned int i, const struct table_unit *found,
	       uint64_t *words)
{
	struct gpa_range registers = { gpa(found->registers), found->size };
	struct unit *unit = &iommu.units[i];

	unit->flags = found->flags;
	unit->forgotten = &words[i];
	unit->commands = pages_get(&hv->pages);
	unit->registers = paging_map_iommu(hv, i, hpa(found->registers));
	if (!unit->commands || !unit->registers)
		return HV_ENOMEM;
	return os_space_hide(hv, registers, NPT_4K);
}

/* Memory for what says that all devices use the OS's table. */
static int take_device_table(struct hv *hv, const struct hv_launch *launch)
{
	struct gpa_range block = gpa_block(gpa(launch->device_table));
	uint64_t *root;
	int err;

	if (iommu.is_intels) {
		root = pages_get(&hv->pages);
		iommu.context = pages_get(&hv->pages);
		if (!root || !iommu.context)
			return HV_ENOMEM;
		iommu.devices = ptr_to_hpa(root);
		return HV_OK;
	}
	iommu.devices = hpa(launch->device_table);
	err = os_space_hide(hv, block, NPT_2M);
	return err ? err : paging_map_block(hv, iommu.devices);
}

static int take(struct hv *hv, const struct hv_launch *launch,
		const struct table_unit *units, int count)
{
	uint64_t *words = pages_get(&hv->pages);
	int err = words ? HV_OK : HV_ENOMEM;
	unsigned int i;

	for (i = 0; i < (unsigned int)count && !err; i++)
		err = add(hv, i, &units[i], words);
	if (!err)
		err = take_device_table(hv, launch);
	if (err)
		return err;
	iommu.memory = (struct memory){ hpa(launch->memory_pa),
					launch->memory_size };
	iommu.unit_count = (unsigned int)count;
	return HV_OK;
}

int iommu_init(struct hv *hv, const struct hv_launch *launch)
{
	const void *table = (const void *)launch->iommu_table;
	struct table_unit units[TABLE_UNITS_MAX];
	int count;

	iommu.is_intels = !iommu_is_amds(launch);
	if (!table || (!iommu.is_intels && !launch->device_table))
		return HV_OK;
	count = iommu.is_intels ?
			dmar_units(table, launch->iommu_table_size, units) :
			ivrs_units(table, launch->iommu_table_size, units);
	if (are_sane(units, count))
		return take(hv, launch, units, count);
	log_line(&hv->log, "IOMMU: the firmware's table %s is malformed",
		 iommu.is_intels ? "DMAR" : "IVRS");
	return HV_OK;
}

static const char *why_unusable(const struct hv *hv, const struct unit *unit)
{
	return iommu.is_intels ?
		       vt_d_unusable(unit, &hv->os_npt, hv->has_1g_pages) :
		       amd_vi_unusable(unit, hv->os_npt.levels);
}

static int refuse(struct hv *hv, unsigned int unit, const char *why)
{
	log_line(&hv->log, "no DMA protection: IOMMU %u %s", unit, why);
	return HV_ENOTSUP;
}

static bool is_request_done(void)
{
	unsigned int i;

	for (i = 0; i < iommu.unit_count; i++) {
		const struct unit *unit = &iommu.units[i];

		if (iommu.is_intels ?
			    vt_d_forgotten(unit) != (uint32_t)iommu.request :
			    amd_vi_forgotten(unit) != iommu.request)
			return false;
	}
	return true;
}

static void request(void)
{
	unsigned int i;

	iommu.is_wanted = false;
	iommu.request++;
	iommu.request_epoch = iommu.wanted_epoch;
	for (i = 0; i < iommu.unit_count; i++)
		if (iommu.is_intels)
			vt_d_forget(&iommu.units[i], iommu.request);
		else
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

static void stop_units(unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (iommu.is_intels)
			vt_d_stop(&iommu.units[i]);
		else
			amd_vi_stop(&iommu.units[i]);
}

static void fill_devices(struct hv *hv)
{
	unsigned int i;

	if (!iommu.is_intels) {
		amd_vi_fill_devices(hpa_to_ptr(iommu.devices), hv->os_npt.root,
				    hv->os_npt.levels);
		return;
	}
	vt_d_fill_devices(hpa_to_ptr(iommu.devices), iommu.context,
			  &hv->os_npt);
	for (i = 0; i < iommu.unit_count; i++)
		if (vt_d_is_past_caches(&iommu.units[i]))
			hv->os_npt.is_written_back = true;
	if (hv->os_npt.is_written_back)
		platform_write_back(hpa_to_ptr(iommu.memory.base),
				    iommu.memory.size);
}

static const char *start_unit(struct unit *unit)
{
	if (iommu.is_intels)
		return vt_d_start(unit, iommu.devices);
	amd_vi_start(unit, iommu.devices);
	return NULL;
}

int iommu_start(struct hv *hv)
{
	const char *why;
	unsigned int i;

	if (!iommu.unit_count)
		return HV_OK;
	for (i = 0; i < iommu.unit_count; i++) {
		why = why_unusable(hv, &iommu.units[i]);
		if (why)
			return refuse(hv, i, why);
	}
	fill_devices(hv);
	for (i = 0; i < iommu.unit_count; i++) {
		why = start_unit(&iommu.units[i]);
		if (why) {
			stop_units(i + 1);
			return refuse(hv, i, why);
		}
	}
	iommu.is_on = true;
	log_line(&hv->log, "DMA protection is on, by %u IOMMU(s) of %s",
		 iommu.unit_count, iommu.is_intels ? "Intel's" : "AMD's");
	iommu_flush(atomic_load(&hv->epoch));
	return HV_OK;
}

void iommu_stop(void)
{
	if (!iommu.is_on)
		return;
	iommu.is_on = false;
	stop_units(iommu.unit_count);
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
