/* SPDX-License-Identifier: BSD-2-Clause */
/* Writing whole files. */
#include "output_file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "command.h"

#define PATH_SIZE 4096

static int write_all(int descriptor, const char *bytes, size_t size)
{
	while (size) {
		ssize_t part = write(descriptor, bytes, size);

		if (part < 0 && errno == EINTR)
			continue;
		if (part < 0)
			return -1;
		bytes += part;
		size -= (size_t)part;
	}
	return 0;
}

/*
 * A file at path that must not exist; removed again when it cannot be written.
 * Messages name the file that the user meant.
 */
static int write_at(const char *path, const char *meant, mode_t mode,
		    const void *bytes, size_t size)
{
	int descriptor =
		open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	int failed;

	if (descriptor < 0 && errno == EEXIST)
		report("%s: exists already", meant);
	else if (descriptor < 0)
		report("%s: %s", meant, strerror(errno));
	if (descriptor < 0)
		return EXIT_FAILURE;
	failed = write_all(descriptor, bytes, size) || fsync(descriptor);
	if (close(descriptor) || failed) {
		report("%s: cannot write: %s", meant, strerror(errno));
		unlink(path);
		return EXIT_FAILURE;
	}
	return 0;
}

static int write_new(const char *path, mode_t mode, const void *bytes,
		     size_t size)
{
	return write_at(path, path, mode, bytes, size);
}

static int replace(const char *path, mode_t mode, const void *bytes,
		   size_t size)
{
	char draft[PATH_SIZE];

	if (snprintf(draft, sizeof(draft), "%s.%d.new", path, (int)getpid()) >=
	    (int)sizeof(draft)) {
		report("%.60s...: the path is too long", path);
		return EXIT_FAILURE;
	}
	if (write_at(draft, path, mode, bytes, size))
		return EXIT_FAILURE;
	if (rename(draft, path)) {
		report("%s: cannot write: %s", path, strerror(errno));
		unlink(draft);
		return EXIT_FAILURE;
	}
	return 0;
}

int output_file_write(const char *path, const void *bytes, size_t size)
{
	return replace(path, 0666, bytes, size);
}

int output_file_write_new(const char *path, const void *bytes, size_t size)
{
	return write_new(path, 0666, bytes, size);
}

int output_file_write_secret(const char *path, const void *bytes, size_t size)
{
	return write_new(path, 0600, bytes, size);
}

int output_file_replace_secret(const char *path, const void *bytes, size_t size)
{
	return replace(path, 0600, bytes, size);
}
