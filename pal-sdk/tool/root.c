/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A root is read past Linux's page cache where the file system lets us, into
 * one locked page, which is wiped.
 */
#include "root.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "command.h"
#include "root_passphrase.h"

#define PAGE 4096

void root_wipe(struct hv_root *root)
{
	explicit_bzero(root, sizeof(*root));
}

/* All of it, at most a page; -1 and errno. */
static ssize_t read_page(int descriptor, unsigned char page[PAGE])
{
	size_t size = 0;
	ssize_t part;

	do {
		part = read(descriptor, page + size, PAGE - size);
		if (part > 0)
			size += (size_t)part;
	} while ((part > 0 && size < PAGE) || (part < 0 && errno == EINTR));
	return part < 0 ? -1 : (ssize_t)size;
}

/* Whole blocks to aligned memory; so the end of the file comes at once. */
static ssize_t read_direct(const char *path, unsigned char page[PAGE])
{
	int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_DIRECT);
	ssize_t size;

	if (descriptor < 0)
		return -1;
	do
		size = read(descriptor, page, PAGE);
	while (size < 0 && errno == EINTR);
	close(descriptor);
	return size;
}

static ssize_t read_cached(const char *path, unsigned char page[PAGE])
{
	int descriptor = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t size;

	if (descriptor < 0)
		return -1;
	size = read_page(descriptor, page);
	(void)!posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED);
	close(descriptor);
	return size;
}

static ssize_t read_bytes(const char *path, unsigned char page[PAGE])
{
	ssize_t size;

	if (!strcmp(path, "-"))
		return read_page(STDIN_FILENO, page);
	size = read_direct(path, page);
	if (size >= 0 || errno != EINVAL)
		return size;
	report("%s: its file system keeps what is read in Linux's memory; "
	       "better have the root on a disk, or on standard input (-)",
	       path);
	return read_cached(path, page);
}

static int take(const char *path, const unsigned char *bytes, size_t size,
		struct hv_root *root)
{
	if (root_passphrase_is_meant(bytes, size))
		return root_passphrase_read((const char *)bytes, size, root);
	if (size < HV_ROOT_SIZE_MIN || size > HV_ROOT_SIZE_MAX) {
		report("%s: not a sealing root, which has %d to %d bytes; make "
		       "one with `pal root new`",
		       path, HV_ROOT_SIZE_MIN, HV_ROOT_SIZE_MAX);
		return -1;
	}
	root->kind = HV_ROOT_FILE;
	root->size = (uint32_t)size;
	memcpy(root->bytes, bytes, size);
	return 0;
}

int root_read(const char *path, struct hv_root *root)
{
	static _Alignas(PAGE) unsigned char page[PAGE];
	ssize_t size;
	int status = -1;

	memset(root, 0, sizeof(*root));
	/* It may not be allowed; then it is swapped only by bad luck. */
	(void)!mlock(page, sizeof(page));
	size = read_bytes(path, page);
	if (size < 0)
		report("%s: %s", path, strerror(errno));
	else
		status = take(path, page, (size_t)size, root);
	explicit_bzero(page, sizeof(page));
	if (status)
		root_wipe(root);
	return status;
}
