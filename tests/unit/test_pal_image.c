/* SPDX-License-Identifier: BSD-2-Clause */
#include "core/pal_image.h"

#include <string.h>

#include "abi/hypercall.h"
#include "fake_machine.h"
#include "test.h"

#define LAST_PAGE	(UINT64_MAX & ~UINT64_C(0xfff))

static struct pal_image_header header;

/* What the image checker says once `change` is made to a good header. */
#define REASON(change) (fake_header(&header), (void)(change), \
			pal_image_check(&header))
#define REFUSES(reason, change)	CHECK_EQ(REASON(change), reason)
#define ACCEPTS(change)		CHECK_EQ(REASON(change), 0)

static void a_good_header_is_accepted(void)
{
	ACCEPTS(header.flags = 0);
	ACCEPTS(header.flags = PAL_FLAG_DEBUG);
	ACCEPTS(header.flags = PAL_FLAG_PEER | PAL_FLAG_DEBUG);
	ACCEPTS(header.security_version = UINT32_MAX);
	ACCEPTS(header.arg_size = 0);
}

static void what_it_is_must_be_said(void)
{
	REFUSES(PAL_IMAGE_BAD_MAGIC, header.magic = 0);
	REFUSES(PAL_IMAGE_BAD_MAGIC, header.magic ^= UINT64_C(1) << 63);
	REFUSES(PAL_IMAGE_BAD_VERSION, header.version = 0);
	REFUSES(PAL_IMAGE_BAD_VERSION, header.version = PAL_IMAGE_VERSION + 1);
	REFUSES(PAL_IMAGE_BAD_FLAGS,
		header.flags = (PAL_FLAG_DEBUG | PAL_FLAG_PEER) + 1);
	REFUSES(PAL_IMAGE_BAD_FLAGS, header.flags = UINT32_MAX);
	REFUSES(PAL_IMAGE_BAD_FLAGS, header.flags = UINT32_C(1) << 31);
}

static void reserved_fields_are_zero(void)
{
	REFUSES(PAL_IMAGE_BAD_FLAGS, header.reserved = 1);
	REFUSES(PAL_IMAGE_BAD_FLAGS, header.zero[0] = 1);
	REFUSES(PAL_IMAGE_BAD_FLAGS, header.zero[sizeof(header.zero) - 1] = 1);
	REFUSES(PAL_IMAGE_BAD_FLAGS, header.segments[0].reserved = 1);
	REFUSES(PAL_IMAGE_BAD_FLAGS, header.segments[3].base = 1);
	REFUSES(PAL_IMAGE_BAD_FLAGS,
		header.segments[PAL_MAX_SEGMENTS - 1].reserved = 1 << 24);
}

static void a_name_is_printable_and_ended(void)
{
	REFUSES(PAL_IMAGE_BAD_NAME, header.name[0] = 0);
	REFUSES(PAL_IMAGE_BAD_NAME, memset(header.name, 0, 32));
	REFUSES(PAL_IMAGE_BAD_NAME, memset(header.name, 'x', 32));
	ACCEPTS(memset(header.name, 'x', 31));
	REFUSES(PAL_IMAGE_BAD_NAME, header.name[31] = 'x');
	REFUSES(PAL_IMAGE_BAD_NAME, header.name[1] = '\n');
	REFUSES(PAL_IMAGE_BAD_NAME, header.name[1] = 0x7f);
	REFUSES(PAL_IMAGE_BAD_NAME, header.name[1] = (char)0x80);
	REFUSES(PAL_IMAGE_BAD_NAME, header.name[2] = 0);
	ACCEPTS(header.name[1] = '~');
	ACCEPTS(header.name[1] = '!');
}

static void threads_and_stacks_have_bounds(void)
{
	REFUSES(PAL_IMAGE_BAD_THREADS, header.thread_count = 0);
	REFUSES(PAL_IMAGE_BAD_THREADS,
		header.thread_count = PAL_MAX_THREADS + 1);
	REFUSES(PAL_IMAGE_BAD_THREADS, header.thread_count = UINT32_MAX);
	ACCEPTS(header.thread_count = PAL_MAX_THREADS);
	ACCEPTS(header.thread_count = 1);
	REFUSES(PAL_IMAGE_BAD_STACK, header.stack_size = 0);
	REFUSES(PAL_IMAGE_BAD_STACK, header.stack_size = 0x1800);
	REFUSES(PAL_IMAGE_BAD_STACK,
		header.stack_size = PAL_STACK_MAX + 0x1000);
	REFUSES(PAL_IMAGE_BAD_STACK, header.stack_size = LAST_PAGE);
	ACCEPTS(header.stack_size = PAL_STACK_MAX);
	ACCEPTS(header.stack_size = 0x1000);
}

