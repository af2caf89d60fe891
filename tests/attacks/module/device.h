/* SPDX-License-Identifier: BSD-2-Clause OR GPL-2.0-only */
/* Device registers, the APIC's above all. */
#ifndef DEVICE_H
#define DEVICE_H

#include "attack.h"

int device_init(void);
void device_end(void);
int device_read(struct attack_device *device);
int device_try(struct attack_device *device);
int device_write(struct attack_device *device);
int device_nmi_count(struct attack_nmi *nmi);

#endif
