/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/guest_mem.h"

#include "core/hv.h"
#include "lib/string.h"

#define ENTRY_PRESENT	UINT64_C(1)
#define ENTRY_LARGE	UINT64_C(0x80)
#define ENTRY_ADDRESS	UINT64_C(0x000ffffffffff000)
#define ROOT_PAE	UINT64_C(0xffffffe0)
#define ROOT_32		UINT64_C(0xfffff000)
#define LARGE_32	UINT64_C(0xffc00000)
#define LARGE_32_HIGH	UINT64_C(0x001fe000)	/* bits 39:32, in 20:13 */

bool guest_mem_is_page(struct cpu *cpu, gpa_t at)
{
	return is_page_aligned(at.v) &&
	       owner_is_os_page(&cpu->hv->owner, os_gpa_to_hpa(at));
}

/* A view of the bytes [at, at + size), or NULL. */
static char *view(struct cpu *cpu, gpa_t at, size_t size)
{
	uint64_t offset = at.v & (PAGE_SIZE - 1);
	gpa_t page = gpa(at.v - offset);

	if (offset + size > PAGE_SIZE || !guest_mem_is_page(cpu, page))
		return NULL;
	return (char *)platform_view_page(cpu->id, os_gpa_to_hpa(page)) +
	       offset;
}

int guest_mem_read(struct cpu *cpu, gpa_t from, void *to, size_t size)
{
	const char *source = view(cpu, from, size);

	if (!source)
		return HV_EINVAL;
	memcpy(to, source, size);
	return HV_OK;
}

int guest_mem_write(struct cpu *cpu, gpa_t to, const void *from, size_t size)
{
	char *target = view(cpu, to, size);

	if (!target)
		return HV_EINVAL;
	memcpy(target, from, size);
	return HV_OK;
}

/* The kind of page tables that the OS uses: APM Vol. 2, 5.2 and 5.3. */
struct tables {
	uint64_t root;
	int top_level;
	int large_level;	/* the highest that may have pages */
	int index_bits;
	unsigned int entry_size;
};

static struct tables find_tables(struct cpu *cpu)
{
	uint64_t cr4 = cpu->vendor->get(&cpu->os_vcpu, GUEST_CR4);
	uint64_t cr3 = cpu->vendor->get(&cpu->os_vcpu, GUEST_CR3);

	if (cpu->vendor->get(&cpu->os_vcpu, GUEST_EFER) & EFER_LMA)
		return (struct tables){ cr3 & ENTRY_ADDRESS,
					cr4 & CR4_LA57 ? 4 : 3, 2, 9, 8 };
	if (cr4 & CR4_PAE)
		return (struct tables){ cr3 & ROOT_PAE, 2, 1, 9, 8 };
	return (struct tables){ cr3 & ROOT_32, 1, cr4 & CR4_PSE ? 1 : 0, 10,
				4 };
}

/* Where a page is; a large one of 32-bit tables may lie above 4 GiB. */
static uint64_t page_address(const struct tables *tables, int level,
			     uint64_t entry)
{
	if (level > 0 && tables->entry_size == 4)
		return (entry & LARGE_32) | (entry & LARGE_32_HIGH) << 19;
	return entry & ENTRY_ADDRESS;
}

static bool walk(struct cpu *cpu, const struct tables *tables, uint64_t address,
		 gpa_t *out)
{
	uint64_t indexes = (UINT64_C(1) << tables->index_bits) - 1;
	uint64_t table = tables->root;
	int level;

	for (level = tables->top_level; level >= 0; level--) {
		int shift = 12 + tables->index_bits * level;
		uint64_t entry = 0;
		gpa_t at = gpa(table + (address >> shift & indexes) *
			       tables->entry_size);

		if (guest_mem_read(cpu, at, &entry, tables->entry_size))
			return false;
		if (!(entry & ENTRY_PRESENT))
			return false;
		if (level == 0 ||
		    (level <= tables->large_level && entry & ENTRY_LARGE)) {
			uint64_t mask = (UINT64_C(1) << shift) - 1;

			*out = gpa((page_address(tables, level, entry) &
				    ~mask) | (address & mask));
			return true;
		}
		table = entry & ENTRY_ADDRESS;
	}
	return false;
}

bool guest_mem_walk(struct cpu *cpu, uint64_t address, gpa_t *out)
{
	struct tables tables;

	if (!(cpu->vendor->get(&cpu->os_vcpu, GUEST_CR0) & CR0_PG)) {
		*out = gpa(address);
		return true;
	}
	tables = find_tables(cpu);
	return walk(cpu, &tables, address, out);
}
