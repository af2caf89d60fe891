/* SPDX-License-Identifier: BSD-2-Clause */
#include "common_pal.h"
#include <pal_host.h>
#include <string.h>
#include "../system/case.h"
#include "abi/hypercall.h"
#include "abi/pal_image.h"
#include "host/file.h"
#include "secret.h"

#define FILLING 0x4000000u /* bytes: more than the pool has */

bool hostile_pal_prepare(struct hostile_pal *pal)
{
	size_t size;
	void *image;

	*pal = (struct hostile_pal){.block = hostile_block()};
	pal->at = hostile_map(pal->block, HOSTILE_BLOCK);
	if (file_read(SECRET_IMAGE, &image, &size)) {
		case_fail("cannot read %s", SECRET_IMAGE);
		return false;
	}
	memcpy(pal->at, image, HOSTILE_PAGE);
	memcpy(pal->at + HOSTILE_IMAGE * HOSTILE_PAGE,
	       (unsigned char *)image + HOSTILE_PAGE, size - HOSTILE_PAGE);
	pal->image_pages = size / HOSTILE_PAGE - 1;
	return true;
}

uint64_t hostile_pal_page(const struct hostile_pal *pal, unsigned int page)
{
	return pal->block + page * HOSTILE_PAGE;
}

uint64_t *hostile_pal_list(const struct hostile_pal *pal, unsigned int page)
{
	return (uint64_t *)(void *)(pal->at + page * HOSTILE_PAGE);
}

int64_t hostile_pal_create(struct hostile_pal *pal)
{
	struct pal *other;

	/* The loader's PAL makes the pool grow; its pages are then free. */
	if (!pal_open(SECRET_IMAGE, &other))
		pal_close(other);
	return hostile_call(HC_PAL_CREATE, pal->block, pal->block, 0,
			    &pal->handle);
}

int64_t hostile_pal_load(const struct hostile_pal *pal)
{
	uint64_t *list = hostile_pal_list(pal, HOSTILE_LIST);
	uint64_t done = 0, taken;
	int64_t status = HV_OK;

	while (!status && done < pal->image_pages) {
		for (uint64_t i = done; i < pal->image_pages; i++)
			list[i - done] = hostile_pal_page(
				pal, HOSTILE_IMAGE + (unsigned int)i);
		status = hostile_call(HC_PAL_LOAD, pal->handle,
				      hostile_pal_page(pal, HOSTILE_LIST),
				      pal->image_pages - done, &taken);
		done += taken;
	}
	return status;
}

/* It is given zeroed memory, page by page, until there is none. */
bool hostile_pal_fill_pool(struct hostile_pal *pal)
{
	struct pal_image_header *header;
	int64_t status;

	if (!hostile_pal_prepare(pal))
		return false;
	header = (struct pal_image_header *)(void *)pal->at;
	header->segments[header->segment_count - 1].memory_size = FILLING;
	if (hostile_pal_create(pal) || hostile_pal_load(pal)) {
		case_fail("no PAL to fill the pool with");
		return false;
	}
	do
		status = hostile_call(HC_PAL_START, pal->handle, 0, 0, NULL);
	while (status == HV_EAGAIN);
	if (status != HV_ENOMEM)
		case_fail("the pool is not full: %lld", (long long)status);
	return status == HV_ENOMEM;
}

void hostile_pal_destroy(const struct hostile_pal *pal)
{
	int64_t status;

	do
		status = hostile_call(HC_PAL_DESTROY, pal->handle, 0, 0, NULL);
	while (status == HV_EAGAIN);
	CHECK_EQ(status, HV_OK);
}
