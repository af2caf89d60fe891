/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/pal_build.h"

#include "core/guest_mem.h"
#include "core/hv.h"
#include "lib/assert.h"
#include "lib/string.h"

/* Pages moved in one hypercall: some 10 microseconds. */
#define PAGES_PER_PIECE		16u

/* The identity page, the root, the tables that lead to what is mapped here. */
#define SPACE_PAGES		20u

/* Long-mode page table entries of the guest: APM Vol. 2, 5.3. */
#define GUEST_TABLE	UINT64_C(0x27)	/* present, writable, user, accessed */
#define GUEST_LARGE	UINT64_C(0xe7)	/* the same, dirty, 2 MiB page */
#define GUEST_TABLE_AT(i)	(PAL_TABLE_GPA + (i) * PAGE_SIZE)

/* Page 0 is the root, page 1 below it, pages 2 to 5 map 1 GiB each. */
int pal_build_shared_tables(struct hv *hv)
{
	uint64_t *tables[PAL_TABLE_PAGES];
	unsigned int i;

	if (hv->pages.count < PAL_TABLE_PAGES)
		return HV_ENOMEM;
	for (i = 0; i < PAL_TABLE_PAGES; i++) {
		tables[i] = pages_get(&hv->pages);
		hv->pal_tables[i] = ptr_to_hpa(tables[i]);
	}
	tables[0][0] = GUEST_TABLE_AT(1) | GUEST_TABLE;
	for (i = 0; i < 4; i++)
		tables[1][i] = GUEST_TABLE_AT(2 + i) | GUEST_TABLE;
	for (i = 0; i < 4 * 512; i++)
		tables[2 + i / 512][i % 512] = i * BLOCK_SIZE | GUEST_LARGE;
	return HV_OK;
}

static int get_page(struct hv *hv, struct pal *pal, void **page)
{
	hpa_t at;
	int err = owner_page_get(&hv->owner, pal_slot(hv, pal), &at);

	if (err)
		return err;
	pal->page_count++;
	*page = hpa_to_ptr(at);
	return HV_OK;
}

/* After this, mapping one page in the PAL's space cannot fail. */
static int reserve_tables(struct hv *hv, struct pal *pal)
{
	void *page;

	while (pal->tables.count < 4) {		/* 5 levels less the root */
		int err = get_page(hv, pal, &page);

		if (err)
			return err;
		pages_put(&pal->tables, page);
	}
	return HV_OK;
}

/* Map one page; needs reserve_tables(). */
static void map_page(struct pal *pal, uint64_t at, hpa_t to,
		     unsigned int access)
{
	struct gpa_range range = gpa_page(gpa(at));
	int err = npt_prepare(&pal->npt, range, NPT_4K);

	ASSERT(!err);
	npt_set(&pal->npt, range, NPT_4K, to, access);
}

static unsigned int npt_access(uint32_t access)
{
	return (access & PAL_ACCESS_R ? NPT_R : 0) |
	       (access & PAL_ACCESS_W ? NPT_W : 0) |
	       (access & PAL_ACCESS_X ? NPT_X : 0);
}

/* A private, zeroed page at this address of the PAL. */
static int add_page(struct hv *hv, struct pal *pal, uint64_t at,
		    unsigned int access, void **page)
{
	int err = reserve_tables(hv, pal);

	if (err)
		return err;
	err = get_page(hv, pal, page);
	if (err)
		return err;
	map_page(pal, at, ptr_to_hpa(*page), access);
	return HV_OK;
}

int pal_build_space(struct hv *hv, struct pal *pal)
{
	int err = owner_pages_check(&hv->owner, SPACE_PAGES);
	unsigned int i;

	if (err)
		return err;
	err = reserve_tables(hv, pal);		/* from here on nothing fails */
	ASSERT(!err);
	err = npt_init(&pal->npt, hv->vendor->npt, hv->os_npt.levels,
		       &pal->tables);
	ASSERT(!err);
	pal->npt.tag = hv->next_tag++;
	for (i = 0; i < PAL_TABLE_PAGES; i++) {
		err = reserve_tables(hv, pal);
		ASSERT(!err);
		map_page(pal, GUEST_TABLE_AT(i), hv->pal_tables[i],
			 NPT_R | NPT_W);
	}
	err = add_page(hv, pal, PAL_IDENTITY_BASE, NPT_R, &pal->identity);
	ASSERT(!err);
	return HV_OK;
}

