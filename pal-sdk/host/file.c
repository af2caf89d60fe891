/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading a whole file. */
#include "file.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "error.h"
#include "pal_host.h"

/* Returns 0 or an errno; the file may have become shorter meanwhile. */
static int read_all(int descriptor, char *to, size_t size, size_t *got)
{
	*got = 0;
	while (*got < size) {
		ssize_t part = read(descriptor, to + *got, size - *got);

		if (part < 0 && errno == EINTR)
			continue;
		if (part < 0)
			return errno;
		if (part == 0)
			break;
		*got += (size_t)part;
	}
	return 0;
}

static int read_open(const char *path, int descriptor, void **bytes,
		     size_t *size)
{
	struct stat status;
	size_t got;
	char *memory;
	int cause;

	if (fstat(descriptor, &status))
		return error_set(PAL_EIO, "%s: %s", path, strerror(errno));
	if (!S_ISREG(status.st_mode))
		return error_set(PAL_EIO, "%s: not a regular file", path);
	if (status.st_size > (off_t)FILE_SIZE_MAX)
		return error_set(PAL_EIO, "%s: larger than 1 GiB", path);
	/* One byte more: malloc(0) may give NULL. */
	memory = malloc((size_t)status.st_size + 1);
	if (!memory)
		return error_plain(PAL_ENOMEM);
	cause = read_all(descriptor, memory, (size_t)status.st_size, &got);
	if (cause) {
		free(memory);
		return error_set(PAL_EIO, "%s: %s", path, strerror(cause));
	}
	*bytes = memory;
	*size = got;
	return 0;
}

int file_read(const char *path, void **bytes, size_t *size)
{
	int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int status;

	if (descriptor < 0)
		return error_set(PAL_EIO, "%s: %s", path, strerror(errno));
	status = read_open(path, descriptor, bytes, size);
	close(descriptor);
	return status;
}
