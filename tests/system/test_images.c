/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Images that are cut, stretched, changed or random, given to the module
 * directly, past libpal's own check: the hypervisor says why it refuses them.
 */
#include "case.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <signal.h>
#include <setjmp.h>
#include <unistd.h>
#include "abi/ioctl.h"
#include "abi/notary.h"
#include "abi/pal_image.h"

static unsigned char *image;
static size_t image_size;
static struct pal_image_header *header;
static int device;
static void *window;

#define WINDOW_SIZE (64 * PAL_PAGE_SIZE)

static void load(const char *name)
{
	image = case_image(name, &image_size);
	header = (void *)image;
	device = open(PALISADE_DEVICE, O_RDWR | O_CLOEXEC);
	window = mmap(NULL, WINDOW_SIZE, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (device < 0 || window == MAP_FAILED)
		case_fail("no device or no memory");
}

/* The descriptor, or -1 with errno set. */
static int create(const void *bytes, size_t size, struct palisade_create *args)
{
	*args = (struct palisade_create){
		.size = sizeof(*args),
		.image = (uintptr_t)bytes,
		.image_size = size,
		.window = (uintptr_t)window,
		.window_size = WINDOW_SIZE,
	};
	return ioctl(device, PALISADE_CREATE, args);
}

/* The image as it is now is refused for that PAL_IMAGE_* reason. */
static void check_reason(unsigned int line, const char *change, uint32_t reason)
{
	struct palisade_create args;
	int made = create(image, image_size, &args);
	int cause = errno;

	if (made >= 0) {
		case_fail("line %u: %s was accepted", line, change);
		close(made);
	} else if (cause != EINVAL || args.hv_status != HV_EIMAGE ||
		   args.hv_detail != reason) {
		case_fail("line %u: %s: errno %d, status %d, reason %u not %u",
			  line, change, cause, args.hv_status, args.hv_detail,
			  reason);
	}
}

/* Set a field of the header, look, and put it back. */
#define REFUSED(field, value, reason)                                          \
	do {                                                                   \
		__typeof__(header->field) before_ = header->field;             \
                                                                               \
		header->field = (__typeof__(header->field))(value);            \
		check_reason(__LINE__, #field " = " #value, reason);           \
		header->field = before_;                                       \
	} while (0)

static void each_field_of_the_header_is_checked(void)
{
	load("good");
	REFUSED(magic, 0, PAL_IMAGE_BAD_MAGIC);
	REFUSED(magic, PAL_IMAGE_MAGIC ^ 1, PAL_IMAGE_BAD_MAGIC);
	REFUSED(version, 0, PAL_IMAGE_BAD_VERSION);
	REFUSED(version, PAL_IMAGE_VERSION + 1, PAL_IMAGE_BAD_VERSION);
	REFUSED(flags, 4, PAL_IMAGE_BAD_FLAGS);
	REFUSED(flags, 0x80000000, PAL_IMAGE_BAD_FLAGS);
	REFUSED(reserved, 1, PAL_IMAGE_BAD_FLAGS);
	REFUSED(zero[0], 1, PAL_IMAGE_BAD_FLAGS);
	REFUSED(zero[sizeof(header->zero) - 1], 1, PAL_IMAGE_BAD_FLAGS);
	REFUSED(name[0], 0, PAL_IMAGE_BAD_NAME);
	REFUSED(name[0], '\n', PAL_IMAGE_BAD_NAME);
	REFUSED(name[0], 0x9b, PAL_IMAGE_BAD_NAME);
	REFUSED(name[31], 'x', PAL_IMAGE_BAD_NAME);
	REFUSED(thread_count, 0, PAL_IMAGE_BAD_THREADS);
	REFUSED(thread_count, 65, PAL_IMAGE_BAD_THREADS);
	REFUSED(thread_count, UINT32_MAX, PAL_IMAGE_BAD_THREADS);
	REFUSED(stack_size, 0, PAL_IMAGE_BAD_STACK);
	REFUSED(stack_size, 4097, PAL_IMAGE_BAD_STACK);
	REFUSED(stack_size, PAL_STACK_MAX + PAL_PAGE_SIZE, PAL_IMAGE_BAD_STACK);
	REFUSED(stack_size, UINT64_MAX << 12, PAL_IMAGE_BAD_STACK);
	REFUSED(arg_size, 1, PAL_IMAGE_BAD_ARGS);
	REFUSED(arg_size, 0x40000000, PAL_IMAGE_BAD_ARGS);
	REFUSED(arg_size, UINT64_MAX << 12, PAL_IMAGE_BAD_ARGS);
	REFUSED(segment_count, 0, PAL_IMAGE_BAD_SEGMENTS);
	REFUSED(segment_count, 17, PAL_IMAGE_BAD_SEGMENTS);
	REFUSED(segment_count, UINT32_MAX, PAL_IMAGE_BAD_SEGMENTS);
	REFUSED(segment_count, header->segment_count - 1, PAL_IMAGE_BAD_FLAGS);
	REFUSED(segment_count, header->segment_count + 1, PAL_IMAGE_BAD_RANGE);
	REFUSED(image_size, 0, PAL_IMAGE_BAD_SIZE);
	REFUSED(image_size, header->image_size - 1, PAL_IMAGE_BAD_SIZE);
	REFUSED(image_size, header->image_size + 4096, PAL_IMAGE_BAD_SIZE);
	REFUSED(image_size, UINT64_MAX, PAL_IMAGE_BAD_SIZE);
	REFUSED(entry, 0, PAL_IMAGE_BAD_ENTRY);
	REFUSED(entry, PAL_IMAGE_BASE - 1, PAL_IMAGE_BAD_ENTRY);
	REFUSED(entry, UINT64_MAX, PAL_IMAGE_BAD_ENTRY);
	REFUSED(entry, header->segments[1].base, PAL_IMAGE_BAD_ENTRY);
}

static void each_field_of_a_segment_is_checked(void)
{
	load("good");
	REFUSED(segments[0].base, 0, PAL_IMAGE_BAD_RANGE);
	REFUSED(segments[0].base, PAL_IMAGE_BASE + 1, PAL_IMAGE_BAD_RANGE);
	REFUSED(segments[0].base, PAL_IMAGE_BASE - 4096, PAL_IMAGE_BAD_RANGE);
	REFUSED(segments[0].base, PAL_IMAGE_END, PAL_IMAGE_BAD_RANGE);
	REFUSED(segments[0].base, PAL_STACK_BASE, PAL_IMAGE_BAD_RANGE);
	REFUSED(segments[0].base, PAL_WINDOW_BASE, PAL_IMAGE_BAD_RANGE);
	REFUSED(segments[0].base, PAL_SPACE_END, PAL_IMAGE_BAD_RANGE);
	REFUSED(segments[0].base, UINT64_MAX << 12, PAL_IMAGE_BAD_RANGE);
	REFUSED(segments[0].memory_size, 0, PAL_IMAGE_BAD_RANGE);
	REFUSED(segments[0].memory_size, 4095, PAL_IMAGE_BAD_RANGE);
	REFUSED(segments[0].memory_size, PAL_IMAGE_END, PAL_IMAGE_BAD_RANGE);
	REFUSED(segments[0].memory_size, UINT64_MAX << 12,
		PAL_IMAGE_BAD_RANGE);
	REFUSED(segments[0].file_size, 4095, PAL_IMAGE_BAD_SIZE);
	REFUSED(segments[0].file_size, 0, PAL_IMAGE_BAD_SIZE);
	REFUSED(segments[0].file_size, UINT64_MAX << 12, PAL_IMAGE_BAD_SIZE);
	REFUSED(segments[0].access, 0, PAL_IMAGE_BAD_ACCESS);
	REFUSED(segments[0].access, PAL_ACCESS_X, PAL_IMAGE_BAD_ACCESS);
	REFUSED(segments[0].access, 7, PAL_IMAGE_BAD_ACCESS);
	REFUSED(segments[0].access, 13, PAL_IMAGE_BAD_ACCESS);
	REFUSED(segments[0].reserved, 1, PAL_IMAGE_BAD_FLAGS);
	REFUSED(segments[1].base, header->segments[0].base,
		PAL_IMAGE_BAD_ORDER);
	REFUSED(segments[15].base, 1, PAL_IMAGE_BAD_FLAGS);
}

static void a_truncated_image_is_refused(void)
{
	struct palisade_create args;
	struct pal *pal;
	uint64_t random = 7;

	load("good");
	for (int i = 0; i < 300; i++) {
		size_t size = i < 20 ? (size_t)i * 512
				     : case_random(&random) % image_size;
		int made;

		if (pal_open_image(image, size, &pal) != PAL_EIMAGE)
			case_fail("libpal does not refuse %zu bytes", size);
		made = create(image, size, &args);
		if (made >= 0) {
			case_fail("the module does not refuse %zu bytes", size);
			close(made);
		} else if (errno != EINVAL) {
			case_fail("%zu bytes: errno %d", size, errno);
		}
	}
}

/* Claims more bytes than there are: the rest of them is not mapped. */
static void an_image_that_is_partly_unmapped_is_refused(void)
{
	struct palisade_create args;
	unsigned char *place = mmap(NULL, 64 * 4096, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	load("good");
	REQUIRE(place != MAP_FAILED && image_size < 64 * 4096);
	memcpy(place, image, image_size);
	for (size_t mapped = 0; mapped < image_size; mapped += 4096) {
		memcpy(place, image, image_size);
		munmap(place + mapped, 64 * 4096 - mapped);
		CHECK_EQ(create(place, image_size, &args), -1);
		CHECK_EQ(errno, EFAULT);
		REQUIRE(mmap(place, 64 * 4096, PROT_READ | PROT_WRITE,
			     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1,
			     0) == place);
	}
}

static void only_a_signature_may_follow_the_image(void)
{
	static const size_t more[] = {1, 4095, 4097, 8192, 9999};
	struct palisade_create args;
	unsigned char *longer;

	load("good");
	longer = calloc(1, image_size + 10000);
	REQUIRE(longer);
	memcpy(longer, image, image_size);
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
		CHECK_EQ(create(longer, image_size + more[i], &args), -1);
		CHECK_EQ(args.hv_detail, PAL_IMAGE_BAD_SIZE);
	}
	memset(longer + image_size, 0x55, PAL_SIGNATURE_SIZE);
	CHECK_EQ(create(longer, image_size + PAL_SIGNATURE_SIZE, &args), -1);
	CHECK_EQ(args.hv_status, HV_EREFUSED);
	CHECK_EQ(args.hv_detail, -NOTARY_ESIGNATURE);
}

static void an_image_larger_than_memory_is_refused(void)
{
	struct palisade_create args;

	load("good");
	header->segments[header->segment_count - 1].memory_size =
		PAL_IMAGE_END -
		header->segments[header->segment_count - 1].base;
	CHECK_EQ(create(image, image_size, &args), -1);
	CHECK_EQ(errno, ENOMEM);
	CHECK_EQ(args.hv_status, HV_ENOMEM);
}

static sigjmp_buf out_of_time;

static void leave_call(int signal)
{
	(void)signal;
	siglongjmp(out_of_time, 1);
}

/* Call it; code that was changed may loop, so not for ever. */
static void try_call(struct pal *pal)
{
	struct itimerval soon = {{0, 0}, {0, 20000}};
	uint64_t answer;

	signal(SIGALRM, leave_call);
	if (sigsetjmp(out_of_time, 1) == 0) {
		setitimer(ITIMER_REAL, &soon, NULL);
		case_call(pal, 0, 41, &answer);
		setitimer(ITIMER_REAL, &(struct itimerval){{0, 0}, {0, 0}},
			  NULL);
	}
}

static unsigned int open_and_call(void)
{
	struct pal *pal;

	if (pal_open_image(image, image_size, &pal))
		return 0;
	try_call(pal);
	pal_close(pal);
	return 1;
}

static void flip_bits(size_t first, size_t end, unsigned int rounds,
		      unsigned int flips, uint64_t random)
{
	unsigned int accepted = 0;
	unsigned char *pristine;

	load("good");
	if (end > image_size)
		end = image_size;
	pristine = malloc(image_size);
	memcpy(pristine, image, image_size);
	for (unsigned int i = 0; i < rounds; i++) {
		for (unsigned int flip = 0; flip < flips; flip++) {
			uint64_t bit = case_random(&random) %
				       ((end - first) * 8);

			image[first + bit / 8] ^=
				(unsigned char)(1u << bit % 8);
		}
		accepted += open_and_call();
		memcpy(image, pristine, image_size);
	}
	case_note("%u of %u were accepted", accepted, rounds);
	CHECK(case_good_pal_works() == 0);
}

static void bits_flipped_in_the_header_do_no_harm(void)
{
	flip_bits(0, 256, 1500, 1, 1);
}

static void bits_flipped_anywhere_do_no_harm(void)
{
	flip_bits(0, SIZE_MAX, 400, 1, 2);
}

/* The first page of code is the one that runs. */
static void bits_flipped_in_code_do_no_harm(void)
{
	flip_bits(4096, 4096 + 512, 400, 3, 3);
}

static void random_bytes_are_refused(void)
{
	struct palisade_create args;
	uint64_t random = 4;

	load("good");
	for (unsigned int i = 0; i < 300; i++) {
		size_t kept = i % 3 == 0 ? 0 : i % 3 == 1 ? 8 : 12;

		for (size_t at = kept; at < image_size; at++)
			image[at] = (unsigned char)case_random(&random);
		if (create(image, image_size, &args) >= 0)
			case_fail("round %u was accepted", i);
	}
}

/* A good header, and code that is noise. */
static void random_code_does_no_harm(void)
{
	uint64_t random = 5;

	load("good");
	for (unsigned int i = 0; i < 300; i++) {
		for (size_t at = 4096; at < 8192; at++)
			image[at] = (unsigned char)case_random(&random);
		CHECK_EQ(open_and_call(), 1);
	}
}

int main(int argc, char **argv)
{
	case_begin(argc, argv);
	RUN(each_field_of_the_header_is_checked);
	RUN(each_field_of_a_segment_is_checked);
	RUN(a_truncated_image_is_refused);
	RUN(an_image_that_is_partly_unmapped_is_refused);
	RUN(only_a_signature_may_follow_the_image);
	RUN(an_image_larger_than_memory_is_refused);
	RUN(bits_flipped_in_the_header_do_no_harm);
	RUN(bits_flipped_anywhere_do_no_harm);
	RUN(bits_flipped_in_code_do_no_harm);
	RUN(random_bytes_are_refused);
	RUN(random_code_does_no_harm);
	return case_end();
}
