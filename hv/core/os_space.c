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

/* Above this the CPU or the table has no bits. */
static uint64_t physical_end(const struct hv *hv)
{
	int bits = PAGE_SHIFT + hv->os_npt.levels * TABLE_SHIFT;
	uint64_t end = UINT64_C(1) << bits;

	return end < hv->physical_end ? end : hv->physical_end;
}

static int map(struct hv *hv, struct gpa_range range, int level,
	       unsigned int access)
{
	int err = npt_prepare(&hv->os_npt, range, level);

	if (!err)
		npt_set(&hv->os_npt, range, level, os_gpa_to_hpa(range.base),
			access);
	return err;
}

/* The largest pages that the CPU has. */
static int map_identity(struct hv *hv, struct gpa_range range)
{
	return map(hv, range, hv->has_1g_pages ? NPT_1G : NPT_2M, RWX);
}

int os_space_hide(struct hv *hv, struct gpa_range range, int level)
{
	return map(hv, range, level, 0);
}

/* No RAM, and not where the table cannot map. */
static bool is_device(const struct hv *hv, struct gpa_range range)
{
	uint64_t at, end = range.base.v + range.size;

	for (at = range.base.v & ~(BLOCK_SIZE - 1); at < end; at += BLOCK_SIZE)
		if (owner_block_state(&hv->owner, hpa(at)) != OWNER_NOT_RAM)
			return false;
	return end <= physical_end(hv);
}

/*
 * Elsewhere it would lie in RAM, the hypervisor's even, or in what is mapped
 * only when it is touched, which would undo the guard.
 */
static bool is_apic_sane(const struct hv *hv)
{
	struct gpa_range messages = { gpa(hv->apic_base), MSI_SIZE };

	return hv->apic_base < LOW_END - MSI_SIZE &&
	       (hv->apic_base & (PAGE_SIZE - 1)) == 0 &&
	       is_device(hv, messages);
}

/* The APIC's registers read-only, the rest of the message area not at all. */
static int guard_apic(struct hv *hv)
{
	struct gpa_range messages = { gpa(hv->apic_base), MSI_SIZE };
	struct gpa_range registers = { gpa(hv->apic_base), PAGE_SIZE };
	int err = map(hv, messages, NPT_4K, 0);

	return err ? err : map(hv, registers, NPT_4K, NPT_R);
}

/*
 * A row's registers become read-only, with what lies in the same page, or block
 * if there are many (whose 1 GiB, by PCI's rules, holds them all).  What had no
 * entry in the table gets one, so that it is not filled in later.
 */
static int guard_row(struct hv *hv, const struct access_row *row)
{
	int level = row->last - row->first >= MSI_SIZE - 1 ? NPT_2M : NPT_4K;
	uint64_t size = level == NPT_2M ? BLOCK_SIZE : PAGE_SIZE;
	uint64_t base = row->first & ~(size - 1);
	struct gpa_range range = { gpa(base),
				   (row->last | (size - 1)) + 1 - base };
	struct gpa_range around = { gpa(base & ~(GIB - 1)), GIB };
	int err = HV_OK;
	hpa_t to;

	if (row->kind != ACCESS_MEMORY || row->write == ACCESS_PASS ||
	    !is_device(hv, range))
		return HV_OK;
	if (!npt_translate(&hv->os_npt, range.base, &to, NULL))
		err = map_identity(hv, around);
	return err ? err : map(hv, range, level, NPT_R);
}

int os_space_init(struct hv *hv, hpa_t memory, uint64_t size)
{
	struct gpa_range all = { gpa(0), eager_end(hv) };
	struct gpa_range own = { gpa(memory.v), size };
	int err = HV_ENOTSUP;
	unsigned int i;

	if (is_apic_sane(hv))
		err = map_identity(hv, all);
	if (!err)
		err = os_space_hide(hv, own, NPT_2M);
	if (!err && hv->has_apic_guard)
		err = guard_apic(hv);
	for (i = 0; i < hv->machine_row_count && !err; i++)
		err = guard_row(hv, &hv->machine_rows[i]);
	return err;
}

bool os_space_is_read_only(const struct hv *hv, gpa_t at)
{
	unsigned int access;
	hpa_t to;

	return npt_translate(&hv->os_npt, at, &to, &access) &&
	       !(access & NPT_W);
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