/* Skip segments that have no file page left; false when that was the last. */
static bool find_image_page(struct pal *pal)
{
	const struct pal_image_header *header = pal->header;

	while (pal->part < header->segment_count &&
	       pal->part_offset == header->segments[pal->part].file_size) {
		pal->part++;
		pal->part_offset = 0;
	}
	return pal->part < header->segment_count;
}

static int add_image_page(struct hv *hv, struct pal *pal, void **page)
{
	const struct pal_image_segment *segment =
		&pal->header->segments[pal->part];
	int err = add_page(hv, pal, segment->base + pal->part_offset,
			   npt_access(segment->access), page);

	if (!err)
		pal->part_offset += PAGE_SIZE;
	return err;
}

static int load_page(struct cpu *cpu, struct pal *pal, gpa_t source)
{
	void *page;
	int err;

	if (!guest_mem_is_page(cpu, source))
		return HV_EINVAL;
	err = add_image_page(cpu->hv, pal, &page);
	if (err)
		return err;
	err = guest_mem_read(cpu, source, page, PAGE_SIZE);
	ASSERT(!err);
	return HV_OK;
}

/* Where in the image's file the next page is. */
static uint64_t file_offset(const struct pal *pal)
{
	uint64_t offset = PAL_IMAGE_HEADER_SIZE + pal->part_offset;
	uint32_t i;

	for (i = 0; i < pal->part; i++)
		offset += pal->header->segments[i].file_size;
	return offset;
}

int pal_load_own(struct hv *hv, struct pal *pal,
		 const struct pal_image_header *image)
{
	unsigned int i;

	for (i = 0; !pal->is_loaded && find_image_page(pal); i++) {
		const char *source = (const char *)image + file_offset(pal);
		void *page;
		int err;

		if (i == PAGES_PER_PIECE)
			return HV_EAGAIN;
		err = add_image_page(hv, pal, &page);
		if (err)
			return err;
		memcpy(page, source, PAGE_SIZE);
	}
	return HV_OK;
}

/* Entry i of a list page, read once. */
static int read_list(struct cpu *cpu, gpa_t list, uint64_t i, gpa_t *entry)
{
	uint64_t value;
	int err = guest_mem_read(cpu, gpa_add(list, i * sizeof(value)), &value,
				 sizeof(value));

	if (!err)
		*entry = gpa(value);
	return err;
}

/* The PAL of this handle, if it is being built and the list makes sense. */
static int find_for_list(struct hv *hv, uint64_t handle, gpa_t list,
			 uint64_t count, struct pal **pal)
{
	*pal = pal_find(hv, handle);
	if (!*pal)
		return HV_ENOENT;
	if (pal_state(*pal) != PAL_LOADING || !is_page_aligned(list.v) ||
	    count < 1 || count > HC_LIST_MAX)
		return HV_EINVAL;
	return HV_OK;
}

int pal_load(struct cpu *cpu, uint64_t handle, gpa_t list, uint64_t count,
	     uint64_t *done)
{
	struct pal *pal;
	int err = find_for_list(cpu->hv, handle, list, count, &pal);
	gpa_t source;

	for (*done = 0; !err && *done < count && *done < PAGES_PER_PIECE;) {
		if (pal->is_loaded || !find_image_page(pal))
			return HV_EINVAL;
		err = read_list(cpu, list, *done, &source);
		if (!err)
			err = load_page(cpu, pal, source);
		if (!err)
			++*done;
	}
	return err;
}

static int window_page(struct cpu *cpu, struct pal *pal, gpa_t page)
{
	struct hv *hv = cpu->hv;
	int err;

	if (pal->window_size == PAL_WINDOW_END - PAL_WINDOW_BASE)
		return HV_EINVAL;
	if (!is_page_aligned(page.v))
		return HV_EINVAL;
	err = reserve_tables(hv, pal);
	if (err)
		return err;
	err = owner_window_get(&hv->owner, os_gpa_to_hpa(page));
	if (err)
		return err;
	map_page(pal, PAL_WINDOW_BASE + pal->window_size, os_gpa_to_hpa(page),
		 NPT_R | NPT_W);
	pal->window_size += PAGE_SIZE;
	return HV_OK;
}

