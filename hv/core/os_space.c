/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/os_space.h"

#include "core/iommu.h"
#include "lib/assert.h"

#define RWX		(NPT_R | NPT_W | NPT_X)
#define LOW_END		(4 * GIB)	/* devices live below this, too */
#define MSI_SIZE	UINT64_C(0x100000)

static uint64_t eager_end(const struct hv *hv)
{
	uint64_t end = hv->owner.block_count << BLOCK_SHIFT;

	end = (end + GIB - 1) & ~(GIB - 1);
	return end > LOW_END ? end : LOW_END;
}

/* The largest pages that the CPU has. */
static int map_identity(struct hv *hv, struct gpa_range range)
{
	int level = hv->has_1g_pages ? NPT_1G : NPT_2M;
	int err = npt_prepare(&hv->os_npt, range, level);

	if (!err)
		npt_set(&hv->os_npt, range, level, os_gpa_to_hpa(range.base),
			RWX);
	return err;
}

int os_space_hide(struct hv *hv, struct gpa_range range, int level)
{
	int err = npt_prepare(&hv->os_npt, range, level);

	if (!err)
		npt_set(&hv->os_npt, range, level, hpa(0), 0);
	return err;
}

/* The APIC's registers read-only, the rest of the message area not at all. */
static int guard_apic(struct hv *hv)
{
	struct gpa_range messages = { gpa(hv->apic_base), MSI_SIZE };
	struct gpa_range registers = { gpa(hv->apic_base), PAGE_SIZE };
	int err = os_space_hide(hv, messages, NPT_4K);

	if (err)
		return err;
	npt_set(&hv->os_npt, registers, NPT_4K, os_gpa_to_hpa(registers.base),
		NPT_R);
	return HV_OK;
}

/*
 * Elsewhere it would lie in RAM, the hypervisor's even, or in what is mapped
 * only when it is touched, which would undo the guard.
 */
static bool is_apic_sane(const struct hv *hv)
{
	uint64_t last = hv->apic_base + MSI_SIZE - 1;

	return hv->apic_base < LOW_END && last < LOW_END &&
	       (hv->apic_base & (PAGE_SIZE - 1)) == 0 &&
	       owner_block_state(&hv->owner, hpa(hv->apic_base)) ==
		       OWNER_NOT_RAM &&
	       owner_block_state(&hv->owner, hpa(last)) == OWNER_NOT_RAM;
}

int os_space_init(struct hv *hv, hpa_t memory, uint64_t size)
{
	struct gpa_range all = { gpa(0), eager_end(hv) };
	struct gpa_range own = { gpa(memory.v), size };
	int err = HV_ENOTSUP;

	if (is_apic_sane(hv))
		err = map_identity(hv, all);
	if (!err)
		err = os_space_hide(hv, own, NPT_2M);
	if (err)
		return err;
	return hv->has_apic_guard ? guard_apic(hv) : HV_OK;
}

/* Above this the CPU or the table has no bits. */
static uint64_t physical_end(const struct hv *hv)
{
	int bits = PAGE_SHIFT + hv->os_npt.levels * TABLE_SHIFT;
	uint64_t end = UINT64_C(1) << bits;

	return end < hv->physical_end ? end : hv->physical_end;
}

bool os_space_fill(struct hv *hv, gpa_t at, unsigned int access)
{
	struct gpa_range range = { gpa(at.v & ~(GIB - 1)), GIB };
	unsigned int allowed;
	hpa_t to;

	if (at.v >= physical_end(hv))
		return false;
	if (npt_translate(&hv->os_npt, at, &to, &allowed))
		return (access & ~allowed) == 0;
	if (at.v < eager_end(hv))
		return false;
	return map_identity(hv, range) == HV_OK;
}

/*
 * The hypervisor sees pool memory at a fixed distance, so a translation that
 * some CPU still remembers after the block has left the pool is never wrong.
 */
static struct gpa_range own_view(uint64_t base)
{
	return gpa_block(gpa(PLATFORM_POOL_BASE + base));
}

int os_space_give_block(struct hv *hv, uint64_t base)
{
	struct gpa_range block = gpa_block(gpa(base));
	int err = owner_pool_add_check(&hv->owner, base);
	uint64_t epoch;

	if (!err)
		err = npt_prepare(&hv->os_npt, block, NPT_2M);
	if (!err)
		err = npt_prepare(&hv->own, own_view(base), NPT_2M);
	if (err)
		return err;
	npt_set(&hv->os_npt, block, NPT_2M, hpa(0), 0);
	npt_set(&hv->own, own_view(base), NPT_2M, hpa(base), NPT_R | NPT_W);
	epoch = atomic_fetch_add(&hv->epoch, 1) + 1;
	iommu_flush(epoch);
	owner_pool_add(&hv->owner, hpa(base), epoch);
	return HV_OK;
}

int os_space_take_block(struct hv *hv, uint64_t base)
{
	struct gpa_range block = gpa_block(gpa(base));
	int err = owner_pool_remove_check(&hv->owner, base);

	if (err)
		return err;
	owner_pool_remove(&hv->owner, hpa(base));
	npt_set(&hv->own, own_view(base), NPT_2M, hpa(0), 0);
	npt_set(&hv->os_npt, block, NPT_2M, os_gpa_to_hpa(block.base), RWX);
	iommu_flush(atomic_load(&hv->epoch));
	return HV_OK;
}
