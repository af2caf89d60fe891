/* SPDX-License-Identifier: BSD-2-Clause */
/* As many, as large as it goes, and a clear error beyond; nothing leaks. */
#include "case.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>
#include "abi/ioctl.h"
#include "abi/pal_image.h"
#include "pals/worker.h"
#include "raw.h"

#define MIB ((size_t)1 << 20)

static uint64_t pool_blocks(void)
{
	struct palisade_info info = {.size = sizeof(info)};
	int device = open(PALISADE_DEVICE, O_RDWR | O_CLOEXEC);

	if (ioctl(device, PALISADE_INFO, &info))
		case_fail("no information");
	close(device);
	return info.memory.pool_blocks;
}

/* The image of "worker" with that much zeroed memory at its end. */
static int open_sized(size_t memory_size, struct pal **pal)
{
	size_t size;
	unsigned char *image = case_image("worker", &size);
	struct pal_image_header *header = (void *)image;
	struct pal_image_segment *last =
		&header->segments[header->segment_count - 1];
	int status;

	last->memory_size = memory_size;
	status = pal_open_image(image, size, pal);
	free(image);
	return status;
}

static void a_large_pal_works(void)
{
	struct pal *pal;
	uint64_t answer = 0;

	REQUIRE(open_sized(64 * MIB, &pal) == 0);
	CHECK_EQ(case_call(pal, WORKER_ADD_ONE, 1, &answer), 0);
	CHECK_EQ(answer, 2);
	CHECK(pool_blocks() >= 32);
	pal_close(pal);
	CHECK(pool_blocks() <= 2);
}

/* Whole blocks, from what surely fits to what surely does not. */
static void the_largest_pal_that_fits_works(void)
{
	size_t fits = 8 * MIB, too_large = 600 * MIB;
	struct pal *pal;
	int status;

	while (too_large - fits > 4 * MIB) {
		size_t middle = (fits + too_large) / 2 & ~(MIB - 1);

		status = open_sized(middle, &pal);
		if (status == 0) {
			CHECK_EQ(case_call(pal, WORKER_ADD_ONE, 1, NULL), 0);
			pal_close(pal);
			fits = middle;
		} else {
			CHECK_EQ(status, PAL_ENOMEM);
			too_large = middle;
		}
		REQUIRE(!case_has_failed());
		CHECK(pool_blocks() <= 2);
	}
	case_note("%zu MiB fit", fits / MIB);
	CHECK(fits >= 64 * MIB);
}

static void an_exhausted_pool_is_an_error_that_passes(void)
{
	struct pal *pals[HV_MAX_PALS];
	struct pal *one_more;
	unsigned int count = 0;
	int status = 0;

	while (count < HV_MAX_PALS && !status) {
		status = open_sized(16 * MIB, &pals[count]);
		count += !status;
	}
	case_note("%u PALs of 16 MiB", count);
	CHECK_EQ(status, PAL_ENOMEM);
	REQUIRE(count > 2);
	for (unsigned int i = 0; i < count; i++)
		CHECK_EQ(case_call(pals[i], WORKER_ADD_ONE, 1, NULL), 0);
	pal_close(pals[0]);
	CHECK_EQ(open_sized(16 * MIB, &one_more), 0);
	CHECK_EQ(case_call(one_more, WORKER_ADD_ONE, 1, NULL), 0);
	pal_close(one_more);
	for (unsigned int i = 1; i < count; i++)
		pal_close(pals[i]);
	CHECK(pool_blocks() <= 2);
}

/* One slot is the notary's. */
#define PALS_MAX (HV_MAX_PALS - 1)

static void there_are_at_most_255_pals(void)
{
	struct pal *pals[PALS_MAX];
	struct pal *one_more;

	for (unsigned int i = 0; i < PALS_MAX; i++) {
		pals[i] = case_open("good");
		REQUIRE(pals[i]);
	}
	CHECK_EQ(pal_open(CASE_FOLDER "good.pal", &one_more), PAL_ENOMEM);
	case_note("one more: %s", pal_error_text());
	CHECK(strstr(pal_error_text(), "PAL"));
	CHECK_EQ(case_pal_count(), PALS_MAX);
	for (unsigned int i = 0; i < PALS_MAX; i++)
		CHECK_EQ(case_call(pals[i], 0, 1, NULL), 0);
	pal_close(pals[100]);
	pals[100] = case_open("good");
	REQUIRE(pals[100]);
	CHECK_EQ(case_call(pals[100], 0, 1, NULL), 0);
	for (unsigned int i = 0; i < PALS_MAX; i++)
		pal_close(pals[i]);
	CHECK_EQ(case_pal_count(), 0);
	CHECK(pool_blocks() <= 2);
}