static void be_peer(uint64_t arg_size)
{
	header.flags = PAL_FLAG_PEER;
	header.arg_size = arg_size;
}

static void what_peers_hand_over_is_bounded(void)
{
	ACCEPTS(be_peer(0));
	ACCEPTS(be_peer(PAL_PEER_SIZE_MAX));
	REFUSES(PAL_IMAGE_BAD_ARGS, be_peer(PAL_PEER_SIZE_MAX + PAGE_SIZE));
}

static void arguments_fit_the_window(void)
{
	uint64_t half = (PAL_WINDOW_END - PAL_WINDOW_BASE) / 2;

	ACCEPTS(header.arg_size = half);
	REFUSES(PAL_IMAGE_BAD_ARGS, header.arg_size = half + 0x1000);
	REFUSES(PAL_IMAGE_BAD_ARGS, header.arg_size = 0x800);
	REFUSES(PAL_IMAGE_BAD_ARGS, header.arg_size = LAST_PAGE);
	REFUSES(PAL_IMAGE_BAD_ARGS, header.arg_size = UINT64_C(1) << 63);
}

static void there_are_1_to_16_segments(void)
{
	REFUSES(PAL_IMAGE_BAD_SEGMENTS, header.segment_count = 0);
	REFUSES(PAL_IMAGE_BAD_SEGMENTS, header.segment_count = 17);
	REFUSES(PAL_IMAGE_BAD_SEGMENTS, header.segment_count = UINT32_MAX);
	/* One that is there but not counted is not zero. */
	REFUSES(PAL_IMAGE_BAD_FLAGS, header.segment_count = 2);
	/* One that is counted but empty. */
	REFUSES(PAL_IMAGE_BAD_RANGE, header.segment_count = 4);
}

static void segments_lie_in_the_image_s_range(void)
{
	struct pal_image_segment *last = &header.segments[2];

	REFUSES(PAL_IMAGE_BAD_RANGE, last->base += 0x800);
	REFUSES(PAL_IMAGE_BAD_RANGE, last->memory_size = 0);
	REFUSES(PAL_IMAGE_BAD_RANGE, last->memory_size = 0x5800);
	REFUSES(PAL_IMAGE_BAD_RANGE, last->memory_size = LAST_PAGE);
	REFUSES(PAL_IMAGE_BAD_RANGE, last->memory_size = 0 - last->base);
	REFUSES(PAL_IMAGE_BAD_RANGE, header.segments[0].base = 0);
	REFUSES(PAL_IMAGE_BAD_RANGE,
		header.segments[0].base = PAL_IMAGE_BASE - 0x1000);
	ACCEPTS(last->base = PAL_IMAGE_END - 0x5000);
	REFUSES(PAL_IMAGE_BAD_RANGE, last->base = PAL_IMAGE_END - 0x4000);
	REFUSES(PAL_IMAGE_BAD_RANGE, last->base = PAL_IMAGE_END);
	REFUSES(PAL_IMAGE_BAD_RANGE, last->base = PAL_TABLE_GPA);
	REFUSES(PAL_IMAGE_BAD_RANGE, last->base = LAST_PAGE);
	REFUSES(PAL_IMAGE_BAD_RANGE, last->base = LAST_PAGE - 0x4000);
}

static void segments_ascend_and_do_not_overlap(void)
{
	REFUSES(PAL_IMAGE_BAD_ORDER,
		header.segments[1].base = PAL_IMAGE_BASE + 0x2000);
	ACCEPTS(header.segments[1].base = PAL_IMAGE_BASE + 0x3000);
	REFUSES(PAL_IMAGE_BAD_ORDER, header.segments[2].base = PAL_IMAGE_BASE);
	REFUSES(PAL_IMAGE_BAD_ORDER,
		header.segments[1].base = PAL_IMAGE_BASE + 0x200000);
}

