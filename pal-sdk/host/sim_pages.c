/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The hypervisor builds a PAL page by page, and before each it fills a stock of
 * pages for tables.  What it takes depends on the order, the same here.
 */
#include "sim_pages.h"
#include <stdbool.h>

#define STOCK	     4 /* pages for tables, before each page */
#define TABLE_PAGES  6 /* the tables of all PALs, at PAL_SPACE_END */
#define SHIFT_2M     21
#define SHIFT_1G     30
#define SPACE_END    (PAL_SPACE_END + (1UL << SHIFT_1G))

struct count {
	uint64_t pages;
	unsigned int stock;
	bool has_2m[SPACE_END >> SHIFT_2M]; /* there is a table for these */
	bool has_1g[SPACE_END >> SHIFT_1G];
};

static void fill_stock(struct count *count)
{
	count->pages += STOCK - count->stock;
	count->stock = STOCK;
}

static void take_table(struct count *count, bool *has_table)
{
	if (!*has_table)
		count->stock--;
	*has_table = true;
}

/* Somebody else's pages. */
static void map(struct count *count, uint64_t base, uint64_t size)
{
	for (uint64_t at = base; at < base + size; at += PAL_PAGE_SIZE) {
		fill_stock(count);
		take_table(count, &count->has_1g[at >> SHIFT_1G]);
		take_table(count, &count->has_2m[at >> SHIFT_2M]);
	}
}

/* Pages of the PAL's own. */
static void add(struct count *count, uint64_t base, uint64_t size)
{
	map(count, base, size);
	count->pages += size / PAL_PAGE_SIZE;
}

static void add_space(struct count *count)
{
	count->pages++; /* the header */
	fill_stock(count);
	count->stock--; /* the root, and then the one table below it */
	fill_stock(count);
	count->stock--;
	map(count, PAL_SPACE_END, TABLE_PAGES * PAL_PAGE_SIZE);
	add(count, PAL_IDENTITY_BASE, PAL_PAGE_SIZE);
}

static void add_image(struct count *count,
		      const struct pal_image_header *header)
{
	for (uint32_t i = 0; i < header->segment_count; i++)
		add(count, header->segments[i].base,
		    header->segments[i].file_size);
}

/* What starts as zeros. */
static void add_rest(struct count *count, const struct pal_image_header *header)
{
	for (uint32_t i = 0; i < header->segment_count; i++) {
		const struct pal_image_segment *segment = &header->segments[i];

		add(count, segment->base + segment->file_size,
		    segment->memory_size - segment->file_size);
	}
	for (uint32_t i = 0; i < header->thread_count; i++)
		add(count, PAL_STACK_TOP((uint64_t)i) - header->stack_size,
		    header->stack_size);
	if (header->flags & PAL_FLAG_PEER)
		add(count, PAL_PEER_BASE,
		    header->thread_count * header->arg_size);
}

static void add_threads(struct count *count,
			const struct pal_image_header *header)
{
	count->pages += header->thread_count;
	if (header->flags & PAL_FLAG_PEER)
		add(count, PAL_CALLER_BASE,
		    header->thread_count * (uint64_t)PAL_PAGE_SIZE);
}

uint64_t sim_pages(const struct pal_image_header *header, uint64_t window_size)
{
	struct count count = {0};

	add_space(&count);
	add_image(&count, header);
	map(&count, PAL_WINDOW_BASE, window_size);
	add_rest(&count, header);
	add_threads(&count, header);
	return count.pages;
}
