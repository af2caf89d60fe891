/* SPDX-License-Identifier: BSD-2-Clause */
/* image_check() on good, wrong and random images. */
#include "tool/image_check.h"
#include <stdlib.h>
#include <string.h>
#include "abi/hypercall.h"
#include "core/pal_image.h"
#include "tap.h"

#define IMAGE_SIZE (PAL_IMAGE_HEADER_SIZE + 2 * PAL_PAGE_SIZE)

struct image {
	struct pal_image_header header;
	unsigned char pages[2 * PAL_PAGE_SIZE];
};

static struct image good_image(void)
{
	struct image image = {
		.header =
			{
				.magic = PAL_IMAGE_MAGIC,
				.version = PAL_IMAGE_VERSION,
				.image_size = IMAGE_SIZE,
				.entry = PAL_IMAGE_BASE + 16,
				.thread_count = 2,
				.segment_count = 2,
				.stack_size = 0x10000,
				.arg_size = 0x4000,
				.name = "test",
				.segments =
					{
						{PAL_IMAGE_BASE, 4096, 4096,
						 PAL_ACCESS_R | PAL_ACCESS_X,
						 0},
						{PAL_IMAGE_BASE + 0x2000, 8192,
						 4096,
						 PAL_ACCESS_R | PAL_ACCESS_W,
						 0},
					},
			},
	};

	return image;
}

static int judge(const struct image *image)
{
	struct pal_image_header header;

	return image_check(image, sizeof(*image), &header);
}

static void a_good_image_passes_at_any_alignment(void)
{
	static char memory[sizeof(struct image) + 1];
	struct image image = good_image();
	struct pal_image_header header;

	memcpy(memory + 1, &image, sizeof(image));
	CHECK(image_check(memory + 1, sizeof(image), &header) == 0);
	CHECK(!memcmp(&header, &image.header, sizeof(header)));
}

#define REFUSED(change, reason)                                                \
	do {                                                                   \
		struct image image = good_image();                             \
		struct pal_image_header *header = &image.header;               \
		struct pal_image_segment *segment = header->segments;          \
                                                                               \
		(void)segment;                                                 \
		change;                                                        \
		CHECK(judge(&image) == (reason));                              \
	} while (0)

static void each_wrong_field_has_its_reason(void)
{
	REFUSED(header->magic ^= 1, PAL_IMAGE_BAD_MAGIC);
	REFUSED(header->version++, PAL_IMAGE_BAD_VERSION);
	REFUSED(header->flags = 4, PAL_IMAGE_BAD_FLAGS);
	REFUSED(header->reserved = 1, PAL_IMAGE_BAD_FLAGS);
	REFUSED(header->zero[17] = 1, PAL_IMAGE_BAD_FLAGS);
	REFUSED(segment[2].base = 1, PAL_IMAGE_BAD_FLAGS);
	REFUSED(segment[1].reserved = 1, PAL_IMAGE_BAD_FLAGS);
	REFUSED(memset(header->name, 'a', 32), PAL_IMAGE_BAD_NAME);
	REFUSED(header->name[1] = '\n', PAL_IMAGE_BAD_NAME);
	REFUSED(header->name[20] = 'x', PAL_IMAGE_BAD_NAME);
	REFUSED(header->name[1] = ' ', PAL_IMAGE_BAD_NAME);
	REFUSED(memset(header->name, 0, 32), PAL_IMAGE_BAD_NAME);
	REFUSED(header->thread_count = 0, PAL_IMAGE_BAD_THREADS);
	REFUSED(header->thread_count = 65, PAL_IMAGE_BAD_THREADS);
	REFUSED(header->stack_size = 0, PAL_IMAGE_BAD_STACK);
	REFUSED(header->stack_size = 100, PAL_IMAGE_BAD_STACK);
	REFUSED(header->stack_size = 0x200000, PAL_IMAGE_BAD_STACK);
	REFUSED(header->segment_count = 0, PAL_IMAGE_BAD_SEGMENTS);
	REFUSED(header->segment_count = 17, PAL_IMAGE_BAD_SEGMENTS);
	REFUSED(header->segment_count = UINT32_MAX, PAL_IMAGE_BAD_SEGMENTS);
	REFUSED(header->arg_size = 100, PAL_IMAGE_BAD_ARGS);
	REFUSED(header->arg_size = 1 << 30, PAL_IMAGE_BAD_ARGS);
	REFUSED(header->entry = 0, PAL_IMAGE_BAD_ENTRY);
	REFUSED(header->entry = segment[1].base, PAL_IMAGE_BAD_ENTRY);
	REFUSED(header->image_size -= 4096, PAL_IMAGE_BAD_SIZE);
}