static void nothing_is_writable_and_executable(void)
{
	uint32_t access;

	for (access = 0; access < 16; access++) {
		bool is_good = access == PAL_ACCESS_R ||
			       access == (PAL_ACCESS_R | PAL_ACCESS_W) ||
			       access == (PAL_ACCESS_R | PAL_ACCESS_X);

		CHECK_EQ(REASON(header.segments[2].access = access),
			 is_good ? 0 : PAL_IMAGE_BAD_ACCESS);
	}
	REFUSES(PAL_IMAGE_BAD_ACCESS, header.segments[1].access |= 1U << 31);
}

static void sizes_add_up(void)
{
	REFUSES(PAL_IMAGE_BAD_SIZE, header.image_size -= 0x1000);
	REFUSES(PAL_IMAGE_BAD_SIZE, header.image_size += 1);
	REFUSES(PAL_IMAGE_BAD_SIZE, header.image_size = 0);
	REFUSES(PAL_IMAGE_BAD_SIZE, header.image_size = UINT64_MAX);
	REFUSES(PAL_IMAGE_BAD_SIZE, header.segments[2].file_size = 0x6000);
	REFUSES(PAL_IMAGE_BAD_SIZE, header.segments[2].file_size = 0x1800);
	REFUSES(PAL_IMAGE_BAD_SIZE, header.segments[2].file_size = LAST_PAGE);
	REFUSES(PAL_IMAGE_BAD_SIZE, header.segments[2].file_size = 0);
	ACCEPTS((header.segments[2].file_size = 0,
		 header.image_size -= 0x2000));
}

static void the_entry_is_code(void)
{
	REFUSES(PAL_IMAGE_BAD_ENTRY, header.entry = 0);
	REFUSES(PAL_IMAGE_BAD_ENTRY, header.entry = PAL_IMAGE_BASE - 1);
	ACCEPTS(header.entry = PAL_IMAGE_BASE);
	ACCEPTS(header.entry = PAL_IMAGE_BASE + 0x2fff);
	REFUSES(PAL_IMAGE_BAD_ENTRY, header.entry = PAL_IMAGE_BASE + 0x3000);
	REFUSES(PAL_IMAGE_BAD_ENTRY, header.entry = PAL_IMAGE_BASE + 0x200000);
	REFUSES(PAL_IMAGE_BAD_ENTRY, header.entry = UINT64_MAX);
	REFUSES(PAL_IMAGE_BAD_ENTRY,
		header.segments[0].access = PAL_ACCESS_R);
}

/* What any header that passes keeps, whatever bits were flipped in it. */
static void check_promises(void)
{
	uint64_t end = PAL_IMAGE_BASE;
	uint32_t i;

	CHECK(header.segment_count <= PAL_MAX_SEGMENTS);
	for (i = 0; i < header.segment_count; i++) {
		const struct pal_image_segment *segment = &header.segments[i];

		CHECK(segment->base >= end && segment->base < PAL_IMAGE_END);
		CHECK(segment->memory_size <= PAL_IMAGE_END - segment->base);
		CHECK(segment->file_size <= segment->memory_size);
		CHECK((segment->base | segment->memory_size |
		       segment->file_size) % 0x1000 == 0);
		end = segment->base + segment->memory_size;
	}
	CHECK(header.stack_size <= PAL_STACK_MAX && header.thread_count <= 64);
}

static void flipped_bits_never_break_a_promise(void)
{
	uint64_t seed = 7;
	unsigned int accepted = 0, i, flips;

	for (i = 0; i < 200000; i++) {
		fake_header(&header);
		for (flips = 1 + fake_random(&seed) % 3; flips > 0; flips--) {
			/* The first 256 bytes hold all that is looked at. */
			uint64_t bit = fake_random(&seed) % (256 * 8);

			((uint8_t *)&header)[bit / 8] ^= 1 << bit % 8;
		}
		if (pal_image_check(&header))
			continue;
		accepted++;
		check_promises();
	}
	CHECK(accepted > 100);
}

TESTS(
	RUN(a_good_header_is_accepted);
	RUN(what_it_is_must_be_said);
	RUN(reserved_fields_are_zero);
	RUN(a_name_is_printable_and_ended);
	RUN(threads_and_stacks_have_bounds);
	RUN(arguments_fit_the_window);
	RUN(what_peers_hand_over_is_bounded);
	RUN(there_are_1_to_16_segments);
	RUN(segments_lie_in_the_image_s_range);
	RUN(segments_ascend_and_do_not_overlap);
	RUN(nothing_is_writable_and_executable);
	RUN(sizes_add_up);
	RUN(the_entry_is_code);
	RUN(flipped_bits_never_break_a_promise);
)
