/* SPDX-License-Identifier: BSD-2-Clause */
#include "overwrite.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "command.h"

#define VARIABLES "/sys/firmware/efi/efivars/"
#define REQUEST                                                                \
	VARIABLES "MemoryOverwriteRequestControl-"                             \
		  "e20939be-32d4-41be-a150-897f85d49829"
#define LOCK                                                                   \
	VARIABLES "MemoryOverwriteRequestControlLock-"                         \
		  "bb983ccf-151d-40e1-a07b-4a17be168292"

#define ALWAYS 0x11 /* also after a reset that looks clean */
#define LOCKED 1    /* until then */

/* A variable of one byte, as efivarfs has it. */
struct variable {
	uint32_t attributes;
	uint8_t value;
} __attribute__((packed));

static int write_variable(const char *path, const struct variable *variable)
{
	int file = open(path, O_WRONLY | O_CLOEXEC);
	ssize_t written;

	if (file < 0)
		return -1;
	written = write(file, variable, sizeof(*variable));
	close(file);
	return written == sizeof(*variable) ? 0 : -1;
}

/* efivarfs protects most variables from `rm -r` by a flag. */
static int write_protected(const char *path, const struct variable *variable)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	int flags, changed, status, cause;

	if (file < 0)
		return -1;
	if (ioctl(file, FS_IOC_GETFLAGS, &flags))
		flags = 0;
	changed = flags & ~FS_IMMUTABLE_FL;
	if (changed != flags)
		ioctl(file, FS_IOC_SETFLAGS, &changed);
	status = write_variable(path, variable);
	cause = errno;
	if (changed != flags)
		ioctl(file, FS_IOC_SETFLAGS, &flags);
	close(file);
	errno = cause;
	return status;
}

/* False where there is no such variable: only the firmware makes it. */
static bool read_variable(const char *path, struct variable *variable)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	bool is_read;

	if (file < 0)
		return false;
	is_read = read(file, variable, sizeof(*variable)) == sizeof(*variable);
	close(file);
	return is_read;
}

static bool change(const char *path, struct variable variable, uint8_t value)
{
	if (variable.value == value)
		return true;
	variable.value = value;
	if (!write_protected(path, &variable))
		return true;
	report("%s: %s: the firmware cannot be asked to overwrite memory at "
	       "a reset",
	       path, strerror(errno));
	return false;
}

bool overwrite_ask(void)
{
	struct variable request, lock;

	if (!read_variable(REQUEST, &request) ||
	    !change(REQUEST, request, ALWAYS))
		return false;
	return !read_variable(LOCK, &lock) || lock.value ||
	       change(LOCK, lock, LOCKED);
}
