/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/guest_mem.h"

#include "core/hv.h"
#include "lib/string.h"

#define ENTRY_PRESENT	UINT64_C(1)
#define ENTRY_LARGE	UINT64_C(0x80)
#define ENTRY_ADDRESS	UINT64_C(0x000ffffffffff000)

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

bool guest_mem_walk(struct cpu *cpu, uint64_t address, gpa_t *out)
{
	uint64_t cr4 = cpu->vendor->get(&cpu->os_vcpu, GUEST_CR4);
	uint64_t table = cpu->vendor->get(&cpu->os_vcpu, GUEST_CR3);
	int level;

	for (level = cr4 & CR4_LA57 ? 4 : 3; level >= 0; level--) {
		int shift = 12 + 9 * level;
		uint64_t entry;
		gpa_t at = gpa((table & ENTRY_ADDRESS) +
			       (address >> shift & 511) * sizeof(entry));

		if (guest_mem_read(cpu, at, &entry, sizeof(entry)))
			return false;
		if (!(entry & ENTRY_PRESENT))
			return false;
		if (level == 0 || (level < 3 && entry & ENTRY_LARGE)) {
			uint64_t mask = (UINT64_C(1) << shift) - 1;

			*out = gpa((entry & ENTRY_ADDRESS & ~mask) |
				   (address & mask));
			return true;
		}
		table = entry;
	}
	return false;
}
