/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/pages.h"

#include "core/addr.h"
#include "lib/string.h"

struct spare_page {
	struct spare_page *next;
};

void pages_put(struct page_list *list, void *page)
{
	struct spare_page *spare = page;

	spare->next = list->free;
	list->free = spare;
	list->count++;
}

void *pages_get(struct page_list *list)
{
	struct spare_page *spare = list->free;

	if (!spare)
		return NULL;
	list->free = spare->next;
	list->count--;
	return memset(spare, 0, PAGE_SIZE);
}
