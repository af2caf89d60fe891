/* SPDX-License-Identifier: BSD-2-Clause */
/* libpal's dealings with /dev/palisade.  Tests bring a version of their own. */
#ifndef HOST_DEVICE_H
#define HOST_DEVICE_H

#include "abi/ioctl.h"

/* Open the device.  Returns a descriptor, or -1 and errno. */
int device_open(void);

/*
 * Ask the module to make the PAL that *create describes (abi/ioctl.h); the
 * device stays open.  Returns the PAL's descriptor, or -1 and errno; then
 * create->hv_status and hv_detail say more.
 */
int device_create(int device, struct palisade_create *create);

/* What the module knows of a PAL.  Returns 0, or -1 and errno. */
int device_pal_info(int descriptor, struct palisade_pal_info *info);

#endif /* HOST_DEVICE_H */
