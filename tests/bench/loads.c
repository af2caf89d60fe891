/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Opening PALs: by size, in parts, signed and not.  Large images are made
 * here, of the small one and a segment of zeros.
 */
#include "bench.h"
#include <pal_host.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "abi/pal_image.h"
#include "host/device.h"
#include "host/file.h"

#define LOADS		9
#define SIGNED_LOADS	3
#define MIB		(1UL << 20)
#define FILLER_BASE	(PAL_IMAGE_BASE + 16 * MIB)

static const unsigned int sizes[] = { 1, 16, 64 };	/* MiB */

#define SIZES		(sizeof(sizes) / sizeof(sizes[0]))

struct load {
	uint64_t open, copy, close;	/* instructions */
};

static uint64_t opening(const char *folder, const char *name, uint64_t *closing)
{
	uint64_t start = clock_ticks();
	struct pal *pal = open_pal(folder, name);
	uint64_t middle = clock_ticks();

	pal_close(pal);
	*closing = clock_ticks() - middle;
	return middle - start;
}

static uint64_t measure_small(const char *folder)
{
	uint64_t opened[LOADS], closed[LOADS];

	for (int i = 0; i < LOADS; i++)
		opened[i] = opening(folder, "load.pal", &closed[i]);
	figure("pal_load_first_64k_instructions", (double)opened[0]);
	figure("pal_load_64k_instructions", (double)median(opened, LOADS));
	figure("pal_close_64k_instructions", (double)median(closed, LOADS));
	return median(opened, LOADS);
}

/* What a signature adds to opening the same image. */
static void measure_signature(const char *folder, const char *curve,
			      uint64_t unsigned_open)
{
	uint64_t opened[SIGNED_LOADS], closed;
	char name[64];

	snprintf(name, sizeof(name), "load_%s.pal", curve);
	for (int i = 0; i < SIGNED_LOADS; i++)
		opened[i] = opening(folder, name, &closed);
	snprintf(name, sizeof(name), "notary_signature_%s_instructions", curve);
	figure(name, (double)median(opened, SIGNED_LOADS) -
		     (double)unsigned_open);
}

/* The image that there is, grown to `size` bytes. */
static unsigned char *make_image(const char *folder, size_t size)
{
	struct pal_image_header *header;
	unsigned char *image = calloc(1, size);
	size_t small_size;
	char path[256];
	void *small;

	snprintf(path, sizeof(path), "%s/load.pal", folder);
	if (!image || file_read(path, &small, &small_size))
		fail(path);
	memcpy(image, small, small_size);
	free(small);
	/* no page is left for Linux to make while the clock runs */
	for (size_t at = small_size; at < size; at += PAL_PAGE_SIZE)
		((volatile unsigned char *)image)[at] = 0;
	header = (void *)image;
	header->segments[header->segment_count++] = (struct pal_image_segment){
		.base = FILLER_BASE,
		.memory_size = size - small_size,
		.file_size = size - small_size,
		.access = PAL_ACCESS_R,
	};
	header->image_size = size;
	return image;
}

/*
 * All of an open but the notary's part, and the end of the PAL: the window is
 * memory that nobody may use, and the module looks at it after copying.
 */
static uint64_t refused_open(const void *image, size_t size)
{
	const struct pal_image_header *header = image;
	struct palisade_create request = {
		.size = sizeof(request),
		.image = (uintptr_t)image,
		.image_size = size,
		.window_size = header->arg_size * header->thread_count,
	};
	void *window = mmap(NULL, request.window_size, PROT_NONE,
			    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int device = device_open();
	uint64_t start;

	if (device < 0 || window == MAP_FAILED)
		fail("preparing a refusal");
	request.window = (uintptr_t)window;
	start = clock_ticks();
	if (device_create(device, &request) >= 0)
		fail("a refusal for the window");
	start = clock_ticks() - start;
	munmap(window, request.window_size);
	close(device);
	return start;
}

static struct load measure_load(const char *folder, size_t size)
{
	unsigned char *image = make_image(folder, size);
	uint64_t refused = refused_open(image, size);
	uint64_t start = clock_ticks();
	struct load load;
	struct pal *pal;

	if (pal_open_image(image, size, &pal))
		fail("pal_open_image");
	load.open = clock_ticks() - start;
	start = clock_ticks();
	pal_close(pal);
	load.close = clock_ticks() - start;
	load.copy = refused - load.close;
	free(image);
	return load;
}

static void load_figure(unsigned int mib, const char *part, uint64_t value)
{
	char name[64];

	snprintf(name, sizeof(name), "pal_%s_%um_instructions", part, mib);
	figure(name, (double)value);
}

void bench_loads(const char *folder)
{
	uint64_t unsigned_open = measure_small(folder);
	struct load loads[SIZES], *small = &loads[0];
	struct load *large = &loads[SIZES - 1];

	measure_signature(folder, "p256", unsigned_open);
	measure_signature(folder, "p384", unsigned_open);
	for (unsigned int i = 0; i < SIZES; i++) {
		loads[i] = measure_load(folder, sizes[i] * MIB);
		load_figure(sizes[i], "load", loads[i].open);
		load_figure(sizes[i], "load_copy", loads[i].copy);
		load_figure(sizes[i], "load_notary",
			    loads[i].open - loads[i].copy);
		load_figure(sizes[i], "close", loads[i].close);
	}
	figure("notary_instructions_per_kib",
	       (double)(large->open - large->copy -
			(small->open - small->copy)) /
	       (1024.0 * (sizes[SIZES - 1] - sizes[0])));
}
