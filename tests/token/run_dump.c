/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a hostile root takes away: every page of RAM that Linux can reach, by a
 * hostile kernel's own mappings, one behind the other onto a disk.
 *
 * Usage: run_dump DISK, with attack.ko loaded; prints how many bytes it wrote
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include "tests/attacks/module/attack.h"

#define PIECE 0x100000UL

static struct attack_refused refused;

static void need(int is_good, const char *what)
{
	if (is_good)
		return;
	perror(what);
	exit(1);
}

/* The hypervisor's and the PALs': touching them is a fault. */
static int is_refused(unsigned long address)
{
	for (uint64_t i = 0; i < refused.range_count; i++)
		if (address >= refused.ranges[i].base &&
		    address < refused.ranges[i].base + refused.ranges[i].size)
			return 1;
	return 0;
}

/* In pages, for what is refused begins and ends anywhere. */
static unsigned long copy(int device, unsigned long base, unsigned long size,
			  unsigned char *to)
{
	unsigned char *from =
		mmap(NULL, size, PROT_READ, MAP_SHARED, device, (off_t)base);
	unsigned long copied = 0;

	need(from != MAP_FAILED, "mmap");
	for (unsigned long at = 0; at < size; at += 4096) {
		if (is_refused(base + at))
			continue;
		memcpy(to + copied, from + at, 4096);
		copied += 4096;
	}
	munmap(from, size);
	return copied;
}

static unsigned long dump(int device, int disk, unsigned long base,
			  unsigned long end)
{
	/* Not through the cache: that would be the memory we dump. */
	unsigned char *piece = aligned_alloc(4096, PIECE);
	unsigned long total = 0;

	need(piece != NULL, "memory");
	for (; base < end; base += PIECE) {
		unsigned long size = end - base < PIECE ? end - base : PIECE;
		unsigned long copied = copy(device, base, size, piece);

		if (copied)
			need(write(disk, piece, copied) == (ssize_t)copied,
			     "write");
		total += copied;
	}
	free(piece);
	return total;
}

int main(int argc, char **argv)
{
	int device = open(ATTACK_DEVICE, O_RDWR);
	FILE *map = fopen("/proc/iomem", "r");
	unsigned long base, end, total = 0;
	char line[256];
	int disk;

	need(argc == 2 && device >= 0 && map, "run_dump DISK, and attack.ko");
	disk = open(argv[1], O_WRONLY | O_DIRECT);
	need(disk >= 0, argv[1]);
	need(!ioctl(device, ATTACK_REFUSED, &refused), "ATTACK_REFUSED");
	while (fgets(line, sizeof(line), map))
		if (strstr(line, "System RAM") &&
		    sscanf(line, "%lx-%lx", &base, &end) == 2)
			total += dump(device, disk, base & ~4095UL,
				      (end + 1) & ~4095UL);
	printf("%lu bytes, %lu pages refused\n", total,
	       (unsigned long)refused.refused_count);
	return 0;
}