int pal_window(struct cpu *cpu, uint64_t handle, gpa_t list, uint64_t count,
	       uint64_t *done)
{
	struct pal *pal;
	int err = find_for_list(cpu->hv, handle, list, count, &pal);
	gpa_t page;

	for (*done = 0; !err && *done < count && *done < PAGES_PER_PIECE;) {
		err = read_list(cpu, list, *done, &page);
		if (!err)
			err = window_page(cpu, pal, page);
		if (!err)
			++*done;
	}
	return err;
}

/*
 * Part i of the memory that starts as zeros: the rest of each segment, each
 * stack, the area for calls from peers.  False after the last.
 */
static bool zero_part(const struct pal *pal, uint32_t i,
		      struct pal_image_segment *part)
{
	const struct pal_image_header *header = pal->header;

	if (i < header->segment_count) {
		*part = header->segments[i];
		return true;
	}
	i -= header->segment_count;
	*part = (struct pal_image_segment){
		.base = PAL_STACK_TOP(i) - header->stack_size,
		.memory_size = header->stack_size,
		.access = PAL_ACCESS_R | PAL_ACCESS_W,
	};
	if (i < header->thread_count)
		return true;
	part->base = PAL_PEER_BASE;
	part->memory_size = header->thread_count * header->arg_size;
	return i == header->thread_count && header->flags & PAL_FLAG_PEER;
}

/* One more zeroed page; *more says whether there was one to make. */
static int add_zero_page(struct hv *hv, struct pal *pal, bool *more)
{
	struct pal_image_segment part;
	void *page;
	int err;

	*more = false;
	for (; zero_part(pal, pal->part, &part); pal->part++) {
		if (pal->part_offset < part.file_size)
			pal->part_offset = part.file_size;
		if (pal->part_offset < part.memory_size) {
			*more = true;
			break;
		}
		pal->part_offset = 0;
	}
	if (!*more)
		return HV_OK;
	err = add_page(hv, pal, part.base + pal->part_offset,
		       npt_access(part.access), &page);
	if (!err)
		pal->part_offset += PAGE_SIZE;
	return err;
}

/* The page of a thread whose other page was not to be had stays for later. */
static int add_thread(struct hv *hv, struct pal *pal, bool *more)
{
	uint32_t i = pal->thread_count;
	void *page;
	int err = HV_OK;

	*more = i < pal->header->thread_count;
	if (!*more)
		return HV_OK;
	if (!pal->threads[i]) {
		err = get_page(hv, pal, &page);
		if (err)
			return err;
		pal->threads[i] = page;
	}
	if (pal->flags & PAL_FLAG_PEER)
		err = add_page(hv, pal, PAL_CALLER_BASE + i * PAGE_SIZE, NPT_R,
			       &pal->threads[i]->caller_identity);
	if (!err)
		pal->thread_count++;
	return err;
}

int pal_prepare_window(struct hv *hv, struct pal *pal, uint64_t size)
{
	uint64_t at;

	for (at = 0; at < size; at += PAGE_SIZE) {
		int err = reserve_tables(hv, pal);

		if (!err)
			err = npt_prepare(&pal->npt,
					  gpa_page(gpa(PAL_WINDOW_BASE + at)),
					  NPT_4K);
		if (err)
			return err;
	}
	return HV_OK;
}

/* A piece of what starts as zeros, then of the threads. */
int pal_start_own(struct hv *hv, struct pal *pal)
{
	unsigned int i;

	if (pal_state(pal) != PAL_LOADING)
		return HV_EINVAL;
	if (!pal->is_loaded) {
		if (find_image_page(pal))
			return HV_EINVAL;
		pal->is_loaded = true;
		pal->part = 0;
	}
	for (i = 0; i < PAGES_PER_PIECE; i++) {
		bool more;
		int err = add_zero_page(hv, pal, &more);

		if (!err && !more)
			err = add_thread(hv, pal, &more);
		if (err)
			return err;
		if (!more) {
			pal_set_state(pal, PAL_WAITING);
			return HV_OK;
		}
	}
	return HV_EAGAIN;
}

int pal_start(struct hv *hv, uint64_t handle)
{
	struct pal *pal = pal_find(hv, handle);

	return pal ? pal_start_own(hv, pal) : HV_ENOENT;
}
