/* SPDX-License-Identifier: BSD-2-Clause */
#include "common_pal.h"
#include <pal_host.h>
#include <string.h>
#include "../system/case.h"
#include "abi/hypercall.h"
#include "host/file.h"
#include "secret.h"

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

void hostile_pal_destroy(const struct hostile_pal *pal)
{
	int64_t status;

	do
		status = hostile_call(HC_PAL_DESTROY, pal->handle, 0, 0, NULL);
	while (status == HV_EAGAIN);
	CHECK_EQ(status, HV_OK);
}