static void each_wrong_segment_has_its_reason(void)
{
	REFUSED(segment[0].base += 1, PAL_IMAGE_BAD_RANGE);
	REFUSED(segment[0].base -= 4096, PAL_IMAGE_BAD_RANGE);
	REFUSED(segment[0].memory_size = 0, PAL_IMAGE_BAD_RANGE);
	REFUSED(segment[0].file_size = 8192, PAL_IMAGE_BAD_SIZE);
	REFUSED(segment[1].base = PAL_IMAGE_END, PAL_IMAGE_BAD_RANGE);
	REFUSED(segment[1].memory_size = UINT64_MAX - 4095,
		PAL_IMAGE_BAD_RANGE);
	REFUSED(segment[1].base = UINT64_MAX - 4095, PAL_IMAGE_BAD_RANGE);
	REFUSED(segment[1].base = segment[0].base, PAL_IMAGE_BAD_ORDER);
	REFUSED(segment[0].memory_size = 0x3000, PAL_IMAGE_BAD_ORDER);
	REFUSED(segment[1].access = PAL_ACCESS_W, PAL_IMAGE_BAD_ACCESS);
	REFUSED(segment[1].access = 7, PAL_IMAGE_BAD_ACCESS);
	REFUSED(segment[1].access = 0, PAL_IMAGE_BAD_ACCESS);
	REFUSED(segment[1].access |= 8, PAL_IMAGE_BAD_ACCESS);
	REFUSED(segment[1].file_size = 0, PAL_IMAGE_BAD_SIZE);
}

static void a_cut_off_image_is_refused_at_every_length(void)
{
	struct image image = good_image();
	struct pal_image_header header;

	for (size_t size = 0; size < sizeof(image); size += 7) {
		/* An exact allocation: the sanitizer sees any overrun. */
		void *part = malloc(size ? size : 1);

		memcpy(part, &image, size);
		CHECK(image_check(part, size, &header) != 0);
		free(part);
	}
}

static void random_changes_are_judged_as_by_the_hypervisor(void)
{
	struct pal_image_header header;

	srand(1);
	for (int round = 0; round < 200000; round++) {
		struct image image = good_image();
		unsigned char *bytes = (unsigned char *)&image;

		for (int change = rand() % 4; change >= 0; change--)
			bytes[rand() % 200] = (unsigned char)rand();
		/* The hypervisor's judgement is the one that counts. */
		CHECK(image_check_header(&image.header) ==
		      pal_image_check(&image.header));
		if (image_check(&image, sizeof(image), &header))
			continue;
		CHECK(header.image_size <= sizeof(image));
		CHECK(header.thread_count && header.thread_count <= 64);
	}
}

static void every_number_has_a_reason_text(void)
{
	for (unsigned int reason = 0; reason < 300; reason++)
		CHECK(image_reason(reason) && *image_reason(reason));
	CHECK(image_reason(UINT32_MAX) != NULL);
}

int main(void)
{
	RUN(a_good_image_passes_at_any_alignment);
	RUN(each_wrong_field_has_its_reason);
	RUN(each_wrong_segment_has_its_reason);
	RUN(a_cut_off_image_is_refused_at_every_length);
	RUN(random_changes_are_judged_as_by_the_hypervisor);
	RUN(every_number_has_a_reason_text);
	return TAP_END();
}
