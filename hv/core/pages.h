/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A list of spare pages: the hypervisor's only allocator.
 *
 * The pages of the hypervisor's own allocation are on one list for the life of
 * the hypervisor; each PAL has a short one of pool pages for its page tables.
 */
#ifndef CORE_PAGES_H
#define CORE_PAGES_H

#include <stddef.h>

struct page_list {
	struct spare_page *free;
	size_t count;
};

/* Give one page; its content does not matter and is lost. */
void pages_put(struct page_list *list, void *page);

/* Take one page, zeroed; NULL if there is none. */
void *pages_get(struct page_list *list);

#endif
