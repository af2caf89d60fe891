/* SPDX-License-Identifier: BSD-2-Clause */
#include "tpm/tpm_device.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#define TRIES		  50
#define PAUSE_NANOSECONDS 20000000

static int connect_to(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int device;

	if (strlen(path) >= sizeof(address.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(address.sun_path, path);
	device = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (device < 0)
		return -1;
	if (connect(device, (struct sockaddr *)&address, sizeof(address))) {
		close(device);
		return -1;
	}
	return device;
}

const char *tpm_device_path(void)
{
	const char *path = secure_getenv("PALISADE_TPM");

	return path && *path ? path : TPM_DEVICE_DEFAULT;
}

int tpm_device_open(const char *path)
{
	struct stat status;

	if (!path)
		path = tpm_device_path();
	if (stat(path, &status))
		return -1;
	if (S_ISSOCK(status.st_mode))
		return connect_to(path);
	if (!S_ISCHR(status.st_mode)) {
		errno = ENOTTY;
		return -1;
	}
	return open(path, O_RDWR | O_CLOEXEC);
}

static int write_all(int device, const uint8_t *bytes, size_t size)
{
	while (size) {
		ssize_t written = write(device, bytes, size);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return -1;
		bytes += written;
		size -= (size_t)written;
	}
	return 0;
}

/* A device gives a response in one piece, a socket perhaps in several. */
static long read_response(int device, uint8_t response[TPM_MESSAGE_MAX])
{
	size_t size = 0, whole = TPM_HEADER_SIZE;

	while (size < whole) {
		ssize_t got =
			read(device, response + size, TPM_MESSAGE_MAX - size);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			errno = got ? errno : EPROTO;
			return -1;
		}
		size += (size_t)got;
		if (size >= TPM_HEADER_SIZE)
			whole = (size_t)response[2] << 24 |
				(size_t)response[3] << 16 |
				(size_t)response[4] << 8 | response[5];
		if (whole < TPM_HEADER_SIZE || whole > TPM_MESSAGE_MAX) {
			errno = EPROTO;
			return -1;
		}
	}
	return (long)size;
}

long tpm_device_send(int device, const struct tpm_command *command,
		     uint8_t response[TPM_MESSAGE_MAX])
{
	const struct timespec pause = {.tv_nsec = PAUSE_NANOSECONDS};
	long size = -1;

	if (command->failed || command->size < TPM_HEADER_SIZE) {
		errno = EMSGSIZE;
		return -1;
	}
	for (int i = 0; i < TRIES; i++) {
		if (write_all(device, command->bytes, command->size))
			return -1;
		size = read_response(device, response);
		if (size < 0 ||
		    !tpm_response_is_not_now(response, (size_t)size))
			break;
		nanosleep(&pause, NULL);
	}
	return size;
}