static int create(void *window, size_t size, struct palisade_create *args)
{
	int device = open(PALISADE_DEVICE, O_RDWR | O_CLOEXEC);
	size_t image_size;
	int made;

	*args = (struct palisade_create){
		.size = sizeof(*args),
		.image = (uintptr_t)case_image("good", &image_size),
		.window = (uintptr_t)window,
		.window_size = size,
	};
	args->image_size = image_size;
	made = ioctl(device, PALISADE_CREATE, args);
	close(device);
	return made;
}

static void a_large_window_works(void)
{
	size_t size = 384 * MIB;
	struct palisade_create args;
	void *window = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int made;

	REQUIRE(window != MAP_FAILED);
	made = create(window, size, &args);
	REQUIRE(made >= 0);
	CHECK_EQ(raw_call(args.handle, 1000), HV_OK);
	close(made);
	CHECK_EQ(case_pal_count(), 0);
}

/* The same pages again and again: the most there can be, in little memory. */
static void the_largest_window_works(void)
{
	size_t size = 1024 * MIB, piece = 64 * MIB;
	int file = memfd_create("window", MFD_CLOEXEC);
	struct palisade_create args;
	unsigned char *window;
	int made;

	window = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		      0);
	REQUIRE(window != MAP_FAILED && !ftruncate(file, (off_t)piece));
	for (size_t at = 0; at < size; at += piece)
		REQUIRE(mmap(window + at, piece, PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_FIXED, file, 0) != MAP_FAILED);
	made = create(window, size, &args);
	if (made < 0)
		case_fail("errno %d, status %d", errno, args.hv_status);
	REQUIRE(made >= 0);
	CHECK_EQ(raw_call(args.handle, 1000), HV_OK);
	close(made);
	CHECK_EQ(case_pal_count(), 0);
}

/* So many windows of one block that their count would not fit its field. */
static void a_page_in_too_many_windows_is_busy(void)
{
	size_t size = 128 * MIB, piece = PAL_PAGE_SIZE;
	int file = memfd_create("window", MFD_CLOEXEC);
	struct palisade_create args;
	unsigned char *window;

	window = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		      0);
	REQUIRE(window != MAP_FAILED && !ftruncate(file, (off_t)piece));
	for (size_t at = 0; at < size; at += piece)
		REQUIRE(mmap(window + at, piece, PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_FIXED, file, 0) != MAP_FAILED);
	if (create(window, size, &args) >= 0)
		case_skip("the page is in a block that is partly no RAM and "
			  "can never leave Linux");
	CHECK_EQ(errno, EBUSY);
	CHECK_EQ(args.hv_status, HV_EBUSY);
}

static void no_descriptor_left_is_an_error_without_a_pal(void)
{
	struct rlimit limit;
	struct palisade_create args = {.size = sizeof(args)};
	size_t image_size;
	int device = open(PALISADE_DEVICE, O_RDWR | O_CLOEXEC);

	args.image = (uintptr_t)case_image("good", &image_size);
	args.image_size = image_size;
	args.window_size = 64 * 4096;
	args.window = (uintptr_t)mmap(NULL, args.window_size,
				      PROT_READ | PROT_WRITE,
				      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	limit.rlim_cur = limit.rlim_max = (rlim_t)device + 1;
	REQUIRE(setrlimit(RLIMIT_NOFILE, &limit) == 0);
	for (int i = 0; i < 20; i++) {
		CHECK_EQ(ioctl(device, PALISADE_CREATE, &args), -1);
		CHECK_EQ(errno, EMFILE);
	}
	limit.rlim_cur = limit.rlim_max;
	close(device);
	CHECK(case_wait_pal_count(0));
}

static void opening_and_closing_many_times_leaks_nothing(void)
{
	for (int i = 0; i < 500; i++) {
		struct pal *pal = case_open("good");

		REQUIRE(pal);
		CHECK_EQ(case_call(pal, 0, 1, NULL), 0);
		pal_close(pal);
	}
	CHECK(pool_blocks() <= 2);
}

int main(int argc, char **argv)
{
	case_begin(argc, argv);
	RUN(a_large_pal_works);
	RUN(the_largest_pal_that_fits_works);
	RUN(an_exhausted_pool_is_an_error_that_passes);
	RUN(there_are_at_most_255_pals);
	RUN(a_large_window_works);
	RUN(the_largest_window_works);
	RUN(a_page_in_too_many_windows_is_busy);
	RUN(no_descriptor_left_is_an_error_without_a_pal);
	RUN(opening_and_closing_many_times_leaks_nothing);
	return case_end();
}
