/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/pal_image.h"

#include <stdbool.h>

#include "abi/hypercall.h"
#include "core/addr.h"

static bool is_zero(const uint8_t *bytes, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		if (bytes[i])
			return false;
	return true;
}

/* Printable, not empty, ended by zeros only. */
static bool is_name(const char *name)
{
	unsigned int i = 0;

	while (i < HV_PAL_NAME_SIZE && name[i] > ' ' && name[i] <= '~')
		i++;
	return i > 0 && i < HV_PAL_NAME_SIZE &&
	       is_zero((const uint8_t *)name + i, HV_PAL_NAME_SIZE - i);
}

static bool is_access(uint32_t access)
{
	if (!(access & PAL_ACCESS_R))
		return false;
	if (access & ~(uint32_t)(PAL_ACCESS_R | PAL_ACCESS_W | PAL_ACCESS_X))
		return false;
	return !(access & PAL_ACCESS_W) || !(access & PAL_ACCESS_X);
}

static int check_segment(const struct pal_image_segment *segment)
{
	struct gpa_range range;

	if (!gpa_range_make(segment->base, segment->memory_size, &range))
		return PAL_IMAGE_BAD_RANGE;
	if (segment->base < PAL_IMAGE_BASE ||
	    segment->base + segment->memory_size > PAL_IMAGE_END)
		return PAL_IMAGE_BAD_RANGE;
	if (!is_page_aligned(segment->file_size) ||
	    segment->file_size > segment->memory_size)
		return PAL_IMAGE_BAD_SIZE;
	if (segment->reserved)
		return PAL_IMAGE_BAD_FLAGS;
	return is_access(segment->access) ? 0 : PAL_IMAGE_BAD_ACCESS;
}

static bool holds(const struct pal_image_segment *segment, uint64_t at)
{
	return at >= segment->base && at - segment->base < segment->memory_size;
}

static int check_segments(const struct pal_image_header *header)
{
	uint64_t file_size = PAL_IMAGE_HEADER_SIZE;
	uint64_t end = 0;
	bool has_entry = false;
	uint32_t i;

	for (i = 0; i < header->segment_count; i++) {
		const struct pal_image_segment *segment = &header->segments[i];
		int reason = check_segment(segment);

		if (reason)
			return reason;
		if (segment->base < end)
			return PAL_IMAGE_BAD_ORDER;
		end = segment->base + segment->memory_size;
		file_size += segment->file_size;
		if (segment->access & PAL_ACCESS_X)
			has_entry |= holds(segment, header->entry);
	}
	if (file_size != header->image_size)
		return PAL_IMAGE_BAD_SIZE;
	return has_entry ? 0 : PAL_IMAGE_BAD_ENTRY;
}

static bool has_clean_tail(const struct pal_image_header *header)
{
	const struct pal_image_segment *rest =
		&header->segments[header->segment_count];
	const struct pal_image_segment *end =
		&header->segments[PAL_MAX_SEGMENTS];

	return is_zero((const uint8_t *)rest,
		       (unsigned int)((const uint8_t *)end -
				      (const uint8_t *)rest)) &&
	       is_zero(header->zero, sizeof(header->zero));
}

int pal_image_check(const struct pal_image_header *header)
{
	if (header->magic != PAL_IMAGE_MAGIC)
		return PAL_IMAGE_BAD_MAGIC;
	if (header->version != PAL_IMAGE_VERSION)
		return PAL_IMAGE_BAD_VERSION;
	if (header->flags & ~(uint32_t)(PAL_FLAG_DEBUG | PAL_FLAG_PEER) ||
	    header->reserved)
		return PAL_IMAGE_BAD_FLAGS;
	if (!is_name(header->name))
		return PAL_IMAGE_BAD_NAME;
	if (header->thread_count < 1 || header->thread_count > PAL_MAX_THREADS)
		return PAL_IMAGE_BAD_THREADS;
	if (header->stack_size == 0 || header->stack_size > PAL_STACK_MAX ||
	    !is_page_aligned(header->stack_size))
		return PAL_IMAGE_BAD_STACK;
	if (!is_page_aligned(header->arg_size) ||
	    header->arg_size > (PAL_WINDOW_END - PAL_WINDOW_BASE) /
				       header->thread_count)
		return PAL_IMAGE_BAD_ARGS;
	if (header->flags & PAL_FLAG_PEER &&
	    header->arg_size > PAL_PEER_SIZE_MAX)
		return PAL_IMAGE_BAD_ARGS;
	if (header->segment_count < 1 ||
	    header->segment_count > PAL_MAX_SEGMENTS)
		return PAL_IMAGE_BAD_SEGMENTS;
	if (!has_clean_tail(header))
		return PAL_IMAGE_BAD_FLAGS;
	return check_segments(header);
}
