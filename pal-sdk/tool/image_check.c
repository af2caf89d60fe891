/* SPDX-License-Identifier: BSD-2-Clause */
/* Judging a PAL image: pure functions over bytes. */
#include "image_check.h"
#include <stdbool.h>
#include <string.h>
#include "abi/hypercall.h"

static bool is_page_aligned(uint64_t value)
{
	return value % PAL_PAGE_SIZE == 0;
}

static bool is_zero(const void *bytes, size_t size)
{
	const unsigned char *byte = bytes;

	for (size_t i = 0; i < size; i++)
		if (byte[i])
			return false;
	return true;
}

/* Printable, without spaces, not empty, ended by zeros only. */
static bool is_name(const char *name, size_t size)
{
	size_t length = 0;

	while (length < size && name[length] > ' ' && name[length] <= '~')
		length++;
	return length && length < size && is_zero(name + length, size - length);
}

static int check_segment(const struct pal_image_segment *segment)
{
	uint32_t known = PAL_ACCESS_R | PAL_ACCESS_W | PAL_ACCESS_X;

	if (!is_page_aligned(segment->base) ||
	    !is_page_aligned(segment->memory_size) || !segment->memory_size ||
	    segment->base < PAL_IMAGE_BASE || segment->base > PAL_IMAGE_END ||
	    segment->memory_size > PAL_IMAGE_END - segment->base)
		return PAL_IMAGE_BAD_RANGE;
	if (!is_page_aligned(segment->file_size) ||
	    segment->file_size > segment->memory_size)
		return PAL_IMAGE_BAD_SIZE;
	if (segment->reserved)
		return PAL_IMAGE_BAD_FLAGS;
	if (segment->access & ~known || !(segment->access & PAL_ACCESS_R) ||
	    (segment->access & PAL_ACCESS_W && segment->access & PAL_ACCESS_X))
		return PAL_IMAGE_BAD_ACCESS;
	return 0;
}

/* Also tells whether some executable segment holds the entry. */
static int check_segments(const struct pal_image_header *header)
{
	uint64_t end = 0;
	uint64_t file_size = PAL_IMAGE_HEADER_SIZE;
	bool entry_found = false;

	for (uint32_t i = 0; i < header->segment_count; i++) {
		const struct pal_image_segment *segment = &header->segments[i];
		int reason = check_segment(segment);

		if (reason)
			return reason;
		if (segment->base < end)
			return PAL_IMAGE_BAD_ORDER;
		end = segment->base + segment->memory_size;
		file_size += segment->file_size;
		if (segment->access & PAL_ACCESS_X &&
		    header->entry >= segment->base && header->entry < end)
			entry_found = true;
	}
	if (file_size != header->image_size)
		return PAL_IMAGE_BAD_SIZE;
	return entry_found ? 0 : PAL_IMAGE_BAD_ENTRY;
}

static bool is_rest_zero(const struct pal_image_header *header)
{
	uint32_t used = header->segment_count;

	return is_zero(header->zero, sizeof(header->zero)) &&
	       is_zero(&header->segments[used],
		       (PAL_MAX_SEGMENTS - used) * sizeof(header->segments[0]));
}

/* In the hypervisor's order, so that both give the same reason. */
int image_check_header(const struct pal_image_header *header)
{
	uint64_t window = PAL_WINDOW_END - PAL_WINDOW_BASE;

	if (header->magic != PAL_IMAGE_MAGIC)
		return PAL_IMAGE_BAD_MAGIC;
	if (header->version != PAL_IMAGE_VERSION)
		return PAL_IMAGE_BAD_VERSION;
	if (header->flags & ~(uint32_t)(PAL_FLAG_DEBUG | PAL_FLAG_PEER) ||
	    header->reserved)
		return PAL_IMAGE_BAD_FLAGS;
	if (!is_name(header->name, sizeof(header->name)))
		return PAL_IMAGE_BAD_NAME;
	if (!header->thread_count || header->thread_count > PAL_MAX_THREADS)
		return PAL_IMAGE_BAD_THREADS;
	if (!header->stack_size || !is_page_aligned(header->stack_size) ||
	    header->stack_size > PAL_STACK_MAX)
		return PAL_IMAGE_BAD_STACK;
	if (!is_page_aligned(header->arg_size) ||
	    header->arg_size > window / header->thread_count)
		return PAL_IMAGE_BAD_ARGS;
	if (header->flags & PAL_FLAG_PEER &&
	    header->arg_size > PAL_PEER_SIZE_MAX)
		return PAL_IMAGE_BAD_ARGS;
	if (!header->segment_count || header->segment_count > PAL_MAX_SEGMENTS)
		return PAL_IMAGE_BAD_SEGMENTS;
	if (!is_rest_zero(header))
		return PAL_IMAGE_BAD_FLAGS;
	return check_segments(header);
}

int image_check(const void *bytes, size_t size, struct pal_image_header *header)
{
	struct pal_image_header copy;
	int reason;

	if (size < sizeof(copy.magic))
		return PAL_IMAGE_BAD_MAGIC;
	memcpy(&copy.magic, bytes, sizeof(copy.magic));
	if (copy.magic != PAL_IMAGE_MAGIC)
		return PAL_IMAGE_BAD_MAGIC;
	if (size < sizeof(copy))
		return PAL_IMAGE_TRUNCATED;
	memcpy(&copy, bytes, sizeof(copy));
	reason = image_check_header(&copy);
	if (reason)
		return reason;
	if (copy.image_size > size)
		return PAL_IMAGE_TRUNCATED;
	*header = copy;
	return 0;
}

const char *image_reason(unsigned int reason)
{
	static const char *const clauses[] = {
		[0] = "no reason given",
		[PAL_IMAGE_BAD_MAGIC] =
			"it is not a PAL image (pal pack makes one)",
		[PAL_IMAGE_BAD_VERSION] =
			"it has another format version: pack it again",
		[PAL_IMAGE_BAD_FLAGS] =
			"unknown flags, or reserved bytes that are not zero",
		[PAL_IMAGE_BAD_NAME] =
			"its name is empty, unprintable, has spaces or does not end",
		[PAL_IMAGE_BAD_THREADS] = "its thread count is not 1 to 64",
		[PAL_IMAGE_BAD_STACK] =
			"its stack size is zero, odd or above 2044 KiB",
		[PAL_IMAGE_BAD_SEGMENTS] = "its segment count is not 1 to 16",
		[PAL_IMAGE_BAD_RANGE] =
			"a segment is unaligned, empty or outside the layout",
		[PAL_IMAGE_BAD_ORDER] =
			"its segments overlap or are not in ascending order",
		[PAL_IMAGE_BAD_ACCESS] =
			"a segment is unreadable, or writable and executable",
		[PAL_IMAGE_BAD_SIZE] =
			"its parts do not add up to its stated size",
		[PAL_IMAGE_BAD_ENTRY] = "its entry point is not in code",
		[PAL_IMAGE_BAD_ARGS] =
			"its argument size is unaligned or too large",
		[PAL_IMAGE_TRUNCATED] = "the file ends too early",
	};

	if (reason >= sizeof(clauses) / sizeof(clauses[0]) || !clauses[reason])
		return "for a reason that this version does not know";
	return clauses[reason];
}
