/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Only the header of an image is read here; the worker process loads it, and
 * who judges it is the hypervisor.
 */
#include "pald/block.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "abi/pal_image.h"
#include "pal_service.h"
#include "tool/image_check.h"

static uint64_t memory_of(const struct pal_image_header *header)
{
	uint64_t size = header->thread_count *
			(header->stack_size + header->arg_size);

	for (uint32_t i = 0; i < header->segment_count; i++)
		size += header->segments[i].memory_size;
	return size;
}

/* A device or pipe in the directory must not make everybody wait. */
static int read_header(int file, struct pal_image_header *header)
{
	struct stat status;
	ssize_t got;

	if (fstat(file, &status))
		return errno;
	if (!S_ISREG(status.st_mode))
		return EINVAL;
	do
		got = pread(file, header, sizeof(*header), 0);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return errno;
	return got == sizeof(*header) ? 0 : ENODATA;
}

static int judge(int file, const char *name, struct block *block, char *why,
		 size_t size)
{
	struct pal_image_header header;
	int cause = read_header(file, &header);
	int reason;

	if (cause) {
		snprintf(why, size, "block %s: cannot be read: %s", name,
			 strerror(cause));
		return PAL_EIO;
	}
	reason = image_check_header(&header);
	if (reason) {
		snprintf(why, size, "block %s: the image is refused: %s", name,
			 image_reason((unsigned int)reason));
		return PAL_EIMAGE;
	}
	block->memory = memory_of(&header);
	return 0;
}

int block_find(const struct config *config, const char *name,
	       struct block *block, char *why, size_t size)
{
	for (size_t i = 0; i < config->directory_count; i++) {
		int file, status;

		snprintf(block->path, sizeof(block->path), "%s/%s.pal",
			 config->directories[i], name);
		file = open(block->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		if (file < 0 && (errno == ENOENT || errno == ENOTDIR))
			continue;
		if (file < 0) {
			snprintf(why, size, "block %s: %s", name,
				 strerror(errno));
			return PAL_EIO;
		}
		status = judge(file, name, block, why, size);
		close(file);
		return status;
	}
	snprintf(why, size, "no block %s is installed", name);
	return PALD_ENOBLOCK;
}
