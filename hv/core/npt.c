/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/npt.h"

#include "abi/hypercall.h"
#include "core/platform.h"
#include "lib/assert.h"

#define ENTRIES		(1u << TABLE_SHIFT)
#define ADDR_MASK	UINT64_C(0x000ffffffffff000)

/* Bytes mapped by one entry at this level: 4 KiB, 2 MiB, 1 GiB... */
static unsigned int entry_shift(int level)
{
	return PAGE_SHIFT + (unsigned int)level * TABLE_SHIFT;
}

static uint64_t entry_size(int level)
{
	return UINT64_C(1) << entry_shift(level);
}

static uint64_t *entry_at(hpa_t table, gpa_t at, int level)
{
	uint64_t *entries = hpa_to_ptr(table);

	return &entries[at.v >> entry_shift(level) & (ENTRIES - 1)];
}

static void entry_write(const struct npt *npt, uint64_t *entry, uint64_t value)
{
	__atomic_store_n(entry, value, __ATOMIC_RELEASE);
	if (npt->is_written_back)
		platform_write_back(entry, sizeof(*entry));
}

static hpa_t entry_target(uint64_t entry)
{
	return hpa(entry & ADDR_MASK);
}

static bool is_present(const struct npt_format *fmt, uint64_t entry)
{
	return (entry & fmt->present) != 0;
}

static bool is_table(const struct npt_format *fmt, uint64_t entry, int level)
{
	return level > 0 && is_present(fmt, entry) && !(entry & fmt->large);
}

/* Put a table under *entry.  It maps exactly what the entry mapped before. */
static int split(struct npt *npt, uint64_t *entry, int level)
{
	uint64_t *table = pages_get(npt->pages);
	uint64_t child = *entry;
	unsigned int i;

	if (!table)
		return HV_ENOMEM;
	if (is_present(npt->fmt, child)) {
		if (level == NPT_2M)
			child &= ~npt->fmt->large;
		for (i = 0; i < ENTRIES; i++)
			table[i] = child + i * entry_size(level - 1);
	}
	if (npt->is_written_back)
		platform_write_back(table, PAGE_SIZE);
	entry_write(npt, entry, ptr_to_hpa(table).v | npt->fmt->table |
				   (uint64_t)level * npt->fmt->table_level);
	return HV_OK;
}

int npt_init(struct npt *npt, const struct npt_format *fmt, int levels,
	     struct page_list *pages)
{
	void *root = pages_get(pages);

	if (!root)
		return HV_ENOMEM;
	*npt = (struct npt){
		.fmt = fmt,
		.pages = pages,
		.root = ptr_to_hpa(root),
		.levels = levels,
	};
	return HV_OK;
}

static int prepare_entry(struct npt *npt, gpa_t at, int leaf_level)
{
	hpa_t table = npt->root;
	int level;

	for (level = npt->levels - 1; level > leaf_level; level--) {
		uint64_t *entry = entry_at(table, at, level);

		if (!is_table(npt->fmt, *entry, level)) {
			int err = split(npt, entry, level);

			if (err)
				return err;
		}
		table = entry_target(*entry);
	}
	return HV_OK;
}

int npt_prepare(struct npt *npt, struct gpa_range range, int level)
{
	uint64_t done;

	for (done = 0; done < range.size; done += entry_size(level)) {
		int err = prepare_entry(npt, gpa_add(range.base, done), level);

		if (err)
			return err;
	}
	return HV_OK;
}

static void set_entry(struct npt *npt, gpa_t at, int leaf_level, uint64_t value)
{
	hpa_t table = npt->root;
	uint64_t *entry;
	int level;

	for (level = npt->levels - 1; level > leaf_level; level--) {
		uint64_t next = *entry_at(table, at, level);

		ASSERT(is_table(npt->fmt, next, level));
		table = entry_target(next);
	}
	entry = entry_at(table, at, leaf_level);
	ASSERT(!is_table(npt->fmt, *entry, leaf_level));
	entry_write(npt, entry, value);
}

void npt_set(struct npt *npt, struct gpa_range range, int level, hpa_t to,
	     unsigned int access)
{
	uint64_t bits = 0;
	uint64_t done;

	if (access) {
		bits = npt->fmt->leaf | npt->fmt->perm(access);
		bits |= level > NPT_4K ? npt->fmt->large : 0;
	}
	for (done = 0; done < range.size; done += entry_size(level))
		set_entry(npt, gpa_add(range.base, done), level,
			  access ? hpa_add(to, done).v | bits : 0);
}

bool npt_translate(const struct npt *npt, gpa_t at, hpa_t *out,
		   unsigned int *access)
{
	hpa_t table = npt->root;
	int level;

	for (level = npt->levels - 1; level >= 0; level--) {
		uint64_t entry = *entry_at(table, at, level);

		if (!is_present(npt->fmt, entry))
			return false;
		if (!is_table(npt->fmt, entry, level)) {
			*out = hpa_add(entry_target(entry),
				       at.v & (entry_size(level) - 1));
			if (access)
				*access = npt->fmt->access(entry);
			return true;
		}
		table = entry_target(entry);
	}
	UNREACHABLE();
}
