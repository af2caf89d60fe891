/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads all RAM, and palisade.ko's own mappings, through /proc/kcore, as memory
 * scanners do.  Succeeds when every byte could be read and no PAL's or
 * hypervisor's memory was among them (it reads as zeros).
 */
#include <elf.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "abi/launch.h"

#define PIECE		(1u << 20)
#define RAM_MAX		(UINT64_C(1) << 36)
#define SEGMENTS_MAX	64

static Elf64_Phdr segments[SEGMENTS_MAX];
static unsigned int segment_count;
static unsigned char piece[PIECE];

static bool read_headers(int fd)
{
	Elf64_Ehdr header;

	if (pread(fd, &header, sizeof(header), 0) != sizeof(header) ||
	    header.e_phnum > SEGMENTS_MAX)
		return false;
	segment_count = header.e_phnum;
	return pread(fd, segments, sizeof(Elf64_Phdr) * segment_count,
		     (off_t)header.e_phoff) > 0;
}

static bool read_range(int fd, uint64_t offset, uint64_t size)
{
	while (size) {
		uint64_t count = size < PIECE ? size : PIECE;

		if (pread(fd, piece, count, (off_t)offset) != (ssize_t)count) {
			perror("kcore_test");
			return false;
		}
		offset += count;
		size -= count;
	}
	return true;
}

/* Segments with a physical address are RAM. */
static bool read_ram(int fd)
{
	bool ok = true;

	for (unsigned int i = 0; i < segment_count; i++) {
		const Elf64_Phdr *segment = &segments[i];

		if (segment->p_type == PT_LOAD &&
		    segment->p_paddr != ~UINT64_C(0) &&
		    segment->p_filesz < RAM_MAX)
			ok = read_range(fd, segment->p_offset,
					segment->p_filesz) && ok;
	}
	return ok;
}

static bool read_mapping(int fd, uint64_t at, uint64_t size)
{
	for (unsigned int i = 0; i < segment_count; i++) {
		const Elf64_Phdr *segment = &segments[i];
		uint64_t into = at - segment->p_vaddr;

		if (segment->p_type != PT_LOAD || at < segment->p_vaddr ||
		    into >= segment->p_filesz)
			continue;
		return read_range(fd, segment->p_offset + into, size);
	}
	return false;
}

/* The mapping of the image is readable, but reads as zeros. */
static bool read_alias(int fd)
{
	FILE *list = fopen("/proc/vmallocinfo", "r");
	char line[256];
	unsigned long from, to;
	bool found = false;

	while (list && fgets(line, sizeof(line), list)) {
		if (sscanf(line, "0x%lx-0x%lx", &from, &to) != 2 ||
		    to - from < HV_MEMORY_SIZE || !strstr(line, "[palisade]"))
			continue;
		found = read_mapping(fd, from, HV_MEMORY_SIZE) &&
			read_mapping(fd, from, 4096) && piece[0] == 0;
	}
	if (list)
		fclose(list);
	return found;
}

int main(void)
{
	int fd = open("/proc/kcore", O_RDONLY);

	return !(fd >= 0 && read_headers(fd) && read_ram(fd) &&
		 read_alias(fd));
}
