/* SPDX-License-Identifier: BSD-2-Clause */
/* The system calls behind opening a PAL. */
#include "device.h"
#include <errno.h>
#include <fcntl.h>

int device_open(void)
{
	return open(PALISADE_DEVICE, O_RDWR | O_CLOEXEC);
}

int device_create(int device, struct palisade_create *create)
{
	int descriptor;

	do
		descriptor = ioctl(device, PALISADE_CREATE, create);
	while (descriptor < 0 && errno == EINTR);
	return descriptor;
}

int device_pal_info(int descriptor, struct palisade_pal_info *info)
{
	*info = (struct palisade_pal_info){.size = sizeof(*info)};
	return ioctl(descriptor, PALISADE_PAL_INFO, info);
}
