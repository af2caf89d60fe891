/* SPDX-License-Identifier: BSD-2-Clause */
/* For prove_npt.c: pages that are page tables, and no others. */
#include "core/platform.h"
#include "machine.h"

#define TABLE_BASE	(UINT64_C(1) << 40)
#define TABLE_COUNT	3u

/* Each is an object of its own: CBMC is quicker with many small ones. */
static uint64_t table_0[TABLE_ENTRIES], table_1[TABLE_ENTRIES],
	table_2[TABLE_ENTRIES];
static uint64_t *const tables[TABLE_COUNT] = { table_0, table_1, table_2 };
static unsigned int tables_used;

void *hpa_to_ptr(hpa_t pa)
{
	uint64_t i = (pa.v - TABLE_BASE) >> PAGE_SHIFT;

	CLAIM(is_page_aligned(pa.v) && i < tables_used,
	      "there is memory at this address");
	return tables[i];
}

hpa_t ptr_to_hpa(const void *p)
{
	unsigned int i = 0;

	while (i < tables_used && tables[i] != p)
		i++;
	CLAIM(i < tables_used, "there is an address for this pointer");
	return hpa(TABLE_BASE + i * PAGE_SIZE);
}

/* Zeroed ones, until it pleases to have no more. */
void *pages_get(struct page_list *list)
{
	(void)list;
	if (tables_used == TABLE_COUNT || any_bool())
		return NULL;
	return tables[tables_used++];
}
