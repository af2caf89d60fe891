/* SPDX-License-Identifier: BSD-2-Clause */
/* The launch, as `pal enable` does it, and what it takes from Linux. */
#include "bench.h"
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>
#include "abi/ioctl.h"
#include "host/file.h"

static double memory_free(void)
{
	FILE *file = fopen("/proc/meminfo", "r");
	unsigned long kib;
	char line[128];

	while (file && fgets(line, sizeof(line), file))
		if (sscanf(line, "MemFree: %lu kB", &kib) == 1) {
			fclose(file);
			return (double)kib * 1024;
		}
	fail("/proc/meminfo");
}

void bench_launch(const char *path)
{
	struct palisade_launch request = { .size = sizeof(request) };
	struct palisade_info info = { .size = sizeof(info) };
	int device = open(PALISADE_DEVICE, O_RDWR | O_CLOEXEC);
	double free_before;
	uint64_t start;
	void *image;
	size_t size;

	if (device < 0 || file_read(path, &image, &size))
		fail(path);
	request.image = (uintptr_t)image;
	request.image_size = size;
	free_before = memory_free();
	start = clock_ticks();
	if (ioctl(device, PALISADE_LAUNCH, &request))
		fail("the launch");
	start = clock_ticks() - start;
	figure("launch_instructions", (double)start);
	figure("memory_missing_bytes", free_before - memory_free());
	if (ioctl(device, PALISADE_INFO, &info))
		fail("PALISADE_INFO");
	figure("launch_ms", (double)info.launch_ns / 1e6);
	/* The pool, where the notary lives, comes on top. */
	figure("memory_taken_bytes", (double)info.memory.hypervisor_bytes);
	figure("pool_bytes", (double)(info.memory.pool_blocks << 21));
	figure("hypervisor_used_bytes",
	       (double)(info.memory.hypervisor_bytes -
			info.memory.hypervisor_free_bytes));
	close(device);
}
