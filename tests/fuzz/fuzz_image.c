/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The header of a PAL image.  Input: its first bytes; the rest is zero.  The
 * hypervisor's judgement must keep its promises, and libpal's, which only
 * explains it, must be the same, also of a file of which no more is there.
 */
#include <stdlib.h>
#include <string.h>
#include "abi/hypercall.h"
#include "core/pal_image.h"
#include "fuzz.h"
#include "tool/image_check.h"

static void check_promises(const struct pal_image_header *header)
{
	uint64_t file_size = PAL_IMAGE_HEADER_SIZE, end = PAL_IMAGE_BASE;

	REQUIRE(header->thread_count && header->thread_count <= 64);
	REQUIRE(header->stack_size % 4096 == 0 &&
		header->stack_size <= PAL_STACK_MAX);
	REQUIRE(header->arg_size % 4096 == 0 &&
		header->arg_size * header->thread_count <=
			PAL_WINDOW_END - PAL_WINDOW_BASE);
	for (uint32_t i = 0; i < header->segment_count; i++) {
		const struct pal_image_segment *segment = &header->segments[i];

		REQUIRE(segment->base >= end);
		end = segment->base + segment->memory_size;
		REQUIRE(end > segment->base && end <= PAL_IMAGE_END);
		REQUIRE(end % 4096 == 0 && segment->base % 4096 == 0);
		REQUIRE(segment->file_size <= segment->memory_size);
		REQUIRE(~segment->access & (PAL_ACCESS_W | PAL_ACCESS_X));
		file_size += segment->file_size;
	}
	REQUIRE(header->image_size == file_size);
}

static void check_file(const struct pal_image_header *header, int reason)
{
	struct pal_image_header copy;
	int judged = image_check(header, sizeof(*header), &copy);

	if (!reason && header->image_size > sizeof(*header))
		reason = PAL_IMAGE_TRUNCATED;
	REQUIRE(judged == reason);
	REQUIRE(judged || !memcmp(&copy, header, sizeof(copy)));
	REQUIRE(*image_reason((unsigned int)judged));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct pal_image_header header, copy;
	int reason;

	memset(&header, 0, sizeof(header));
	if (size > sizeof(header))
		size = sizeof(header);
	memcpy(&header, bytes, size);
	reason = pal_image_check(&header);
	REQUIRE(reason == image_check_header(&header));
	if (!reason)
		check_promises(&header);
	check_file(&header, reason);
	/* The file's end may be anywhere. */
	(void)image_check(bytes, size, &copy);
	return 0;
}
